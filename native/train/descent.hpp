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

/// Sums gradients over the processes, clips their norm and updates the parameters. `losses` is this process'
/// part of a batch's averages, (3): reconstruction, KL, what is minimized; `gradient` the largest
/// magnitude of the gradient's numbers where that is known. Throws as Step::take.
StepLosses descend(const StepParts& parts, torch::Tensor losses, std::optional<float> gradient,
                   std::int64_t step, double rate);

}  // namespace vae
