// Sheets of digits as PNG: rows of equal tiles in blocks, dark ink on white as in a paper.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// Rows of images that belong together; every image is a packed (height, width) array of ink in [0, 1].
struct Block {
  int columns = 0;
  std::vector<float> images = {};                                // (rows * columns, height * width)
  std::vector<std::string> row_labels = {}, column_labels = {};  // none, or one each; see Canvas::text
};

/// PNG bytes of the blocks below one another, every pixel `scale` times enlarged, `gap` pixels of the picture
/// between tiles (0: none) and more between blocks. Throws Failure kIo when the encoder fails.
std::vector<std::byte> png_sheet(const std::vector<Block>& blocks, const Shape& image, int scale = 2,
                                 int gap = 4);

}  // namespace vae
