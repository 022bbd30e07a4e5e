// Weights as int8 that keep what a layer gives, rather than its numbers: a network that was trained long has
// weights that stand far out where inputs hardly ever are, and a row's plain scale, its largest number over
// 127, leaves little for the others (assets/README.md has what int8 costs, and how to see it).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// How the larger Linear layers of a complete weights file are to be stored as int8: for each, its weight
/// with the scale of every row and all numbers rounded to that scale, so that the layer's outputs for
/// training images change least (GPTQ, Frantar et al. 2022: what rounding one column does is made up for by
/// the columns that follow). Layers that are int8 already are left out, and those with more than kMostInputs
/// inputs, whose covariance would take minutes. Empty where the images are not of the model's size.
/// `progress` is told how many of quantize_images() are done.
std::vector<NamedTensor> quantized_weights(std::span<const std::byte> file, const ImageSet& train,
                                           const Progress& progress = {});
int quantize_images(const ImageSet& train);

inline constexpr int kMostInputs = 2048;

}  // namespace vae
