// Quantizes weights to int8 so as to preserve the layers' outputs rather than the weights themselves. After
// long training, some weights are large where inputs are almost always zero, and a per-channel scale of max /
// 127 leaves little resolution for the others (assets/README.md has what int8 costs).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/math/pixels.hpp"

namespace vae {

/// Returns the larger Linear layers of a complete weights file quantized to int8: each weight with its
/// per-channel scales and all numbers rounded to them, such that the layer's outputs for training images
/// change least (GPTQ, Frantar et al. 2022: later columns compensate the rounding error of earlier ones).
/// Skips layers that are already int8, and those with more than kMostInputs inputs, whose covariance would
/// take minutes. Empty if the images do not have the model's size. `pixels`: those that the model was trained
/// on. `progress` receives how many of quantize_images() are done.
std::vector<NamedTensor> quantized_weights(std::span<const std::byte> file, const ImageSet& train,
                                           Pixels pixels, const Progress& progress = {});
int quantize_images(const ImageSet& train);

inline constexpr int kMostInputs = 2048;

}  // namespace vae
