// The objectives, in nats per image, differentiable. With q = q(z|x) and L samples z of it for each image:
//   reconstruction = mean over samples of -log p(x|z)
//   kl             = KL(q || p(z)) in closed form (estimator B), or mean of log q(z) - log p(z)
//                    (estimator A, and wherever the prior is a mixture)
//   -ELBO          = reconstruction + kl
//   IWAE bound     = -log mean over samples of p(x|z) p(z) / q(z)
// shared/math/elbo has the first two for one image; a test holds the two together.
#pragma once

#include <torch/torch.h>

#include "native/config/presets.hpp"
#include "native/model/vae.hpp"

namespace vae {

/// -log p(x|z) summed over the last dimension; leading dimensions broadcast:
/// output (..., outputs), x (n, pixels) -> (..., n). kBernoulli: cross-entropy of pixels in [0, 1] with
/// logits. kSquaredError: summed squared error, which is -log p(x|z) for variance 1/2 without its constant.
/// kGaussian: the negative log density; the last dimension of `output` holds means, then log-variances.
torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output, const torch::Tensor& x);

/// KL(q(z|x) || N(0, I)) of each image, (n): -1/2 sum (1 + log_var - mu^2 - exp(log_var)).
torch::Tensor kl_divergence(const PosteriorTensors& q);

/// log N(z; mu, diag(exp(log_var))) summed over the last dimension; broadcasts.
torch::Tensor log_normal(const torch::Tensor& z, const torch::Tensor& mu, const torch::Tensor& log_var);

/// A batch as the model sees it, with L samples of z for each image.
struct Draws {
  PosteriorTensors q;         // (n, latent) each
  torch::Tensor z;            // (L, n, latent)
  torch::Tensor neg_log_px;   // (L, n), -log p(x|z)
  torch::Tensor log_pz = {};  // (L, n), log p(z) of a learned prior; undefined: it is N(0, I)
};

/// x (n, pixels), epsilon ~ N(0, I) of (L, n, latent).
Draws draw(VaeImpl& model, const torch::Tensor& x, const torch::Tensor& epsilon);

/// The terms of each image, (n) each. `loss` is what is minimized.
struct Terms {
  torch::Tensor reconstruction, kl, loss;
};
Terms elbo_a(const Draws& d, double beta = 1);
Terms elbo_b(const Draws& d, double beta = 1);
Terms iwae(const Draws& d);
/// z = mu: nothing is sampled, kl is 0. epsilon is not used.
Terms autoencoder(VaeImpl& model, const torch::Tensor& x);

/// The objective that `config` names; `beta` is its KL weight in this step.
Terms objective(VaeImpl& model, const TrainConfig& config, double beta, const torch::Tensor& x,
                const torch::Tensor& epsilon);

}  // namespace vae
