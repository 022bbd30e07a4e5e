// The optimizers on plain memory: what one update makes of every number, given its gradient. LibTorch's
// definitions, and its state by name; tests hold the two together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/train/backend.hpp"
#include "shared/train/loops.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// Adam's constants (Kingma and Ba 2014).
inline constexpr double kAdamBeta1 = 0.9, kAdamBeta2 = 0.999, kAdamEpsilon = 1e-8;

/// The largest magnitude that a number of a gradient may have: its square is a float, as the state of every
/// optimizer needs it.
inline constexpr float kMaxGradient = 1e18f;

/// Returns update number `t` of Adam, counted from 1, or of AdamW with decay above 0 (Loshchilov and Hutter
/// 2019).
AdamStep adam_step(double beta1, double beta2, double epsilon, double rate, double decay, std::int64_t t);

/// TensorFlow's Adam moves by m / (sqrt(v) + 1e-8) times a rate that holds both bias corrections (Kingma
/// and Ba 2014, end of section 2). LibTorch corrects sqrt(v) first, so update `t` takes the epsilon
/// corrected too.
double tf_epsilon(std::int64_t t);

/// Updates arrays by their gradients, with the state that this takes.
class Optimizer {
 public:
  /// For arrays of these many numbers, all of one kind of optimizer. Errors: kMemory.
  static Result<Optimizer> make(const TrainConfig& config, std::vector<std::ptrdiff_t> sizes);

  /// One update of every array that has a gradient (not null). Arrays and gradients have the sizes of make().
  void step(double rate, std::span<float* const> values, std::span<float* const> gradient, Backend& backend);

  std::int64_t steps() const { return steps_; }

 private:
  Optimizer(const TrainConfig& config, std::vector<std::ptrdiff_t> sizes);

  OptimizerKind kind_;
  float momentum_;
  double weight_decay_;
  std::int64_t steps_ = 0;
  std::vector<std::ptrdiff_t> sizes_;
  std::ptrdiff_t arrays_ = 0;  // of state for each array of numbers
  Floats state_;
};

}  // namespace vae
