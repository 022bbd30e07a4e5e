#include "shared/train/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/train/arrays.hpp"

namespace vae {
namespace {

constexpr float kAdagradEpsilon = 1e-10f;

std::ptrdiff_t state_arrays(const TrainConfig& config) {
  switch (config.optimizer) {
    case OptimizerKind::kAdam:
    case OptimizerKind::kAdamW:
    case OptimizerKind::kTfAdam:
      return 2;  // the averages of the gradient and of its square
    case OptimizerKind::kAdagrad:
      return 1;  // the sum of squares
    case OptimizerKind::kSgd:
      return config.momentum > 0 ? 1 : 0;  // the velocity
  }
  return 0;
}

}  // namespace

AdamStep adam_step(double beta1, double beta2, double epsilon, double rate, double decay, std::int64_t t) {
  const auto steps = static_cast<double>(t);
  return {static_cast<float>(beta1),
          static_cast<float>(beta2),
          static_cast<float>(1 - beta1),
          static_cast<float>(1 - beta2),
          static_cast<float>(1 - rate * decay),
          static_cast<float>(rate / (1 - std::pow(beta1, steps))),
          static_cast<float>(std::sqrt(1 - std::pow(beta2, steps))),
          static_cast<float>(epsilon)};
}

double tf_epsilon(std::int64_t t) {
  return kAdamEpsilon / std::sqrt(1 - std::pow(kAdamBeta2, static_cast<double>(t)));
}

Result<Optimizer> Optimizer::make(const TrainConfig& config, std::vector<std::ptrdiff_t> sizes) {
  Optimizer made(config, std::move(sizes));
  std::int64_t numbers = 0;
  for (const std::ptrdiff_t size : made.sizes_) numbers += std::int64_t{made.arrays_} * size;
  std::vector<float*> place;
  made.state_ = allocate_arrays({&numbers, 1}, place);
  if (!made.state_) return Error{ErrorCode::kMemory, "not enough memory for the optimizer's state"};
  std::fill_n(made.state_.get(), numbers, 0.0f);
  return made;
}

Optimizer::Optimizer(const TrainConfig& config, std::vector<std::ptrdiff_t> sizes)
    : kind_(config.optimizer),
      momentum_(static_cast<float>(config.momentum)),
      weight_decay_(config.optimizer == OptimizerKind::kAdamW ? config.weight_decay : 0),
      sizes_(std::move(sizes)),
      arrays_(state_arrays(config)) {}

void Optimizer::step(double rate, std::span<float* const> values, std::span<float* const> gradient,
                     Backend& backend) {
  ++steps_;
  const double epsilon = kind_ == OptimizerKind::kTfAdam ? tf_epsilon(steps_) : kAdamEpsilon;
  const AdamStep adam_now = adam_step(kAdamBeta1, kAdamBeta2, epsilon, rate, weight_decay_, steps_);
  const auto descent = static_cast<float>(rate);
  backend.run([&](int index) {
    float* state = state_.get();
    for (std::size_t i = 0; i < sizes_.size(); state += arrays_ * sizes_[i], ++i) {
      if (gradient[i] == nullptr) continue;
      const auto [first, last] = part_of(sizes_[i], index, backend.workers());
      const std::ptrdiff_t n = last - first;
      const float* const g = gradient[i] + first;
      float *const p = values[i] + first, *const s = state + first;
      if (kind_ == OptimizerKind::kAdagrad) {
        adagrad(descent, kAdagradEpsilon, g, n, p, s);
      } else if (kind_ != OptimizerKind::kSgd) {
        adam(adam_now, g, n, p, s, s + sizes_[i]);
      } else if (momentum_ > 0) {
        momentum(descent, momentum_, g, n, p, s);
      } else {
        add_scaled(g, -descent, n, p);
      }
    }
  });
}

}  // namespace vae
