// The model that is trained: encoder, the two heads of the posterior, decoder.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "shared/model_spec.hpp"

namespace vae {

/// q(z|x) = N(mu, diag(exp(log_var))).
struct PosteriorTensors {
  torch::Tensor mu, log_var;  // (n, latent)
};

struct VaeImpl : torch::nn::Module {
  explicit VaeImpl(const ModelSpec& spec);

  PosteriorTensors encode(const torch::Tensor& images);  // (n, pixels) in [0, 1]
  torch::Tensor decode(const torch::Tensor& z);      // (n, latent) -> (n, outputs(spec))
  torch::Tensor image(const torch::Tensor& output);  // decode()'s output -> (n, pixels) in [0, 1]

  ModelSpec spec;
  torch::nn::Sequential encoder{nullptr};
  torch::nn::Linear mu{nullptr}, log_var{nullptr};
  torch::nn::Sequential decoder{nullptr};
  torch::nn::Linear decoder_log_var{nullptr};  // of a Gaussian likelihood only
};
TORCH_MODULE(Vae);

/// z = mu + exp(log_var / 2) * epsilon, epsilon ~ N(0, I) of the same size (Kingma and Welling 2013).
torch::Tensor reparameterize(const PosteriorTensors& q, const torch::Tensor& epsilon);

/// PyTorch's default initialisation, every weight and bias uniform in +-1 / sqrt(fan in), drawn from our own
/// generator so that a seed means the same model on every device and LibTorch.
void initialize(VaeImpl& model, std::uint64_t seed);

}  // namespace vae
