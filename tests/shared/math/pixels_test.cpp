#include "shared/math/pixels.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "tests/catch.hpp"

using namespace vae;

namespace {
std::vector<float> pixels(Pixels mode, const std::vector<std::uint8_t>& bytes, std::uint64_t seed = 1,
                          int epoch = 1, std::int64_t index = 0) {
  std::vector<float> out(bytes.size());
  read_pixels(mode, bytes, seed, epoch, index, out);
  return out;
}
double mean(const std::vector<float>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
}  // namespace

TEST_CASE("gray and thresholded pixels") {
  CHECK(pixels(Pixels::kGray, {0, 51, 255}) == std::vector<float>{0, 0.2f, 1});
  CHECK(pixels(Pixels::kThreshold, {0, 127, 128, 255}) == std::vector<float>{0, 0, 1, 1});
}

TEST_CASE(
    "dynamic pixels are black or white with the gray value's probability, keyed by seed, epoch and image") {
  const std::vector<std::uint8_t> bytes(20000, 51);
  const std::vector<float> drawn = pixels(Pixels::kDynamic, bytes);
  for (float p : drawn) REQUIRE((p == 0 || p == 1));
  CHECK(mean(drawn) == Approx(0.2).margin(0.01));
  CHECK(pixels(Pixels::kDynamic, {0, 0, 255, 255}) == std::vector<float>{0, 0, 1, 1});
  for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{255}})
    CHECK(pixels(Pixels::kDynamic, std::vector<std::uint8_t>(5000, byte)) ==
          std::vector<float>(5000, byte / 255.0f));
  CHECK(pixels(Pixels::kDynamic, bytes) == drawn);
  CHECK(pixels(Pixels::kDynamic, bytes, 2) != drawn);
  CHECK(pixels(Pixels::kDynamic, bytes, 1, 2) != drawn);
  CHECK(pixels(Pixels::kDynamic, bytes, 1, 1, 1) != drawn);
}

TEST_CASE("dequantized pixels fill their gray level evenly") {
  const std::vector<std::uint8_t> bytes(20000, 100);
  const std::vector<float> drawn = pixels(Pixels::kDequantized, bytes);
  for (float p : drawn) REQUIRE((p >= 100 / 256.0f && p <= 101 / 256.0f));
  CHECK(mean(drawn) == Approx(100.5 / 256).margin(1e-4));
}

TEST_CASE("a picture in floats is read like its bytes, and in gray stays what it is") {
  const std::vector<std::uint8_t> bytes{0, 1, 100, 127, 128, 200, 254, 255};
  std::vector<float> picture = pixels(Pixels::kGray, bytes);
  for (const Pixels mode : {Pixels::kGray, Pixels::kDynamic, Pixels::kThreshold, Pixels::kDequantized}) {
    INFO(name_of(mode));
    CHECK(as_pixels(mode, picture, 7, 3) == pixels(mode, bytes, 7, kTestPixelEpoch, 3));
  }
  picture = {0.1234f, 0.5f};
  CHECK(as_pixels(Pixels::kGray, picture, 1, 0) == picture);
  CHECK(as_pixels(Pixels::kThreshold, picture, 1, 0) == std::vector<float>{0, 1});
}
