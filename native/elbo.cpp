#include "native/elbo.hpp"

namespace vae {

torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output,
                                  const torch::Tensor& x) {
  if (likelihood == Likelihood::kBernoulli) {
    return torch::binary_cross_entropy_with_logits(output, x, {}, {}, at::Reduction::None).sum(1);
  }
  return (x - output).square().sum(1);
}

torch::Tensor kl_divergence(const PosteriorTensors& q) {
  return -0.5 * (1 + q.log_var - q.mu.square() - q.log_var.exp()).sum(1);
}

}  // namespace vae
