// What changes over a run by plan: the learning rate and the weight of the KL term.
#pragma once

#include <cstdint>

#include "shared/train/train_config.hpp"

namespace vae {

/// Returns the learning rate of step 0 <= step < steps.
double learning_rate_at(const TrainConfig& config, std::int64_t step, std::int64_t steps);
/// Returns the weight of the KL term in that step.
double beta_at(const TrainConfig& config, std::int64_t step);

}  // namespace vae
