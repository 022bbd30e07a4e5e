// What tests of training steps share.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <functional>
#include <string>

#include "native/support/process_settings.hpp"
#include "shared/spec/model_spec.hpp"
#include "shared/train/train_config.hpp"

namespace vae::testing {

/// A training to compare: a model, and what its configuration has of its own.
struct Case {
  std::string name;
  ModelSpec spec;
  std::function<void(TrainConfig&)> change;
};

/// Returns this model without a prior, for Objective::kAutoencoder.
inline ModelSpec without_prior(ModelSpec spec) {
  spec.prior = Prior::kNone;
  return spec;
}

/// The Frobenius norm of a - b over that of b.
inline double distance(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).norm().item<double>() / std::max(1e-30, b.norm().item<double>());
}

/// LibTorch's threads as they were, at the end.
struct KeepThreads {
  ~KeepThreads() { set_threads(before); }
  int before = torch::get_num_threads();
};

}  // namespace vae::testing
