// The images a model learns from and is measured on: MNIST and its relatives as IDX files, or a folder of
// PNGs. Sizes are checked, and the SHA-256 where the data set is known (native/data/idx_file,
// native/data/png_folder and native/data/known_data do the reading).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// Images, with their labels where there are any; pixels are bytes, 0 is background.
struct ImageSet {
  Shape shape;                       // of one image
  std::vector<std::uint8_t> pixels;  // (count, height, width)
  std::vector<std::uint8_t> labels;  // (count), each 0 to 9; empty: an unlabelled set
  std::string sha256;                // of the uncompressed IDX file of the images, or of a folder's pixels
  std::string name;                  // "MNIST", "Fashion-MNIST"; empty: not a data set we know
  bool held_out = false;             // these test images are every tenth of those in train/
  int count() const { return static_cast<int>(std::int64_t(pixels.size()) / shape.size()); }

  /// Images `first` to `first + n` as (n, height * width) floats in [0, 1]: byte / 255.
  std::vector<float> gray(int first, int n) const;
};

struct ImageData {
  ImageSet train, test;
};

/// Reads <prefix>-images-idx3-ubyte[.gz] of `directory` and, where it is there, <prefix>-labels-idx1-ubyte
/// [.gz]; prefix is "train" or "t10k". Without such a file of images, a folder of PNGs
/// (native/data/png_folder). Files that show that the set is MNIST or Fashion-MNIST with a damaged file are
/// refused unless `allow_modified`; any other set is taken as it is. Throws Failure kMissingInput (no such
/// file) or kBadData (size, magic number, labels, gzip, PNG, SHA-256).
ImageSet read_image_set(const std::filesystem::path& directory, const std::string& prefix,
                        bool allow_modified);

/// Both sets of a folder, of one size. Throws as read_image_set does.
ImageData read_image_data(const std::filesystem::path& directory, bool allow_modified);

/// Those images of a set, in the order of `indices`. What is known of the whole stays.
ImageSet select(const ImageSet& set, std::span<const int> indices);

/// "28x28": height and width.
std::string size_words(const Shape& image);

/// Lower-case hexadecimal SHA-256.
std::string sha256(const std::vector<std::uint8_t>& bytes);

}  // namespace vae
