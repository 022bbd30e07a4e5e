#include "native/figures/scatter.hpp"

#include <cmath>
#include <limits>

#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/read_png.hpp"

using namespace vae;

namespace {

constexpr int kLegend = 966;  // the legend's discs lie right of this column

/// Center of the pixels that have exactly this color, left of the legend.
struct Spot {
  double x = 0, y = 0;
  int pixels = 0;
};

Spot find(const Decoded& png, Color color) {
  Spot spot;
  for (int y = 0; y < png.height; ++y) {
    for (int x = 0; x < kLegend; ++x) {
      if (png.at(x, y) != color) continue;
      spot.x += x + 0.5;
      spot.y += y + 0.5;
      ++spot.pixels;
    }
  }
  spot.x /= spot.pixels;
  spot.y /= spot.pixels;
  return spot;
}

bool refused(std::vector<float> points, std::vector<std::uint8_t> labels) {
  try {
    scatter_png(points, labels);
  } catch (const Failure& f) {
    return f.code == Exit::kBadData;
  }
  return false;
}

const ScatterAxes kNoPrior{"z1", "z2", false};

}  // namespace

TEST_CASE("every label's point lies where it belongs, in its color") {
  std::vector<float> points;
  std::vector<std::uint8_t> labels;
  for (int k = 0; k < 10; ++k) {
    points.insert(points.end(), {static_cast<float>(k) / 2 - 2.25f, static_cast<float>(k * k) / 20 - 2});
    labels.push_back(static_cast<std::uint8_t>(k));
  }
  const Decoded png = read_png(scatter_png(points, labels, kNoPrior));
  const Spot first = find(png, kLabelColors[0]), last = find(png, kLabelColors[9]);
  const double unit = (last.x - first.x) / 4.5;  // pixels for 1, the same in both directions
  CHECK(unit == Approx(880 / (2 * 3 * 1.05)).margin(0.3));
  for (std::size_t k = 0; k < 10; ++k) {
    const Spot spot = find(png, kLabelColors[k]);
    CAPTURE(k);
    CHECK(spot.pixels >= 9);
    CHECK(spot.pixels <= 30);
    CHECK(spot.x == Approx(84 + 440 + unit * points[2 * k]).margin(1));
    CHECK(spot.y == Approx(20 + 440 - unit * points[2 * k + 1]).margin(1));  // upwards
    const int row = 36 + 30 * static_cast<int>(k);
    CHECK(png.at(990, row) == kLabelColors[k]);  // the legend
  }
}

TEST_CASE("the window grows with the points and the prior's circles can be left out") {
  const std::vector<float> far{0, 0, 0, -40};
  const std::vector<std::uint8_t> labels{3, 7};
  const Decoded wide = read_png(scatter_png(far, labels, kNoPrior));
  CHECK(find(wide, kLabelColors[3]).y == Approx(460).margin(0.5));
  CHECK(find(wide, kLabelColors[7]).y == Approx(460 + 440 / 1.05).margin(1));

  const Decoded with = read_png(scatter_png(far, labels)), none = read_png(scatter_png({}, {}, kNoPrior));
  CHECK(with.pixels != wide.pixels);
  const Decoded circles = read_png(scatter_png({}, {}));
  const double unit = 880 / (2 * 3 * 1.05), diagonal = std::sqrt(0.5);
  for (int sigma : {1, 2}) {  // at 45 degrees, away from the grid
    const int x = static_cast<int>(524 + sigma * diagonal * unit);
    const int y = static_cast<int>(460 - sigma * diagonal * unit);
    CHECK(circles.at(x, y).red < 160);
    CHECK(none.at(x, y) == Color{255, 255, 255});
  }
}

TEST_CASE("the axes' names are drawn") {
  const Decoded z = read_png(scatter_png({}, {}, {"z1", "z2", true}));
  const Decoded pc = read_png(scatter_png({}, {}, {"PC 1", "z2", true}));
  int below = 0, beside = 0;
  for (int y = 0; y < z.height; ++y) {
    for (int x = 0; x < z.width; ++x) {
      if (z.at(x, y) == pc.at(x, y)) continue;
      ++(y > 900 ? below : beside);
    }
  }
  CHECK(below > 50);
  CHECK(beside == 0);
}

TEST_CASE("a scatter plot refuses what it cannot draw") {
  CHECK_FALSE(refused({0, 0, 1, 1}, {0, 9}));
  CHECK(refused({0, 0, 1}, {0, 9}));
  CHECK_FALSE(refused({0, 0, 1, 1}, {0, 10}));  // in one color with all others above 9
  CHECK(refused({0, std::numeric_limits<float>::quiet_NaN()}, {1}));
  CHECK(refused({std::numeric_limits<float>::infinity(), 0}, {1}));
}
