// The second half of a step, once the parameters have their .grad: processes add theirs up, what is not
// finite ends the run, and the optimizer updates.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "native/train/step.hpp"

namespace vae {

/// Throws Failure kDiverged; `step` is counted from 1.
[[noreturn]] void diverged(const char* what, std::int64_t step, const TrainConfig& config);

/// Weights of sum(w^2) / 2 that are added to what is minimized: L2 on the weights, and on weights and biases
/// -log N(w; 0, 1) spread over the training images.
struct Penalty {
  double weights = 0, biases = 0;
};
Penalty penalty_of(const TrainConfig& config, int train_images);

/// Sums gradients over the processes, clips their norm and updates the parameters. `losses` is this process'
/// part of a batch's averages, (3): reconstruction, KL, what is minimized; `gradient_sum` the sum of the
/// gradient's numbers where that is known. Throws as Step::take.
StepLosses descend(const StepParts& parts, torch::Tensor losses, std::optional<double> gradient_sum,
                   std::int64_t step, double rate);

}  // namespace vae
