// LibTorch's tensors as the core's arrays, and a file's as LibTorch's.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "shared/file/weights_reader.hpp"

namespace vae {

/// Returns a tensor of a file on the CPU, as floats; nothing where a number is not finite. An int8 tensor
/// needs its scales in the file.
std::optional<torch::Tensor> to_tensor(const WeightsView& view, const TensorView& tensor);

/// Returns the numbers of a tensor on any device, row-major, as floats.
std::vector<float> to_vector(const torch::Tensor& tensor);

}  // namespace vae
