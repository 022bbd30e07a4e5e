#include "native/evaluate.hpp"

#include <algorithm>

#include "native/failure.hpp"
#include "shared/elbo.hpp"
#include "shared/latent.hpp"
#include "shared/rng.hpp"

namespace vae {
namespace {

constexpr int kChunk = 250;
constexpr std::uint64_t kNoiseSeed = 1;

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(Exit::kBadData, result.error().message);
  return std::move(*result);
}

std::string words(const Shape& s) {
  return std::to_string(s.channels) + 'x' + std::to_string(s.height) + 'x' + std::to_string(s.width);
}

std::span<const float> row(const std::vector<float>& matrix, int i, int columns) {
  return {matrix.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(columns),
          static_cast<std::size_t>(columns)};
}

}  // namespace

std::vector<float> evaluation_noise(int latent, int index) {
  Rng rng(kNoiseSeed, Stream::kEvaluation, {static_cast<std::uint64_t>(index)});
  std::vector<float> noise(static_cast<std::size_t>(latent));
  for (float& e : noise) e = rng.normal();
  return noise;
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

Evaluation evaluate(Model& model, const ImageSet& set, Pixels pixel_mode,
                    const std::function<void(int)>& progress) {
  if (set.shape != model.spec().image) {
    throw Failure(Exit::kBadData,
                  "the images are " + words(set.shape) + ", the model needs " + words(model.spec().image));
  }
  const int latent = model.latent(), pixels = model.pixels(), outputs = vae::outputs(model.spec());
  const bool has_prior = model.spec().prior == Prior::kNormal;
  const Likelihood likelihood = model.spec().likelihood;
  double reconstruction = 0, kl = 0, reconstruction_at_mu = 0;
  for (int first = 0; first < set.count(); first += kChunk) {
    const int n = std::min(kChunk, set.count() - first);
    const std::vector<float> x = test_pixels(set, pixel_mode, first, n);  // (n, pixels)
    const Posterior q = value_or_throw(model.encode(x));                  // (n, latent)
    std::vector<float> z;                                                 // (n, latent)
    for (int i = 0; i < n; ++i) {
      const std::vector<float> zi = reparameterize(row(q.mu, i, latent), row(q.log_var, i, latent),
                                                   evaluation_noise(latent, first + i));
      z.insert(z.end(), zi.begin(), zi.end());
    }
    if (!has_prior) z = q.mu;
    const std::vector<float> output = value_or_throw(model.decode_output(z));  // (n, pixels)
    const std::vector<float> output_at_mu = value_or_throw(model.decode_output(q.mu));
    for (int i = 0; i < n; ++i) {
      reconstruction += reconstruction_loss(likelihood, row(output, i, outputs), row(x, i, pixels));
      reconstruction_at_mu +=
          reconstruction_loss(likelihood, row(output_at_mu, i, outputs), row(x, i, pixels));
      if (has_prior) kl += kl_divergence(row(q.mu, i, latent), row(q.log_var, i, latent));
    }
    if (progress) progress(first + n);
  }
  const double count = set.count();
  return {reconstruction / count, kl / count, (reconstruction + kl) / count,
          (reconstruction_at_mu + kl) / count, set.count()};
}

}  // namespace vae
