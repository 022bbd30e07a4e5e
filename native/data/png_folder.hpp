// Reads a data set from a folder of PNGs: train/ and test/ (or t10k/), each with images (unlabeled) or
// folders named 0 to 9 (the labels) of images. For native/data/dataset.
#pragma once

#include <filesystem>

#include "native/data/dataset.hpp"

namespace vae {

/// Returns whether the directory has a folder train, test or t10k.
bool is_png_folder(const std::filesystem::path& directory);

/// Reads the training or the test images, sorted by the bytes of their paths; skips names that start with a
/// dot. Without a folder test or t10k, every tenth image of train/ is held out as the test set. All images
/// must have the same size, at most 1024x1024. Colors become 8-bit gray (libpng's luminance), transparent
/// pixels 0; an 8-bit gray PNG keeps its bytes. `sha256` is that of the pixels in this order. Throws Failure
/// kMissingInput (no folder train) or kBadData (no images, a damaged file or not a PNG, another size, a
/// folder that is not a label).
ImageSet read_png_set(const std::filesystem::path& directory, bool train);

}  // namespace vae
