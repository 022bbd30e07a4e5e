// A few real digits with their labels for the page, as native_digits writes them: the weights container with
// the format "digit-vae-digits", a tensor `images` (n, height, width) in F16, byte / 255 (read back as that
// in F32), and `labels` (n) in F32.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/spec/layers.hpp"

namespace vae {

inline constexpr FileLimits kDigitsLimits{"digit-vae-digits", std::size_t{16} << 20};

/// Images with their labels.
struct Digits {
  Shape image;                // 1 channel
  std::vector<float> images;  // (n, height, width) in [0, 1]
  std::vector<int> labels;    // (n)
  std::vector<int> indices;  // (n), of each in its test set, by metadata `test_indices`; 0, 1, ... without it

  /// Returns the number of images.
  int count() const { return static_cast<int>(labels.size()); }
  /// Returns image `i`, (height, width).
  std::span<const float> at(int i) const {
    const auto size = static_cast<std::size_t>(image.size());
    return std::span(images).subspan(static_cast<std::size_t>(i) * size, size);
  }
};

/// Reads such a file. Errors: those of read_weights, kNames for other tensors, kNonfinite for a pixel outside
/// [0, 1] or a label that is not an integer from 0 to 999, or indices that are not n whole numbers.
Result<Digits> read_digits(std::span<const std::byte> file);

}  // namespace vae
