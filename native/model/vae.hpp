// The model to train: encoder, the two heads of the posterior, decoder, prior.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "native/model/sequential.hpp"
#include "shared/math/prior.hpp"
#include "shared/spec/model_spec.hpp"
#include "shared/train/batch_stream.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// q(z|x) = N(mu, diag(exp(log_var))).
struct PosteriorTensors {
  torch::Tensor mu, log_var;  // (n, latent)
};

/// A learned prior: a mixture of normal distributions with diagonal covariance.
struct MixturePriorImpl : torch::nn::Module {
  MixturePriorImpl(int components, int latent);
  torch::Tensor log_density(const torch::Tensor& z);  // (..., latent) -> (...)

  torch::Tensor mean, log_var, logit;  // (components, latent), the same, (components)
};
TORCH_MODULE(MixturePrior);

struct VaeImpl : torch::nn::Module {
  explicit VaeImpl(const ModelSpec& spec, SigmaHead sigma_head = SigmaHead::kLogVar);

  PosteriorTensors encode(const torch::Tensor& images);  // (n, pixels) in [0, 1]
  torch::Tensor decode(const torch::Tensor& z);          // (n, latent) -> (n, outputs(spec))
  torch::Tensor image(const torch::Tensor& output);      // decode()'s output -> (n, pixels) in [0, 1]

  ModelSpec spec;
  SigmaHead sigma_head;                                              // what the parameters of log_var give
  std::shared_ptr<ForwardKey> key = std::make_shared<ForwardKey>();  // of dropout in training
  torch::nn::Sequential encoder{nullptr};
  torch::nn::Linear mu{nullptr}, log_var{nullptr};
  torch::nn::Sequential decoder{nullptr};
  torch::nn::Linear decoder_log_var{nullptr};  // where the likelihood has a learned variance
  MixturePrior prior{nullptr};                 // of a mixture only
};
TORCH_MODULE(Vae);

/// Returns the prior for the core if it is a mixture.
std::optional<Mixture> mixture_of(VaeImpl& model);

/// Standardizes a learned prior to mean 0 and variance 1 in every dimension: shifts and scales z, and adjusts
/// the heads, the decoder's first layer and the prior, so that the model computes the same. Does nothing
/// without a mixture, or where anything but a Linear layer reads z.
void standardize(VaeImpl& model);
/// Returns a copy on the CPU, standardized and for evaluation: with the coordinates of z that a weights file
/// has, and a head that gives log sigma^2.
Vae standardized(VaeImpl& model);
/// Makes the second head of a model that gives log sigma^2 give log sigma, for training.
void train_log_sigma(VaeImpl& model);

/// Returns z = mu + exp(log_var / 2) * epsilon, epsilon ~ N(0, I) of the same size (Kingma and Welling 2013).
torch::Tensor reparameterize(const PosteriorTensors& q, const torch::Tensor& epsilon);

/// Gives every parameter its number of initial_parameters(), whatever device and LibTorch it is on.
void initialize(VaeImpl& model, std::uint64_t seed, Init init = Init::kPytorch);
/// Gives every parameter the number that a run on these images starts from, first_parameters(); the second
/// head then gives what config.sigma_head says.
void initialize(VaeImpl& model, const TrainConfig& config, const ImageBytes& images);

}  // namespace vae
