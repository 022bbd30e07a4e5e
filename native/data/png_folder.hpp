// A data set as a folder of PNGs: train/ and test/ (or t10k/), each with the images in it (no labels) or in
// folders named 0 to 9 (the labels). For native/data/dataset.
#pragma once

#include <filesystem>

#include "native/data/dataset.hpp"

namespace vae {

/// Is there a folder train, test or t10k in it?
bool is_png_folder(const std::filesystem::path& directory);

/// The training or the test images, in the byte order of their paths; names that start with a dot are passed
/// over. Without a folder test or t10k, every tenth image of train/ is held out as the test set. All must
/// have one size, at most 1024x1024. Colors become 8-bit gray (libpng's luminance), what is transparent
/// becomes 0; an 8-bit gray PNG keeps its bytes. `sha256` is that of the pixels in this order. Throws Failure
/// kMissingInput (no folder train) or kBadData (no images, a damaged PNG or none, another size, a folder that
/// is not a label).
ImageSet read_png_set(const std::filesystem::path& directory, bool train);

}  // namespace vae
