// The two terms of -ELBO for one image, in nats, as the page and native_eval show them.
// native/model/objectives computes the same for batches with LibTorch; a test compares the two.
#pragma once

#include <cstdint>
#include <span>

#include "shared/math/prior.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

/// Returns -log p(x|z) of one image x (pixels) for the decoder's `output`, without
/// LikelihoodTraits::omitted_constant. kBernoulli: cross-entropy of pixels x in [0, 1] with logits `output`,
/// summed. kSquaredError: sum of (x - output)^2, which is -log p(x|z) for variance 1/2 without its constant.
/// kGaussian: the negative log density (x - mean)^2 / (2 variance) + log(2 pi variance) / 2, summed; `output`
/// holds the means, then the log-variances.
double reconstruction_loss(Likelihood likelihood, std::span<const float> output, std::span<const float> x);

/// Returns the loss of Bernoulli pixels alone, as above.
double bernoulli_loss(std::span<const float> logits, std::span<const float> x);

/// Returns KL(q(z|x) || N(0, I)) = -1/2 sum (1 + log_var - mu^2 - exp(log_var)), over (latent).
double kl_divergence(std::span<const float> mu, std::span<const float> log_var);
/// Returns one dimension's part of it.
double kl_divergence(float mu, float log_var);

/// Estimates KL(q(z|x) || p(z)) for a mixture, which has no closed form: sum_k s_k (KL(q || N_k) - log w_k),
/// the bound of Hershey and Olsen (2007) with its best shares s_k, plus the mean over `draws` draws of z from
/// q, keyed by `seed`, of sum_k s_k log p(k|z), which corrects it. Unbiased, and exact for one component.
/// With 512 draws the standard error is below 0.05 nats for the default model's digits.
double kl_divergence(const Mixture& prior, std::span<const float> mu, std::span<const float> log_var,
                     int draws, std::uint64_t seed);

/// Returns log N(z; mu, exp(log_var)) of one number.
double log_normal(float z, float mu, float log_var);

}  // namespace vae
