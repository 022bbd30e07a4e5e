// A training step as one CUDA graph: everything from the bytes of the images to the new weights is recorded
// once and then replayed, so that a GPU never waits for the CPU to launch the next small kernel.
#pragma once

#include <cstdint>
#include <memory>

#include "native/train/step.hpp"

namespace vae {

class GraphStep : public Step {
 public:
  /// On a CUDA device without a graph_obstacle(); never where LibTorch came without CUDA.
  static bool covers(VaeImpl& model, const TrainConfig& config);

  /// covers(parts.model, parts.config) holds, and the process is alone. Copies the training images to the
  /// device and takes over the state of the optimizer.
  explicit GraphStep(const StepParts& parts);
  ~GraphStep() override;

  /// Noise and pixels are keyed by (seed, step).
  StepLosses take(std::int64_t step, double rate) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vae
