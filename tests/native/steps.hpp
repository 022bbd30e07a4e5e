// What tests of training steps share.
#pragma once

#include <torch/torch.h>

#include <algorithm>

#include "native/support/process_settings.hpp"

namespace vae::testing {

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
