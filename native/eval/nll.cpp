#include "native/eval/nll.hpp"

#include <algorithm>

#include "native/eval/evaluate.hpp"
#include "native/support/failure.hpp"
#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"

namespace vae {
namespace {

constexpr int kBatch = 250;  // samples decoded at once

/// A batch of importance samples of one image.
struct Samples {
  std::vector<float> z;           // (n, latent)
  std::vector<double> log_ratio;  // (n), log p(z) - log q(z|x)
};

void draw(const Model& model, const Posterior& q, const std::vector<float>& sigma, Rng& rng, int n,
          Samples& samples) {
  double log_sigma = 0;  // and pi's part of log q
  for (float l : q.log_var) log_sigma += (kLogTwoPi + l) / 2;
  samples.z.clear();
  samples.log_ratio.assign(static_cast<std::size_t>(n), log_sigma);
  for (double& log_ratio : samples.log_ratio) {
    for (std::size_t d = 0; d < sigma.size(); ++d) {
      const float epsilon = rng.normal(), z = q.mu[d] + sigma[d] * epsilon;
      log_ratio += double{epsilon} * epsilon / 2;
      samples.z.push_back(z);
    }
    log_ratio += model.log_prior(std::span(samples.z).last(sigma.size()));
  }
}

double image_nll(Model& model, std::span<const float> x, Rng rng, int samples, const std::stop_token& stop) {
  const Likelihood likelihood = model.spec().likelihood;
  const auto outputs = static_cast<std::size_t>(vae::outputs(model.spec()));
  const Posterior q = value_or_throw(model.encode(x));  // (1, latent)
  std::vector<float> sigma;
  for (float l : q.log_var) sigma.push_back(std::exp(l / 2));
  Samples batch;
  LogSumExp total;
  for (int first = 0; first < samples && !stop.stop_requested(); first += kBatch) {
    const int n = std::min(kBatch, samples - first);
    draw(model, q, sigma, rng, n, batch);
    const std::vector<float> output = value_or_throw(model.decode_output(batch.z));  // (n, outputs)
    for (std::size_t i = 0; i < batch.log_ratio.size(); ++i) {
      const std::span<const float> parameters(output.data() + i * outputs, outputs);
      total.add(batch.log_ratio[i] - reconstruction_loss(likelihood, parameters, x));
    }
  }
  return std::log(static_cast<double>(samples)) - total.value();
}

}  // namespace

double omitted_constant(const ModelSpec& spec) {
  return static_cast<double>(spec.image.size()) * traits(spec.likelihood).omitted_constant;
}

std::vector<double> negative_log_likelihoods(std::span<Model> models, const ImageSet& set, Pixels pixels,
                                             int samples, const Progress& progress) {
  require_same_size(models.front(), set);
  if (models.front().spec().prior == Prior::kNone)
    throw Failure(Exit::kUsage, "a plain autoencoder has no p(x)");
  std::vector<double> nll(static_cast<std::size_t>(set.count()));
  const auto image = [&](Model& model, int i, const std::stop_token& stop) {
    nll[static_cast<std::size_t>(i)] =
        image_nll(model, test_pixels(set, pixels, i, 1), evaluation_rng(i), samples, stop);
  };
  for_each_piece(models, set.count(), image, progress);
  return nll;
}

}  // namespace vae
