// Sheets of digits as PNG: rows of equal tiles in blocks, dark ink on white as in a paper.
#pragma once

#include <cstddef>
#include <vector>

#include "shared/layers.hpp"

namespace vae {

/// Rows of images that belong together; every image is a packed (height, width) array of ink in [0, 1].
struct Block {
  int columns = 0;
  std::vector<float> images;  // (rows * columns, height * width)
};

/// PNG bytes of the blocks below one another, every pixel `scale` times enlarged, one tile gap between tiles
/// and a wider one between blocks. Throws Failure kIo when the encoder fails.
std::vector<std::byte> png_sheet(const std::vector<Block>& blocks, const Shape& image, int scale = 2);

}  // namespace vae
