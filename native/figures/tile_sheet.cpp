#include "native/figures/tile_sheet.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "native/figures/canvas.hpp"

namespace vae {
namespace {

constexpr int kBlockGap = 24, kMargin = 16;  // pixels of the picture
constexpr int kText = 12, kTextGap = 10;     // height of labels, and from them to the tiles
constexpr Color kInk{64, 64, 64};            // of labels

void draw_tile(Canvas& canvas, const float* ink, const Shape& image, int scale, int left, int top) {
  for (int y = 0; y < image.height * scale; ++y) {
    for (int x = 0; x < image.width * scale; ++x) {
      const float value = std::clamp(ink[(y / scale) * image.width + x / scale], 0.0f, 1.0f);
      const auto level = static_cast<std::uint8_t>(std::lround(255 * (1 - value)));
      canvas.set(left + x, top + y, {level, level, level});
    }
  }
}

int rows_of(const Block& block, const Shape& image) {
  return static_cast<int>(block.images.size() / static_cast<std::size_t>(image.size())) / block.columns;
}

int header_of(const Block& block) { return block.column_labels.empty() ? 0 : kText + kTextGap; }

/// Returns the width of the column of row labels, 0 without any.
int label_column(const std::vector<Block>& blocks) {
  double width = 0;
  for (const Block& block : blocks) {
    for (const std::string& label : block.row_labels) {
      width = std::max(width, Canvas::text_width(label, kText) + kTextGap);
    }
  }
  return static_cast<int>(std::ceil(width));
}

/// The layout of tiles: tile (row, column) of a block has its corner at left + column * width, top + row *
/// height.
struct Grid {
  int left, top, width, height;  // width and height with the gap
};

void draw_block(Canvas& canvas, const Block& block, const Shape& image, int scale, const Grid& grid) {
  const int half_width = image.width * scale / 2, half_height = image.height * scale / 2;
  for (int column = 0; column < static_cast<int>(block.column_labels.size()); ++column) {
    canvas.text(block.column_labels[static_cast<std::size_t>(column)],
                {double(grid.left + column * grid.width + half_width), grid.top - kTextGap - kText / 2.0},
                kText, kInk);
  }
  for (int row = 0; row < rows_of(block, image); ++row) {
    const int top = grid.top + row * grid.height;
    if (!block.row_labels.empty()) {
      const std::string& label = block.row_labels.at(static_cast<std::size_t>(row));
      canvas.text(label,
                  {grid.left - kTextGap - Canvas::text_width(label, kText) / 2, double(top + half_height)},
                  kText, kInk);
    }
    for (int column = 0; column < block.columns; ++column) {
      const float* ink = block.images.data() + (row * block.columns + column) * image.size();
      draw_tile(canvas, ink, image, scale, grid.left + column * grid.width, top);
    }
  }
}

}  // namespace

std::vector<std::byte> png_sheet(const std::vector<Block>& blocks, const Shape& image, int scale, int gap) {
  Grid grid{kMargin + label_column(blocks), kMargin, image.width * scale + gap, image.height * scale + gap};
  int columns = 0, height = 2 * kMargin - kBlockGap;
  for (const Block& block : blocks) {
    columns = std::max(columns, block.columns);
    height += header_of(block) + rows_of(block, image) * grid.height - gap + kBlockGap;
  }
  Canvas canvas(grid.left + columns * grid.width - gap + kMargin, height);
  for (const Block& block : blocks) {
    grid.top += header_of(block);
    draw_block(canvas, block, image, scale, grid);
    grid.top += rows_of(block, image) * grid.height + kBlockGap - gap;
  }
  return canvas.png();
}

}  // namespace vae
