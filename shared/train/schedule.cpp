#include "shared/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vae {
namespace {

/// Half a cosine: 1 at progress 0, 0 at progress 1.
double cosine(double progress) { return (1 + std::cos(std::numbers::pi * progress)) / 2; }

}  // namespace

double learning_rate_at(const TrainConfig& config, std::int64_t step, std::int64_t steps) {
  const auto at = static_cast<double>(step), end = static_cast<double>(steps);
  if (config.schedule == Schedule::kConstant) return config.learning_rate;
  if (config.schedule == Schedule::kCosine) return config.learning_rate * cosine(at / end);
  constexpr double kRise = 0.3, kStart = 1.0 / 25, kEnd = 1e-4 / 25;
  const double peak = kRise * end;
  const bool rising = at < peak;
  const double progress = rising ? at / peak : (at - peak) / std::max(1.0, end - peak);
  const double from = rising ? kStart : 1, to = rising ? 1 : kEnd;
  return config.learning_rate * (to + (from - to) * cosine(progress));
}

double beta_at(const TrainConfig& config, std::int64_t step) {
  if (step >= config.beta_warmup) return config.beta;
  return config.beta * static_cast<double>(step) / static_cast<double>(config.beta_warmup);
}

}  // namespace vae
