#include "native/picture.hpp"

#include <png.h>

#include <cstdint>

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("a sheet holds every tile where it belongs, dark ink on white") {
  const Shape image{1, 2, 3};
  const std::vector<float> tile{1, 0, 0, 0, 0, 0.5f};
  std::vector<float> three;
  for (int i = 0; i < 3; ++i) three.insert(three.end(), tile.begin(), tile.end());
  const std::vector<std::byte> bytes = png_sheet({{2, {}}, {3, three}}, image, 2);

  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) != 0);
  png.format = PNG_FORMAT_GRAY;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  REQUIRE(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr) != 0);
  CHECK(png.width == 2 * 16 + 3 * 6 + 2 * 4);
  int black = 0, half = 0;
  for (std::uint8_t p : pixels) {
    black += p == 0;
    half += p == 128 || p == 127;
  }
  CHECK(black == 3 * 4);  // one pixel of ink a tile, enlarged twice each way
  CHECK(half == 3 * 4);
  CHECK(pixels.front() == 255);
}
