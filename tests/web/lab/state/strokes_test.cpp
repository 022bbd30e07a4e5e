// Strokes become digits as MNIST's own are, judged against its test set, and survive a link; hostile links
// do not.
#include "web/lab/state/strokes.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <numbers>
#include <random>

#include "tests/catch.hpp"

using namespace lab;

namespace {

constexpr int kSide = 28, kPixels = kSide * kSide, kRaster = 280;
using Picture = std::vector<float>;

/// The first `count` of MNIST's test images.
std::vector<Picture> mnist_images(int count) {
  constexpr int kHeader = 16;
  std::ifstream file(MNIST "/t10k-images-idx3-ubyte", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  REQUIRE(bytes.size() == kHeader + 10000 * kPixels);
  std::vector<Picture> images;
  for (int i = 0; i < count; ++i) {
    Picture& image = images.emplace_back();
    for (int p = 0; p < kPixels; ++p) {
      image.push_back(static_cast<float>(static_cast<std::uint8_t>(bytes[kHeader + i * kPixels + p])) / 255);
    }
  }
  return images;
}

/// Ten times as large, each pixel a square.
Picture squares(const Picture& image) {
  Picture raster;
  for (int y = 0; y < kRaster; ++y) {
    for (int x = 0; x < kRaster; ++x)
      raster.push_back(image[static_cast<std::size_t>(y / 10 * kSide + x / 10)]);
  }
  return raster;
}

/// Ten times as large, each pixel between the four nearest.
Picture smooth(const Picture& image) {
  Picture raster;
  const auto at = [&](int x, int y) {
    return x < 0 || y < 0 || x >= kSide || y >= kSide ? 0 : image[static_cast<std::size_t>(y * kSide + x)];
  };
  for (int y = 0; y < kRaster; ++y) {
    for (int x = 0; x < kRaster; ++x) {
      const float u = (static_cast<float>(x) + 0.5f) / 10 - 0.5f,
                  v = (static_cast<float>(y) + 0.5f) / 10 - 0.5f;
      const int i = static_cast<int>(std::floor(u)), j = static_cast<int>(std::floor(v));
      const float s = u - static_cast<float>(i), t = v - static_cast<float>(j);
      raster.push_back((1 - t) * ((1 - s) * at(i, j) + s * at(i + 1, j)) +
                       t * ((1 - s) * at(i, j + 1) + s * at(i + 1, j + 1)));
    }
  }
  return raster;
}

struct Measures {
  double ink = 0, x = 0, y = 0;  // sum; center of mass, where pixel i lies at i
  double line = 0;               // thickness: a long line's area is thickness * outline / 2
  int width = 0, height = 0;     // of the bounding box
};

Measures measure(const Picture& picture) {
  Measures m;
  double outline = 0;
  int x0 = kSide, y0 = kSide, x1 = -1, y1 = -1;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const auto at = [&](int column, int row) {
        return column < kSide && row < kSide ? picture[static_cast<std::size_t>(row * kSide + column)] : 0.f;
      };
      const double ink = at(x, y);
      outline += std::hypot(at(x + 1, y) - ink, at(x, y + 1) - ink);
      m.ink += ink;
      m.x += ink * x;
      m.y += ink * y;
      if (ink == 0) continue;
      x0 = std::min(x0, x), x1 = std::max(x1, x), y0 = std::min(y0, y), y1 = std::max(y1, y);
    }
  }
  m.x /= m.ink;
  m.y /= m.ink;
  m.line = 2 * m.ink / outline;
  m.width = x1 - x0 + 1;
  m.height = y1 - y0 + 1;
  return m;
}

