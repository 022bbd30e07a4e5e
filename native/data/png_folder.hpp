// Reads a data set from a folder of PNGs: train/ and test/ (also training/, Train/, testing/, t10k/ and the
// like), each with images (unlabeled) or a folder of images for each class; or those folders directly. For
// native/data/dataset.
#pragma once

#include <filesystem>

#include "native/data/dataset.hpp"

namespace vae {

/// Returns whether the directory has a folder of training or test images, or PNGs in it or in its folders.
bool is_png_folder(const std::filesystem::path& directory);

/// Reads the training or the test images, sorted by the bytes of their paths; skips names that start with a
/// dot, and texts and the like beside the pictures, which it notes. Without a folder of test images, every
/// tenth training image is held out as the test set. Classes are the numbers that their folders are named
/// after, 0 to 255, or else counted in the order of their names. All images must have the same size, at most
/// 1024x1024. Colors become 8-bit gray (libpng's luminance), transparent pixels 0; an 8-bit gray PNG keeps
/// its bytes; of an image that shows nothing so, transparency is the ink. `sha256` is that of the pixels in
/// this order. Throws Failure kMissingInput (no training images) or kBadData (no images, a damaged file or
/// not a PNG, another size, a class that the training images do not have).
ImageSet read_png_set(const std::filesystem::path& directory, bool train);

}  // namespace vae
