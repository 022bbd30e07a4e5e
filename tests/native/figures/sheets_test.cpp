#include "native/figures/sheets.hpp"

#include <algorithm>
#include <cmath>

#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/read_png.hpp"

using namespace vae;

namespace {

constexpr int kMargin = 16, kGap = 4, kBlockGap = 24;  // as png_sheet lays out

/// A decoder whose tile shows z: pixel d of 2 x 3 is (z[d] + 4) / 8, so that z can be read off the picture.
struct Stub {
  int latent;
  std::vector<float> asked;  // every latent it has been given

  Generator generator() {
    return {[this](std::span<const float> z) {
              asked.insert(asked.end(), z.begin(), z.end());
              std::vector<float> images;
              for (std::size_t i = 0; i < z.size(); i += static_cast<std::size_t>(latent)) {
                for (std::size_t d = 0; d < 6; ++d) {
                  images.push_back(d < static_cast<std::size_t>(latent) ? (z[i + d] + 4) / 8 : 0);
                }
              }
              return images;
            },
            latent,
            {1, 2, 3}};
  }
};

/// Ink of pixel `d` of the tile whose corner is (left, top), times `scale`.
float ink(const Decoded& png, int left, int top, int d, int scale = 2) {
  const Color first = png.at(left + d % 3 * scale, top + d / 3 * scale);
  CHECK(first == png.at(left + d % 3 * scale + scale - 1, top + d / 3 * scale + scale - 1));
  CHECK((first.red == first.green && first.green == first.blue));
  return 1 - static_cast<float>(first.red) / 255;
}

float value(const Decoded& png, int left, int top, int d) { return ink(png, left, top, d) * 8 - 4; }

constexpr float kStep = 8.0f / 255;  // what one gray level is worth in z

std::vector<float> ramp(int n, float step, float start = 0) {
  std::vector<float> values;
  for (int i = 0; i < n; ++i) values.push_back(start + step * static_cast<float>(i));
  return values;
}

template <class Call>
Exit failure(Call call) {
  try {
    call();
  } catch (const Failure& f) {
    return f.code;
  }
  return Exit::kOk;
}

}  // namespace

TEST_CASE("reconstructions stand below their inputs, the last double row filled up with paper") {
  Stub stub{6, {}};
  const std::vector<float> inputs = ramp(5 * 6, 1.0f / 30), z = ramp(5 * 6, 0.2f, -3);
  const Decoded png = read_png(reconstructions_png(stub.generator(), inputs, z, 3));
  REQUIRE(png.width == 2 * kMargin + 3 * 6 + 2 * kGap);
  REQUIRE(png.height == 2 * kMargin + 4 * 4 + 2 * kGap + kBlockGap);
  for (int i = 0; i < 5; ++i) {
    const int left = kMargin + i % 3 * (6 + kGap), top = kMargin + i / 3 * (2 * 4 + kGap + kBlockGap);
    for (int d = 0; d < 6; ++d) {
      CHECK(ink(png, left, top, d) == Approx(inputs[std::size_t(6 * i + d)]).margin(0.003));
      CHECK(value(png, left, top + 4 + kGap, d) == Approx(z[std::size_t(6 * i + d)]).margin(kStep));
    }
  }
  const int empty = kMargin + 2 * (6 + kGap), second = kMargin + 2 * 4 + kGap + kBlockGap;
  for (int d = 0; d < 6; ++d) {
    CHECK(ink(png, empty, second, d) == 0);
    CHECK(ink(png, empty, second + 4 + kGap, d) == 0);
  }
}

TEST_CASE("a single input stands to the left of its reconstruction") {
  Stub stub{6, {}};
  const std::vector<float> input = ramp(6, 0.2f), z = ramp(6, 1, -2);
  const Decoded png = read_png(reconstructions_png(stub.generator(), input, z));
  const int scale = 8, gap = 16;
  REQUIRE(png.width == 2 * kMargin + 2 * 3 * scale + gap);
  REQUIRE(png.height == 2 * kMargin + 2 * scale);
  for (int d = 0; d < 6; ++d) {
    CHECK(ink(png, kMargin, kMargin, d, scale) == Approx(input[std::size_t(d)]).margin(0.003));
    CHECK(ink(png, kMargin + 3 * scale + gap, kMargin, d, scale) ==
          Approx((z[std::size_t(d)] + 4) / 8).margin(0.003));
  }
}