double difference(const Picture& a, const Picture& b) {
  REQUIRE(a.size() == b.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

/// An arc of an ellipse around (x, y) with half axes (a, b), in shares of the pad, from angle to angle.
Stroke arc(float x, float y, float a, float b, float from, float to) {
  Stroke stroke;
  for (int i = 0; i <= 200; ++i) {
    const float angle = from + (to - from) * static_cast<float>(i) / 200;
    add_point(stroke, x + a * std::cos(angle), y + b * std::sin(angle));
  }
  return stroke;
}

constexpr float kPi = std::numbers::pi_v<float>;
/// A 3: two bows in two strokes, around (x, y) and `size` high.
std::vector<Stroke> three(float x, float y, float size) {
  return {arc(x, y - 0.25f * size, 0.28f * size, 0.25f * size, -0.8f * kPi, 0.5f * kPi),
          arc(x, y + 0.25f * size, 0.28f * size, 0.25f * size, -0.5f * kPi, 0.8f * kPi)};
}

Picture digit_of(std::span<const Stroke> strokes) {
  return mnist_digit(rasterize(strokes, kRaster, pen_width(strokes)), kRaster);
}

}  // namespace

TEST_CASE("a drawn digit lies where MNIST's digits lie, as large and with lines as thick") {
  double line = 0, farthest = 0;
  for (const Picture& image : mnist_images(10000)) {
    const Measures m = measure(image);
    farthest = std::max({farthest, std::abs(m.x - 14), std::abs(m.y - 14)});
    line += m.line / 10000;
  }
  CHECK(farthest < 0.5 + 1e-4);
  CHECK(line == Approx(2.5).margin(0.01));
  for (const float size : {0.25f, 0.5f, 0.9f}) {
    const Measures m = measure(digit_of(three(0.5f, 0.5f, size)));
    CAPTURE(size, m.x, m.y, m.line, m.ink / kPixels);
    CHECK(std::abs(m.x - 14) < 0.5 + 1e-4);
    CHECK(std::abs(m.y - 14) < 0.5 + 1e-4);
    CHECK(std::max(m.width, m.height) == 20);
    CHECK(m.line == Approx(line).margin(0.1));
    CHECK(m.ink / kPixels == Approx(0.1325).margin(0.02));
  }
}

TEST_CASE("MNIST's own digits, enlarged, come back as they were") {
  double mean = 0, largest = 0, exact = 0;
  for (const Picture& image : mnist_images(1000)) {
    exact = std::max(exact, difference(mnist_digit(squares(image), kRaster), image));
    const double d = difference(mnist_digit(smooth(image), kRaster), image);
    mean += d / 1000;
    largest = std::max(largest, d);
  }
  CHECK(exact < 1e-6);
  // Smoothing widens the ink by almost a pixel, and so the rest shrinks: 0.0349 on average, at worst 0.0886.
  CHECK(mean < 0.037);
  CHECK(largest < 0.1);
}

TEST_CASE("where on the pad somebody draws makes no difference") {
  const Picture raster = rasterize(three(0.5f, 0.5f, 0.4f), kRaster, 16),
                digit = mnist_digit(raster, kRaster);
  for (const int shift : {-60 * kRaster - 70, -33, 41 * kRaster + 17}) {  // rows, columns
    Picture moved(raster.size());
    for (std::size_t i = 0; i < raster.size(); ++i) {
      if (raster[i] > 0) moved.at(i + static_cast<std::size_t>(shift)) = raster[i];
    }
    CHECK(difference(mnist_digit(moved, kRaster), digit) < 1e-5);
  }
  CHECK(difference(digit_of(three(0.3f, 0.65f, 0.4f)), digit_of(three(0.5f, 0.5f, 0.4f))) < 0.01);
}

TEST_CASE("proportions are kept, and ink that lies far from its own middle stays inside") {
  Picture raster(kRaster * kRaster);
  const auto fill = [&](int x0, int y0, int x1, int y1) {
    for (int y = y0; y < y1; ++y) std::fill(&raster[y * kRaster + x0], &raster[y * kRaster + x1], 1.f);
  };
  fill(40, 50, 80, 250);  // 40 x 200: 4 x 20
  const Measures bar = measure(mnist_digit(raster, kRaster));
  CHECK(bar.width == 4);
  CHECK(bar.height == 20);
  CHECK(bar.ink == Approx(80));
  fill(40, 50, 240, 52);  // a thin line far to the right: the middle of the mass is at column 4 of 20
  const Measures flag = measure(mnist_digit(raster, kRaster));
  CHECK(flag.width == 20);
  CHECK(flag.height == 20);
  CHECK(flag.ink == Approx(80 + 160 * 2 / 100.0));
  CHECK(flag.x < 13.5);
}

TEST_CASE("a dot is a disc, and an empty pad is empty") {
  Stroke dot;
  add_point(dot, 0.2f, 0.9f);
  const Picture raster = rasterize({&dot, 1}, kRaster, 16);
  double area = 0;
  for (const float pixel : raster) area += pixel;
  const double radius = 16 / 512.0 * kRaster;
  CHECK(area == Approx(std::numbers::pi * radius * radius).epsilon(0.01));
  const Measures m = measure(digit_of({&dot, 1}));
  CHECK(m.width == 20);
  CHECK(m.height == 20);
  // The faint edge counts for the box, and so the disc within is a little smaller.
  CHECK(m.ink == Approx(std::numbers::pi * 100).epsilon(0.15));

  for (const std::vector<Stroke>& strokes : {std::vector<Stroke>{}, std::vector<Stroke>(3)}) {
    CHECK(digit_of(strokes) == Picture(kPixels));
    CHECK(encode_strokes(strokes).empty());
  }
  CHECK(rasterize({&dot, 1}, 0, 16).empty());
}

TEST_CASE("a line is as wide as asked and as dark where it crosses itself") {
  Stroke line;
  for (const float x : {0.25f, 0.75f, 0.25f}) add_point(line, x, 0.5f);
  const Picture raster = rasterize({&line, 1}, 256, 20);
  double column = 0;
  for (int y = 0; y < 256; ++y) column += raster[static_cast<std::size_t>(y * 256 + 128)];
  CHECK(column == Approx(20).margin(0.01));
  CHECK(*std::max_element(raster.begin(), raster.end()) == 1);
}

TEST_CASE("points too near to the last, outside the pad or nowhere") {
  Stroke stroke;
  for (int i = 0; i <= 1000; ++i) add_point(stroke, static_cast<float>(i) / 1000, 0.5f);
  CHECK(stroke.xy.size() / 2 > 80);
  CHECK(stroke.xy.size() / 2 <= 128);
  stroke = {};
  add_point(stroke, -3, 7);
  add_point(stroke, std::numeric_limits<float>::quiet_NaN(), 0.5f);
  add_point(stroke, std::numeric_limits<float>::infinity(), 0.5f);
  add_point(stroke, 1, 0);
  CHECK(stroke.xy == std::vector<std::uint8_t>{0, 255, 255, 0});
}

TEST_CASE("strokes survive a link") {
  std::vector<Stroke> strokes = three(0.5f, 0.5f, 0.9f), decoded;
  strokes.push_back({{255, 255}});
  strokes.push_back({{0, 0, 255, 255, 255, 255, 248, 255, 255, 248, 0, 1}});
  const std::string text = encode_strokes(strokes);
  std::size_t points = 0;
  for (const Stroke& stroke : strokes) points += stroke.xy.size() / 2;
  CHECK(text.size() < 3 * points / 2 + 40);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        text.npos);
  REQUIRE(decode_strokes(text, decoded));
  REQUIRE(decoded.size() == strokes.size());
  for (std::size_t i = 0; i < strokes.size(); ++i) CHECK(decoded[i].xy == strokes[i].xy);
  REQUIRE(decode_strokes("", decoded));
  CHECK(decoded.empty());
}

