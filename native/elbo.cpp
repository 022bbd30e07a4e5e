#include "native/elbo.hpp"

namespace vae {
namespace {
constexpr double kLogTwoPi = 1.8378770664093454836;
}  // namespace

torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output,
                                  const torch::Tensor& x) {
  if (likelihood == Likelihood::kBernoulli) {
    return torch::binary_cross_entropy_with_logits(output, x, {}, {}, at::Reduction::None).sum(1);
  }
  if (likelihood == Likelihood::kSquaredError) return (x - output).square().sum(1);
  const torch::Tensor mean = output.slice(1, 0, x.size(1)), log_var = output.slice(1, x.size(1));
  return 0.5 * (kLogTwoPi + log_var + (x - mean).square() * torch::exp(-log_var)).sum(1);
}

torch::Tensor kl_divergence(const PosteriorTensors& q) {
  return -0.5 * (1 + q.log_var - q.mu.square() - q.log_var.exp()).sum(1);
}

}  // namespace vae
