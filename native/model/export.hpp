// Exports the trained module to the bytes of weights.bin, with a golden sample: one z and the image that
// LibTorch decodes from it with the weights as stored. Every reader decodes it again and compares.
#pragma once

#include <cstddef>
#include <vector>

#include "native/model/vae.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// Returns the bytes of a weights file. `precision` is that of the weights; biases stay F32. `quantized`
/// replaces the weights of the same name. `more` is added to the metadata after the model line and the golden
/// sample. The model may be on any device and is not changed. Throws Failure kUsage (too large for a file) or
/// kDiverged (a parameter is not finite).
std::vector<std::byte> export_weights(VaeImpl& model, Dtype precision, const Metadata& more,
                                      const std::vector<NamedTensor>& quantized = {});

/// Converts a tensor on any device for write_weights, in float.
NamedTensor to_named_tensor(const std::string& name, const torch::Tensor& tensor, Dtype dtype = Dtype::kF32);

}  // namespace vae
