// A PNG as a test looks at it: RGB pixels, through libpng's own reader.
#pragma once

#include <png.h>

#include <cstddef>
#include <vector>

#include "native/figures/canvas.hpp"
#include "tests/catch.hpp"

struct Decoded {
  int width = 0, height = 0;
  std::vector<vae::Color> pixels;  // (height, width)
  vae::Color at(int x, int y) const { return pixels.at(static_cast<std::size_t>(y * width + x)); }
};

inline Decoded read_png(const std::vector<std::byte>& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) != 0);
  png.format = PNG_FORMAT_RGB;
  std::vector<unsigned char> samples(PNG_IMAGE_SIZE(png));
  REQUIRE(png_image_finish_read(&png, nullptr, samples.data(), 0, nullptr) != 0);
  Decoded decoded{static_cast<int>(png.width), static_cast<int>(png.height), {}};
  for (std::size_t i = 0; i < samples.size(); i += 3) {
    decoded.pixels.push_back({samples[i], samples[i + 1], samples[i + 2]});
  }
  return decoded;
}
