#include "native/eval/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "native/support/failure.hpp"
#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"
#include "shared/nn/decoder.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

/// Images per chunk: enough for fast matrix products, few enough to stop soon after a signal.
constexpr int kChunk = 100;

std::span<const float> row(const std::vector<float>& matrix, int i, int columns) {
  return {matrix.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(columns),
          static_cast<std::size_t>(columns)};
}

/// Sums over a chunk of images.
struct Sums {
  double reconstruction = 0, reconstruction_at_mu = 0;
  std::vector<double> kl;  // (latent), to N(0, I) or the normal distribution with the moments of a mixture
  double sampled_kl = 0;   // to the mixture itself
};

/// Returns the summed reconstruction losses of images x (n, pixels), each for its z (n, latent).
double sum_of_losses(Model& model, const std::vector<float>& z, const std::vector<float>& x, int n) {
  const std::vector<float> output = value_or_throw(model.decode_output(z));  // (n, outputs)
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += reconstruction_loss(model.spec().likelihood, row(output, i, outputs(model.spec())),
                               row(x, i, model.pixels()));
  }
  return sum;
}

/// Draws the next z of every image, (n, latent).
std::vector<float> draw(const Posterior& q, std::vector<Rng>& rngs) {
  const std::size_t latent = q.mu.size() / rngs.size();
  std::vector<float> noise;
  for (Rng& rng : rngs) {
    for (std::size_t d = 0; d < latent; ++d) noise.push_back(rng.normal());
  }
  return reparameterize(q.mu, q.log_var, noise);
}

/// Returns log q(z|x) - log p(z), summed over images.
double sum_of_log_ratios(const Model& model, const Posterior& q, const std::vector<float>& z) {
  double sum = 0;
  const auto latent = static_cast<std::size_t>(model.latent());
  for (std::size_t first = 0; first < z.size(); first += latent) {
    sum -= model.log_prior(std::span(z).subspan(first, latent));
    for (std::size_t i = first; i < first + latent; ++i) sum += log_normal(z[i], q.mu[i], q.log_var[i]);
  }
  return sum;
}

/// Evaluates images x (n, pixels), the first of which has index `first`; q is their posterior.
Sums evaluate_chunk(Model& model, const std::vector<float>& x, const Posterior& q, int first, int draws,
                    const std::stop_token& stop) {
  const auto n = static_cast<int>(x.size()) / model.pixels();
  const double at_mu = sum_of_losses(model, q.mu, x, n);
  const auto latent = static_cast<std::size_t>(model.latent());
  Sums sums{at_mu, at_mu, std::vector<double>(latent), 0};
  if (model.spec().prior == Prior::kNone) return sums;
  std::vector<Rng> rngs;
  for (int i = 0; i < n; ++i) rngs.push_back(evaluation_rng(first + i));
  sums.reconstruction = 0;
  const bool closed = model.spec().prior == Prior::kNormal;
  for (int k = 0; k < draws && !stop.stop_requested(); ++k) {
    const std::vector<float> z = draw(q, rngs);
    sums.reconstruction += sum_of_losses(model, z, x, n) / draws;
    if (!closed) sums.sampled_kl += sum_of_log_ratios(model, q, z) / draws;
  }
  Moments prior{std::vector<double>(latent), std::vector<double>(latent, 1)};
  if (!closed) prior = moments(*model.mixture());
  for (std::size_t i = 0; i < q.mu.size(); ++i) {
    const std::size_t d = i % latent;
    const double sigma = std::sqrt(prior.variance[d]);
    sums.kl[d] += kl_divergence(static_cast<float>((q.mu[i] - prior.mean[d]) / sigma),
                                static_cast<float>(q.log_var[i] - 2 * std::log(sigma)));
  }
  return sums;
}

/// Returns which columns of mu (n, latent) vary.
std::vector<bool> active_dimensions(const std::vector<float>& mu, std::size_t latent) {
  const double n = static_cast<double>(mu.size() / latent);
  std::vector<bool> active;
  for (std::size_t d = 0; d < latent; ++d) {
    double mean = 0, variance = 0;
    for (std::size_t i = d; i < mu.size(); i += latent) mean += mu[i] / n;
    for (std::size_t i = d; i < mu.size(); i += latent) variance += (mu[i] - mean) * (mu[i] - mean) / n;
    active.push_back(variance > kActiveVariance);
  }
  return active;
}

}  // namespace

int Evaluation::active_units() const {
  return static_cast<int>(std::count(active.begin(), active.end(), true));
}

std::vector<float> test_pixels(const ImageSet& set, Pixels mode, int first, int n) {
  const auto size = static_cast<std::size_t>(set.shape.size());
  std::vector<float> x(size * static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    const std::size_t index = static_cast<std::size_t>(first) + i;
    read_pixels(mode, {set.pixels.data() + index * size, size}, kTestPixelSeed, kTestPixelEpoch,
                static_cast<std::int64_t>(index), {x.data() + i * size, size});
  }
  return x;
}

