// The gradient of a step written out by hand, for networks of Linear layers and activations: no graph is
// recorded, everything between two matrix products is one pass over memory, and a backend's threads share the
// images. It gives what native/model/objectives and LibTorch's autograd give, up to rounding; tests hold the
// two together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"
#include "shared/train/backend.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// Weights of sum(w^2) / 2 that are added to what is minimized.
struct Penalty {
  double weights = 0, biases = 0;
};

/// L2 on the weights, and on weights and biases -log N(w; 0, 1) spread over the training images.
Penalty penalty_of(const TrainConfig& config, int train_images);

/// Rows of a batch, packed, and their noise; not owned.
struct BatchView {
  std::ptrdiff_t rows, samples;  // samples: of z for each image
  const float* x;                // (rows, pixels)
  const float* epsilon;          // (samples, rows, latent), standard normal
  std::ptrdiff_t stride;         // from a sample of epsilon to the next, at least rows * latent
};

/// The gradient of a multilayer perceptron's loss, by hand.
class MlpGradient {
 public:
  /// Linear layers, each with at most one activation; a Bernoulli or squared-error likelihood; the ELBO with
  /// its KL term in closed form, without free bits, or the plain autoencoder.
  static bool covers(const ModelSpec& spec, const TrainConfig& config);

  /// For batches of up to `rows` images with up to config.samples each. `values`: the numbers of each of
  /// parameters(spec); like the backend they must outlive this. covers(spec, config) holds. Errors: kMemory.
  static Result<MlpGradient> make(const ModelSpec& spec, const TrainConfig& config,
                                  std::vector<const float*> values, std::ptrdiff_t rows, Backend& backend);

  /// What a batch adds up to.
  struct Sums {
    double reconstruction = 0, kl = 0, loss = 0;  // over the rows of the batch, nats
    float gradient = 0;                           // its largest magnitude: not finite where a number is not
  };
  /// Makes gradient() the derivative of scale * (the sum of each row's loss) + penalty. `beta` is the KL
  /// term's weight.
  Sums differentiate(const BatchView& batch, double beta, double scale, const Penalty& penalty);

  /// The same sums without a derivative; that of the last batch is lost.
  Sums evaluate(const BatchView& batch, double beta = 1);

  /// The derivative by each of parameters(spec), in memory that the next call writes over; null where there
  /// is none. Which are null depends on the penalty alone.
  const std::vector<float*>& gradient() const { return gradient_; }

  /// z (n, latent) -> what the decoder's layers end in, (n, pixels), n at most rows times samples.
  std::span<const float> decode(std::span<const float> z);

 private:
  /// y = activation(x weight^T + bias), and everything that belongs to it.
  struct Block {
    std::ptrdiff_t in, out;
    std::optional<Activation> activation;
    const float *weight, *bias;  // (out, in), (out)
    float *d_weight, *d_bias;    // likewise
    float *y, *d_y;              // (rows, out)
    const float* x;              // (rows, in)
    float* d_x;                  // likewise; null for the first one
  };
  MlpGradient(const ModelSpec& spec, const TrainConfig& config, Backend& backend);
  void add(const LayerList& list, const float* const*& value);
  bool make_room(std::int64_t rows, std::int64_t samples);
  BatchView begin(BatchView batch);
  void forward(Block& block, std::ptrdiff_t begin, std::ptrdiff_t end);
  void backward(Block& block, std::ptrdiff_t begin, std::ptrdiff_t end);
  Sums losses(const BatchView& batch, double beta, double scale, std::ptrdiff_t first, std::ptrdiff_t last);
  void derivatives(std::ptrdiff_t samples, std::ptrdiff_t first, std::ptrdiff_t last);
  float parameters(const BatchView& batch, const Penalty& penalty, int index);
  void publish(const Penalty& penalty);

  Backend* backend_;
  Likelihood likelihood_;
  bool sampled_;  // is z drawn, or mu?
  std::ptrdiff_t latent_;
  std::vector<const float*> values_;
  std::vector<float*> gradient_;
  std::vector<Block> blocks_;
  std::size_t heads_ = 0;                      // the block that both heads are; those behind it decode
  Floats memory_;                              // of all that follows, and of the blocks
  float *weight_ = nullptr, *bias_ = nullptr;  // of both heads
  float *z_ = nullptr, *d_z_ = nullptr;        // (rows * samples, latent), an image's samples together
};

}  // namespace vae
