// Sheets of digits as PNG: blocks of equal tiles, dark ink on white as in a paper.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// A block of images; each is a packed (height, width) array of ink in [0, 1].
struct Block {
  int columns = 0;
  std::vector<float> images = {};                                // (rows * columns, height * width)
  std::vector<std::string> row_labels = {}, column_labels = {};  // none, or one each; see Canvas::text
};

/// Returns a PNG of the blocks below one another, each pixel `scale` pixels wide, with `gap` pixels between
/// tiles (0: none) and more between blocks. Throws Failure kIo when the encoder fails.
std::vector<std::byte> png_sheet(const std::vector<Block>& blocks, const Shape& image, int scale = 2,
                                 int gap = 4);

}  // namespace vae