void require_same_size(const Model& model, const ImageSet& set) {
  if (set.shape == model.spec().image) return;
  throw Failure(Exit::kBadData, "the images are " + to_string(set.shape) + "; the model needs " +
                                    to_string(model.spec().image));
}

int default_draws(const ModelSpec& spec) {
  return multiply_adds(spec.decoder, {spec.latent, 1, 1}) <= 4'000'000 ? 16 : 1;
}

std::string draws_in_words(const Evaluation& e, Prior prior) {
  if (prior == Prior::kNone) return "z = mu";
  return (e.draws == 1 ? "one" : std::to_string(e.draws)) + " z drawn for each";
}

Evaluation evaluate(std::span<Model> models, const ImageSet& set, Pixels pixels, const Progress& progress,
                    int draws) {
  require_same_size(models.front(), set);
  if (draws == 0) draws = default_draws(models.front().spec());
  const auto latent = static_cast<std::size_t>(models.front().latent());
  const int images = set.count(), chunks = (images + kChunk - 1) / kChunk;
  Evaluation e{.images = images, .draws = draws, .kl_per_dimension = std::vector<double>(latent)};
  e.mu.resize(static_cast<std::size_t>(images) * latent);
  std::vector<Sums> sums(static_cast<std::size_t>(chunks));
  const auto chunk = [&](Model& model, int i, const std::stop_token& stop) {
    const int first = i * kChunk;
    const std::vector<float> x = test_pixels(set, pixels, first, std::min(kChunk, images - first));
    const Posterior q = value_or_throw(model.encode(x));
    std::copy(q.mu.begin(), q.mu.end(), e.mu.begin() + std::ptrdiff_t{first} * model.latent());
    sums[static_cast<std::size_t>(i)] = evaluate_chunk(model, x, q, first, draws, stop);
  };
  for_each_piece(models, chunks, chunk, [&](int done) {
    if (progress) progress(std::min(done * kChunk, images));
  });
  double at_mu = 0;
  for (const Sums& s : sums) {
    e.reconstruction += s.reconstruction / images;
    at_mu += s.reconstruction_at_mu / images;
    for (std::size_t d = 0; d < latent; ++d) e.kl_per_dimension[d] += s.kl[d] / images;
  }
  for (const Sums& s : sums) e.kl += s.sampled_kl / images;
  if (models.front().spec().prior == Prior::kNormal)
    e.kl = std::accumulate(e.kl_per_dimension.begin(), e.kl_per_dimension.end(), 0.0);
  e.neg_elbo = e.reconstruction + e.kl;
  e.neg_elbo_at_mu = at_mu + e.kl;
  e.active = active_dimensions(e.mu, latent);
  return e;
}

Evaluation evaluate(Model& model, const ImageSet& set, Pixels pixels, const Progress& progress) {
  return evaluate({&model, 1}, set, pixels, progress);
}

std::vector<ImageEvaluation> evaluate_each(std::span<Model> models, const ImageSet& set, Pixels pixels,
                                           const Progress& progress) {
  require_same_size(models.front(), set);
  std::vector<ImageEvaluation> all(static_cast<std::size_t>(set.count()));
  const auto losses = [](Model& model, const std::vector<float>& x, const Posterior& q,
                         const std::vector<float>& z) {
    const auto found = image_losses(model, x, q.mu, q.log_var, z);
    return found ? *found : value_or_throw(Result<ImageLosses>(out_of_memory()));
  };
  const auto evaluate_one = [&](Model& model, int i, const std::stop_token&) {
    const std::vector<float> x = test_pixels(set, pixels, i, 1);
    const Posterior q = value_or_throw(model.encode(x));
    ImageEvaluation& e = all[static_cast<std::size_t>(i)];
    const ImageLosses at_mu = losses(model, x, q, q.mu);
    e.reconstruction_at_mu = at_mu.reconstruction;
    e.drawn = at_mu;
    if (model.spec().prior == Prior::kNone) return;
    const std::vector<float> z = reparameterize(q.mu, q.log_var, evaluation_noise(model.latent(), i));
    e.drawn = losses(model, x, q, z);
  };
  for_each_piece(models, set.count(), evaluate_one, progress);
  return all;
}

Posterior encode_all(Model& model, const ImageSet& set, Pixels pixels, const Progress& progress) {
  require_same_size(model, set);
  Posterior all;
  for (int first = 0; first < set.count(); first += kChunk) {
    const int n = std::min(kChunk, set.count() - first);
    const Posterior q = value_or_throw(model.encode(test_pixels(set, pixels, first, n)));
    all.mu.insert(all.mu.end(), q.mu.begin(), q.mu.end());
    all.log_var.insert(all.log_var.end(), q.log_var.begin(), q.log_var.end());
    if (progress) progress(first + n);
  }
  return all;
}

}  // namespace vae
