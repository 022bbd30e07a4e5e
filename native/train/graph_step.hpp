// A training step as one CUDA graph: everything from the bytes of the images to the new weights is recorded
// once and then replayed, so that a GPU never waits for the CPU to launch the next small kernel.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "native/data/dataset.hpp"
#include "native/model/vae.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

class GraphStep {
 public:
  /// Adam or AdamW in float32 on a CUDA device without dropout or warm-up of beta; never where LibTorch came
  /// without CUDA.
  static bool covers(VaeImpl& model, const TrainConfig& config);

  /// (count, pixels) and noise (samples, count, latent) -> reconstruction, KL and what is minimized, (3),
  /// averages over the batch, and what is minimized with all penalties, a number.
  struct Loss {
    torch::Tensor averages, total;
  };
  using Objective = std::function<Loss(const torch::Tensor& x, const torch::Tensor& epsilon)>;

  /// Images are drawn from the first `count` of `train`. The state of `optimizer` is taken over;
  /// model and optimizer must outlive this.
  GraphStep(VaeImpl& model, torch::optim::Optimizer& optimizer, const TrainConfig& config,
            const ImageSet& train, int count, Objective objective);
  ~GraphStep();

  struct Result {
    double reconstruction = 0, kl = 0, objective = 0;
    bool finite = true;  // the loss and its gradient; otherwise no parameter has moved
  };
  /// One step on those images. Noise and pixels are keyed by (seed, step).
  Result step(std::span<const std::int64_t> images, double learning_rate, std::int64_t step);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vae