TEST_CASE("samples are the prior's sheet, row by row") {
  Stub stub{2, {}};
  const std::vector<std::byte> bytes = samples_png(stub.generator(), 7, 2, 3);
  CHECK(bytes.at(25) == std::byte{0});  // PNG's color type: gray
  const Decoded png = read_png(bytes);
  const std::vector<float> z = sample_prior_sheet(2, 7, 6);
  CHECK(stub.asked == z);
  REQUIRE(png.width == 2 * kMargin + 3 * 6 + 2 * kGap);
  REQUIRE(png.height == 2 * kMargin + 2 * 4 + kGap);
  for (int k = 0; k < 6; ++k) {
    const int left = kMargin + k % 3 * (6 + kGap), top = kMargin + k / 3 * (4 + kGap);
    for (int d = 0; d < 2; ++d) {
      CHECK(value(png, left, top, d) == Approx(z[std::size_t(2 * k + d)]).margin(kStep));
    }
  }
  CHECK(read_png(samples_png(stub.generator(), 7, 1, 10, 5)).width == 2 * kMargin + 10 * 15 + 9 * kGap);
}

TEST_CASE("the manifold: quantiles of the cells' centers, z1 to the right and z2 upwards, without gaps") {
  Stub stub{2, {}};
  const int n = 4;
  const Decoded png = read_png(manifold_png(stub.generator(), n));
  REQUIRE(png.width == 2 * kMargin + n * 6);
  REQUIRE(png.height == 2 * kMargin + n * 4);
  const double quantiles[n] = {-1.150349, -0.318639, 0.318639, 1.150349};  // of 1/8, 3/8, 5/8, 7/8
  REQUIRE(stub.asked.size() == 2 * n * n);
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      const std::size_t k = static_cast<std::size_t>(row * n + column);
      CHECK(stub.asked[2 * k] == Approx(quantiles[column]).margin(1e-5));
      CHECK(stub.asked[2 * k + 1] == Approx(quantiles[n - 1 - row]).margin(1e-5));
      const int left = kMargin + column * 6, top = kMargin + row * 4;
      CHECK(value(png, left, top, 0) == Approx(quantiles[column]).margin(kStep));
      CHECK(value(png, left, top, 1) == Approx(quantiles[n - 1 - row]).margin(kStep));
    }
  }
  CHECK(read_png(manifold_png(stub.generator(), n, 3)).width == 2 * kMargin + n * 6 + (n - 1) * 3);
}

TEST_CASE("traversals change one dimension only, in the order given") {
  Stub stub{4, {}};
  const std::vector<int> order{2, 0};
  const std::vector<float> center{0.5f, -1, 2, 0.25f};
  const int steps = 11;
  const Decoded png = read_png(traversals_png(stub.generator(), order, center, steps));
  REQUIRE(stub.asked.size() == 2 * steps * 4);
  const int left = png.width - kMargin - steps * 6 - (steps - 1) * kGap;
  const int top = png.height - kMargin - 2 * 4 - kGap;
  CHECK(left > kMargin);  // labels: z3 and z1, and the numbers above
  CHECK(top > kMargin);
  for (int row = 0; row < 2; ++row) {
    for (int i = 0; i < steps; ++i) {
      std::vector<float> z = center;
      z[std::size_t(order[std::size_t(row)])] = -3 + 0.6f * static_cast<float>(i);
      for (int d = 0; d < 4; ++d) {
        CHECK(stub.asked[std::size_t((row * steps + i) * 4 + d)] == Approx(z[std::size_t(d)]).margin(1e-6));
        CHECK(value(png, left + i * (6 + kGap), top + row * (4 + kGap), d) ==
              Approx(z[std::size_t(d)]).margin(kStep));
      }
    }
  }
  Stub all{3, {}};
  traversals_png(all.generator());
  REQUIRE(all.asked.size() == 3 * 13 * 3);
  CHECK(all.asked[0] == -3);
  CHECK(all.asked[12 * 3] == 3);
  CHECK(all.asked[13 * 3 + 1] == -3);
  CHECK(std::count(all.asked.begin(), all.asked.end(), 0.0f) == 3 * (2 * 13 + 1));
}

