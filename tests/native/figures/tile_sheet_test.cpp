#include "native/figures/tile_sheet.hpp"

#include "tests/catch.hpp"
#include "tests/native/read_png.hpp"

using namespace vae;

TEST_CASE("a sheet holds every tile where it belongs, dark ink on white") {
  const Shape image{1, 2, 3};
  const std::vector<float> tile{1, 0, 0, 0, 0, 0.5f};
  std::vector<float> three;
  for (int i = 0; i < 3; ++i) three.insert(three.end(), tile.begin(), tile.end());
  const std::vector<std::byte> bytes = png_sheet({{2, {}}, {3, three}}, image, 2);

  const Decoded png = read_png(bytes);
  CHECK(png.width == 2 * 16 + 3 * 6 + 2 * 4);
  int black = 0, half = 0;
  for (const Color p : png.pixels) {
    black += p == Color{0, 0, 0};
    half += p.red == 128 || p.red == 127;
  }
  CHECK(black == 3 * 4);  // one pixel of ink a tile, enlarged twice each way
  CHECK(half == 3 * 4);
  CHECK(png.pixels.front() == Color{255, 255, 255});
}
