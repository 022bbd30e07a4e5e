#include "native/picture.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "native/failure.hpp"

namespace vae {
namespace {

constexpr int kGap = 4, kBlockGap = 24, kMargin = 16;  // pixels of the picture
constexpr std::uint8_t kPaper = 255;

/// An 8-bit gray picture.
struct Canvas {
  int width, height;
  std::vector<std::uint8_t> pixels;
  void set(int x, int y, std::uint8_t value) {
    pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
        value;
  }
};

void draw_tile(Canvas& canvas, const float* ink, const Shape& image, int scale, int left, int top) {
  for (int y = 0; y < image.height * scale; ++y) {
    for (int x = 0; x < image.width * scale; ++x) {
      const float value = std::clamp(ink[(y / scale) * image.width + x / scale], 0.0f, 1.0f);
      canvas.set(left + x, top + y, static_cast<std::uint8_t>(std::lround(255 * (1 - value))));
    }
  }
}

int rows_of(const Block& block, const Shape& image) {
  return static_cast<int>(block.images.size() / static_cast<std::size_t>(image.size())) / block.columns;
}

std::vector<std::byte> encode_png(const Canvas& canvas) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(canvas.width);
  png.height = static_cast<png_uint_32>(canvas.height);
  png.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, canvas.pixels.data(), 0, nullptr) == 0) {
    throw Failure(Exit::kIo, std::string("the PNG encoder failed: ") + png.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::vector<std::byte> png_sheet(const std::vector<Block>& blocks, const Shape& image, int scale) {
  const int tile_width = image.width * scale + kGap, tile_height = image.height * scale + kGap;
  Canvas canvas{2 * kMargin - kGap, 2 * kMargin - kBlockGap, {}};
  int columns = 0;
  for (const Block& block : blocks) {
    columns = std::max(columns, block.columns);
    canvas.height += rows_of(block, image) * tile_height - kGap + kBlockGap;
  }
  canvas.width += columns * tile_width;
  canvas.pixels.assign(static_cast<std::size_t>(canvas.width) * static_cast<std::size_t>(canvas.height),
                       kPaper);
  int top = kMargin;
  for (const Block& block : blocks) {
    for (int row = 0; row < rows_of(block, image); ++row, top += tile_height) {
      for (int column = 0; column < block.columns; ++column) {
        const float* ink = block.images.data() + (row * block.columns + column) * image.size();
        draw_tile(canvas, ink, image, scale, kMargin + column * tile_width, top);
      }
    }
    top += kBlockGap - kGap;
  }
  return encode_png(canvas);
}

}  // namespace vae
