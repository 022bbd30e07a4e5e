// MNIST and its relatives from IDX files, raw or .gz. LibTorch's own reader takes truncated files silently;
// this one checks every size, and the SHA-256 where the data set is known.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shared/layers.hpp"

namespace vae {

/// Labelled images; pixels are bytes, 0 is background.
struct ImageSet {
  Shape shape;                       // of one image
  std::vector<std::uint8_t> pixels;  // (count, height, width)
  std::vector<std::uint8_t> labels;  // (count), each 0 to 9
  std::string sha256;                // of the uncompressed image file
  int count() const { return static_cast<int>(labels.size()); }

  /// Images `first` to `first + n` as (n, height * width) floats in [0, 1]: byte / 255.
  std::vector<float> gray(int first, int n) const;
};

struct ImageData {
  ImageSet train, test;
};

/// Reads <prefix>-images-idx3-ubyte[.gz] and <prefix>-labels-idx1-ubyte[.gz] of `directory`; prefix is
/// "train" or "t10k". A set of MNIST's size must have MNIST's SHA-256 unless `allow_modified`; other sizes
/// are taken as they are. Throws Failure kMissingInput (no such file) or kBadData (size, magic number,
/// labels, gzip, SHA-256).
ImageSet read_image_set(const std::filesystem::path& directory, const std::string& prefix,
                        bool allow_modified);

/// Lower-case hexadecimal SHA-256.
std::string sha256(const std::vector<std::uint8_t>& bytes);

}  // namespace vae
