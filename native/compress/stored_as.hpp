// Stores a weights file in another precision, so that the loss of accuracy is measured on the file that would
// be downloaded.
#pragma once

#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/base/enum_names.hpp"
#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// The precisions of --precision, in the order of Dtype.
inline constexpr std::string_view kPrecisionNames[] = {"f32", "f16", "int8"};
static_assert(std::size(kPrecisionNames) == count_of<Dtype>());
/// Returns the precision called `name`, one of these.
Dtype precision_of(std::string_view name);

/// Returns the file of the same model and metadata with its weights in `precision`, as export_weights stores
/// them: biases stay F32, and the golden image is decoded again from the stored weights. For int8, `train`
/// has the images for quantized_weights(); without any, each row gets its default scale. Weights that are
/// already int8 stay as they are. Errors: those of Model::load; kNonfinite where a weight does not fit into
/// F16; kNames for a file that is a part of a model.
Result<std::vector<std::byte>> stored_as(std::span<const std::byte> file, Dtype precision,
                                         const ImageSet& train = {}, const Progress& progress = {});

}  // namespace vae
