// The objective: -ELBO = reconstruction + KL, in nats per image, differentiable.
// shared/elbo has the same two terms for one image; a test holds the two together.
#pragma once

#include <torch/torch.h>

#include "native/vae.hpp"

namespace vae {

/// -log p(x|z) of each image, (n). kBernoulli: cross-entropy of pixels in [0, 1] with logits, summed over
/// pixels. kSquaredError: summed squared error, which is -log p(x|z) for variance 1/2 without its constant.
/// kGaussian: the negative log density, summed; `output` (n, 2 * pixels) holds means, then log-variances.
torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output, const torch::Tensor& x);

/// KL(q(z|x) || N(0, I)) of each image, (n): -1/2 sum (1 + log_var - mu^2 - exp(log_var)).
torch::Tensor kl_divergence(const PosteriorTensors& q);

}  // namespace vae
