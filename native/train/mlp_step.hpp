// The gradient of a step written out by hand, for networks of Linear layers and activations on the CPU: no
// graph is recorded, everything between two matrix products is one pass over memory, and threads share the
// images. It gives what elbo.hpp and autograd give, up to rounding; tests hold the two together.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "native/model/vae.hpp"
#include "native/support/workers.hpp"
#include "native/train/batches.hpp"
#include "native/train/descent.hpp"
#include "native/train/step.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

class MlpStep : public Step {
 public:
  /// Linear layers, each with at most one activation; a Bernoulli or squared-error likelihood; the ELBO with
  /// its KL term in closed form, or the plain autoencoder; float32 on the CPU, with a BLAS at hand.
  static bool covers(const VaeImpl& model, const TrainConfig& config);

  /// covers(parts.model, parts.config) holds. The workers are the threads from now on; LibTorch keeps one.
  explicit MlpStep(const StepParts& parts);
  StepLosses take(std::int64_t step, double rate) override;

 private:
  struct Sums {
    double reconstruction = 0, kl = 0, loss = 0;  // over the rows of the batch, nats
    double gradient = 0;                          // over all of its numbers: not finite where one is not
  };
  /// y = activation(x weight^T + bias), and everything that belongs to it.
  struct Block {
    std::int64_t in, out;
    std::optional<Activation> activation;
    torch::Tensor weight, bias;      // (out, in), (out)
    torch::Tensor d_weight, d_bias;  // likewise
    torch::Tensor y, d_y;            // (rows, out)
    const float* x = nullptr;        // (rows, in)
    float* d_x = nullptr;            // likewise; null for the first one
  };
  void add(const torch::nn::Sequential& modules, const LayerList& list);
  void add(const torch::Tensor& weight, const torch::Tensor& bias, std::optional<Activation> activation);
  void make_room(std::int64_t rows);
  /// The parameters' .grad become the derivative of scale * (the sum of each row's loss) + penalty, kept in
  /// memory that the next call writes over. `beta` is the KL term's weight.
  Sums gradient(const Batch& batch, double beta, double scale, const Penalty& penalty);
  void publish(const Penalty& penalty);
  Sums images(const Batch& batch, double beta, double scale, std::int64_t first, std::int64_t last);
  double parameters(std::int64_t rows, const Penalty& penalty, int index);

  StepParts parts_;
  VaeImpl& model_;
  Workers& workers_;
  Likelihood likelihood_;
  bool sampled_;  // is z drawn, or mu?
  std::int64_t samples_, latent_;
  std::vector<Block> blocks_;
  std::size_t heads_ = 0;  // the block that both heads are; those behind it decode
  torch::Tensor z_, d_z_;  // (rows * samples, latent), the samples of an image side by side
  std::int64_t room_ = 0;  // rows that there is memory for
};

}  // namespace vae
