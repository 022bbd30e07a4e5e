// The training objectives in nats per image, differentiable. With q = q(z|x) and L samples z of it per image:
//   reconstruction = mean over samples of -log p(x|z)
//   kl             = KL(q || p(z)) in closed form (estimator B), or mean of log q(z) - log p(z)
//                    (estimator A, and always for a mixture prior)
//   -ELBO          = reconstruction + kl
//   IWAE bound     = -log mean over samples of p(x|z) p(z) / q(z)
// shared/math/elbo has the first two for one image; a test compares the two.
#pragma once

#include <torch/torch.h>

#include "native/model/vae.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// Returns -log p(x|z) summed over the last dimension, with leading dimensions broadcast: output (...,
/// outputs), x (n, pixels) -> (..., n). Omits LikelihoodTraits::omitted_constant. kBernoulli: cross-entropy
/// of pixels in [0, 1] with logits. kSquaredError: sum of squared errors. kGaussian: the negative log
/// density; the last dimension of `output` has means, then log-variances.
torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output, const torch::Tensor& x);

/// Returns KL(q(z|x) || N(0, I)) of each image, (n): -1/2 sum (1 + log_var - mu^2 - exp(log_var)).
torch::Tensor kl_divergence(const PosteriorTensors& q);

/// Returns log N(z; mu, diag(exp(log_var))) summed over the last dimension; broadcasts.
torch::Tensor log_normal(const torch::Tensor& z, const torch::Tensor& mu, const torch::Tensor& log_var);

/// A batch after a forward pass, with L samples of z per image.
struct Draws {
  PosteriorTensors q;         // (n, latent) each
  torch::Tensor z;            // (L, n, latent)
  torch::Tensor neg_log_px;   // (L, n), -log p(x|z)
  torch::Tensor log_pz = {};  // (L, n), log p(z) of a learned prior; undefined for N(0, I)
};

/// Runs the model forward: x (n, pixels), epsilon ~ N(0, I) of (L, n, latent).
Draws draw(VaeImpl& model, const torch::Tensor& x, const torch::Tensor& epsilon);

/// The terms per image, (n) each; `loss` is minimized.
struct Terms {
  torch::Tensor reconstruction, kl, loss;
};
Terms elbo_a(const Draws& d, double beta = 1);
Terms elbo_b(const Draws& d, double beta = 1);
/// The same with max(free_bits, mean over the batch of the KL) for each latent in the loss (Kingma et al.
/// 2016); of a prior N(0, I). `kl` is the KL itself.
Terms free_bits(const Draws& d, double beta, double free_bits);
Terms iwae(const Draws& d);
/// The same loss; with respect to the encoder its gradient is the doubly reparameterized one (Tucker et al.
/// 2018): of each sample z only the path through z counts, weighted by the square of its importance.
Terms iwae_dreg(const Draws& d);
/// A plain autoencoder: z = mu, kl is 0.
Terms autoencoder(VaeImpl& model, const torch::Tensor& x);

/// Computes the objective of `config`; `beta` is the weight of the KL term in this step.
Terms objective(VaeImpl& model, const TrainConfig& config, double beta, const torch::Tensor& x,
                const torch::Tensor& epsilon);

}  // namespace vae