TEST_CASE("what exceeds the limits is neither written nor read") {
  std::vector<Stroke> strokes(kMaxStrokes + 3, Stroke{{1, 2}}), decoded;
  REQUIRE(decode_strokes(encode_strokes(strokes), decoded));
  CHECK(decoded.size() == kMaxStrokes);
  strokes = {Stroke{}, Stroke{std::vector<std::uint8_t>(2 * kMaxPoints + 20, 9)}, Stroke{{1, 2}}};
  const std::string text = encode_strokes(strokes);
  REQUIRE(decode_strokes(text, decoded));
  REQUIRE(decoded.size() == 1);
  CHECK(decoded[0].xy.size() == 2 * kMaxPoints);

  const std::vector<Stroke> before{{{1, 2}}};
  decoded = before;
  std::string many_strokes, many_points = text.substr(0, 4);              // AAkJ: begin at (9, 9)
  for (std::size_t i = 0; i <= kMaxStrokes; ++i) many_strokes += "AAAA";  // begin at (0, 0)
  for (std::size_t i = 0; i < kMaxPoints; i += 3) many_points += "iIiI";  // three steps of 0
  for (const std::string& bad : {many_strokes, many_points, std::string(1 << 20, 'A')}) {
    CHECK_FALSE(decode_strokes(bad, decoded));
  }
  // Not base64url, odd lengths and bits; no begin; half a begin; a step beyond the edge; a step of -8.
  for (const char* bad :
       {"AAkJ=", "AA+J", "AAkJ\n", "A", "AAkJA", "AAB", "iA", "AQkJ", "AAk", "AAAAdw", "AAkJCA"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode_strokes(bad, decoded));
  }
  REQUIRE(decoded.size() == 1);
  CHECK(decoded[0].xy == before[0].xy);
}

TEST_CASE("random text is refused or read as strokes within the limits") {
  std::mt19937 random(1);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = i % 2 ? kAlphabet[random() % 64] : static_cast<char>(random());
    if (i % 2 && i % 4 == 1) text.insert(0, "AICA");  // begins well: at (128, 128)
    std::vector<Stroke> strokes;
    if (!decode_strokes(text, strokes)) continue;
    accepted += !strokes.empty();
    std::size_t points = 0;
    for (const Stroke& stroke : strokes) {
      REQUIRE(stroke.xy.size() % 2 == 0);
      REQUIRE(!stroke.xy.empty());
      points += stroke.xy.size() / 2;
    }
    REQUIRE(strokes.size() <= kMaxStrokes);
    REQUIRE(points <= kMaxPoints);
    std::vector<Stroke> again;
    REQUIRE(decode_strokes(encode_strokes(strokes), again));
    REQUIRE(again.size() == strokes.size());
    for (std::size_t s = 0; s < strokes.size(); ++s) REQUIRE(again[s].xy == strokes[s].xy);
  }
  CHECK(accepted > 100);
}
