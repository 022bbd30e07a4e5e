// From the trained module to the bytes of weights.bin, and the file's proof of itself: one z and the image
// that LibTorch makes of it from the weights as stored, which every reader decodes again.
#pragma once

#include <cstddef>
#include <vector>

#include "native/model/vae.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// Bytes of a weights file. `precision` is that of the weights; biases stay F32. `quantized` stand in for the
/// weights of their names. `facts` are added to the metadata after the model line and the golden sample. The
/// model may be on any device and is not changed. Throws Failure kUsage (larger than a file may be) or
/// kDiverged (a parameter is not finite).
std::vector<std::byte> export_weights(VaeImpl& model, Dtype precision, const Metadata& facts,
                                      const std::vector<NamedTensor>& quantized = {});

/// A tensor on any device as it is written to a file, in float.
NamedTensor to_named_tensor(const std::string& name, const torch::Tensor& tensor, Dtype dtype = Dtype::kF32);

}  // namespace vae