TEST_CASE("interpolations walk from each latent to its partner, slerp above lerp") {
  Stub stub{2, {}};
  const std::vector<float> a{1, 0, 0, 2}, b{0, 1, 3, 0};
  const int steps = 5;
  const Decoded png = read_png(interpolations_png(stub.generator(), a, b, steps));
  REQUIRE(png.height == 2 * kMargin + 4 * 4 + 2 * kGap + kBlockGap);
  const int left = png.width - kMargin - steps * 6 - (steps - 1) * kGap;
  const auto shown = [&](int pair, int row, int i, int d) {
    const int top = kMargin + pair * (2 * 4 + kGap + kBlockGap) + row * (4 + kGap);
    return value(png, left + i * (6 + kGap), top, d);
  };
  for (int row = 0; row < 2; ++row) {
    CHECK(shown(0, row, 0, 0) == Approx(1).margin(kStep));
    CHECK(shown(0, row, 4, 1) == Approx(1).margin(kStep));
    CHECK(shown(1, row, 0, 1) == Approx(2).margin(kStep));
    CHECK(shown(1, row, 4, 0) == Approx(3).margin(kStep));
  }
  CHECK(shown(0, 0, 2, 0) == Approx(std::sqrt(0.5)).margin(kStep));  // on the circle
  CHECK(shown(0, 1, 2, 0) == Approx(0.5).margin(kStep));             // on the chord
  CHECK(shown(1, 1, 1, 0) == Approx(0.75).margin(kStep));
  CHECK(read_png(interpolations_png(stub.generator(), a, b, steps, {lerp})).height ==
        2 * kMargin + 2 * 4 + kBlockGap);
}

TEST_CASE("the overview has inputs, reconstructions, samples and strips") {
  Stub stub{3, {}};
  const std::vector<float> inputs = ramp(40 * 6, 1.0f / 240), z = ramp(40 * 3, 0.05f, -3);
  const Decoded png = read_png(overview_png(stub.generator(), inputs, z, 1));
  CHECK(png.width == 2 * kMargin + 20 * 6 + 19 * kGap);
  CHECK(png.height == 2 * kMargin + 12 * 4 + 8 * kGap + 3 * kBlockGap);
  const int strips = png.height - kMargin - 3 * 4 - 2 * kGap, right = kMargin + 19 * (6 + kGap);
  for (int strip = 0; strip < 3; ++strip) {  // from latent 2k to latent 2k + 1
    for (int d = 0; d < 3; ++d) {
      const std::size_t from = static_cast<std::size_t>(6 * strip + d);
      CHECK(value(png, kMargin, strips + strip * (4 + kGap), d) == Approx(z[from]).margin(kStep));
      CHECK(value(png, right, strips + strip * (4 + kGap), d) == Approx(z[from + 3]).margin(kStep));
    }
  }
}

TEST_CASE("sheets refuse wrong sizes and counts") {
  Stub stub{2, {}};
  const Generator g = stub.generator();
  const std::vector<float> inputs(12), z(4), odd(3);
  CHECK(failure([&] { reconstructions_png(g, inputs, z); }) == Exit::kOk);
  CHECK(failure([&] { reconstructions_png(g, std::vector<float>(11), z); }) == Exit::kBadData);
  CHECK(failure([&] { reconstructions_png(g, inputs, odd); }) == Exit::kBadData);
  CHECK(failure([&] { reconstructions_png(g, {}, {}); }) == Exit::kUsage);
  CHECK(failure([&] { reconstructions_png(g, inputs, z, 0); }) == Exit::kUsage);
  CHECK(failure([&] { samples_png(g, 1, 0, 3); }) == Exit::kUsage);
  CHECK(failure([&] { samples_png(g, 1, 3, -1); }) == Exit::kUsage);
  CHECK(failure([&] { manifold_png(g, 0); }) == Exit::kUsage);
  CHECK(failure([&] { manifold_png(Stub{3, {}}.generator(), 4); }) == Exit::kUsage);
  CHECK(failure([&] { traversals_png(g, std::vector<int>{2}); }) == Exit::kUsage);
  CHECK(failure([&] { traversals_png(g, {}, odd); }) == Exit::kBadData);
  CHECK(failure([&] { traversals_png(g, {}, {}, 1); }) == Exit::kUsage);
  CHECK(failure([&] { interpolations_png(g, z, odd); }) == Exit::kBadData);
  CHECK(failure([&] { interpolations_png(g, z, z, 1); }) == Exit::kUsage);
  CHECK(failure([&] { interpolations_png(g, z, z, 3, {}); }) == Exit::kUsage);
  CHECK(failure([&] { overview_png(g, inputs, z, 1); }) == Exit::kBadData);
  const Generator short_of_a_pixel{
      [](std::span<const float>) { return std::vector<float>(5); }, 2, {1, 2, 3}};
  CHECK(failure([&] { samples_png(short_of_a_pixel, 1, 1, 1); }) == Exit::kBadData);
  const Generator one_image{[](std::span<const float>) { return std::vector<float>(6); }, 2, {1, 2, 3}};
  CHECK(failure([&] { samples_png(one_image, 1, 1, 1); }) == Exit::kOk);
  CHECK(failure([&] { samples_png(one_image, 1, 1, 2); }) == Exit::kBadData);
  CHECK(failure([&] { samples_png({g.decode, 2, {3, 1, 2}}, 1, 1, 1); }) == Exit::kBadData);
}
