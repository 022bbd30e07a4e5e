// The training and test images: MNIST and similar sets as IDX files, or a folder of PNGs. Sizes are checked,
// and for known data sets the SHA-256. (native/data/idx_file, png_folder and known_data do the reading.)
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// Images, with labels if there are any; pixels are bytes, 0 is background.
struct ImageSet {
  Shape shape;                       // of one image
  std::vector<std::uint8_t> pixels;  // (count, height, width)
  std::vector<std::uint8_t> labels;  // (count), any classes; empty: unlabeled
  std::string sha256;     // of the uncompressed IDX file of the images, or of a PNG folder's pixels
  std::string name;       // "MNIST", "Fashion-MNIST"; empty: an unknown data set
  bool held_out = false;  // these are every tenth image of train/, for lack of a test set
  std::vector<std::string> notes = {};  // what a reader should know: what was skipped, turned around, odd
  int count() const { return static_cast<int>(std::int64_t(pixels.size()) / shape.size()); }

  /// Returns images [first, first + n) as (n, height * width) floats in [0, 1]: byte / 255.
  std::vector<float> gray(int first, int n) const;
};

struct ImageData {
  ImageSet train, test;
  ImageSet validation = {};  // training images that were held out; empty: none
};

/// Moves the last `validation` training images, if any, to the validation set and drops the first `skipped`.
/// Throws Failure kUsage when fewer than one image would stay.
void hold_out(ImageData& data, int validation, int skipped = 0);

/// Reads the IDX files of a set, as native/data/idx_file finds them, `prefix` "train" or "t10k"; labels may
/// be missing. Without such images, reads a folder of PNGs (native/data/png_folder). Dark ink on white is
/// turned around. Refuses a damaged file of MNIST or Fashion-MNIST unless `allow_modified`; accepts any other
/// data set. Throws Failure kMissingInput (no such file) or kBadData (size, magic number, gzip, PNG,
/// SHA-256).
ImageSet read_image_set(const std::filesystem::path& directory, const std::string& prefix,
                        bool allow_modified);

/// Reads both sets of a folder, which must have images of the same size. Throws like read_image_set.
ImageData read_image_data(const std::filesystem::path& directory, bool allow_modified);

/// Returns the images with these indices, in that order, with the set's SHA-256 and name.
ImageSet select(const ImageSet& set, std::span<const int> indices);

/// Returns the size of an image in text, "28x28": height and width.
std::string size_words(const Shape& image);

/// Returns the SHA-256 in lower-case hexadecimal.
std::string sha256(const std::vector<std::uint8_t>& bytes);

}  // namespace vae
