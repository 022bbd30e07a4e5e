// A weights file in another precision: what a smaller download costs is measured on what would be downloaded.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// Precisions as the programs' --precision has them, in the order of Dtype.
inline constexpr std::string_view kPrecisionNames[] = {"f32", "f16", "int8"};
/// `name` is one of them.
Dtype precision_of(std::string_view name);

/// The same model and facts with its weights as `precision`, as export_weights stores them: biases stay F32,
/// and the golden image is drawn anew from what the file then holds. For int8 `train` has the images that
/// quantized_weights() is to keep the layers' outputs for; without any, every row has its plain scale. What
/// is int8 already stays as it is. Errors: those of Model::load; kNonfinite where a weight does not fit F16;
/// kNames for a file that is only a part of a model.
Result<std::vector<std::byte>> stored_as(std::span<const std::byte> file, Dtype precision,
                                         const ImageSet& train = {}, const Progress& progress = {});

}  // namespace vae
