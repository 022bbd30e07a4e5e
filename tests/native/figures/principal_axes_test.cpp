#include "native/figures/principal_axes.hpp"

#include <cmath>

#include "shared/base/rng.hpp"
#include "tests/catch.hpp"

using namespace vae;

void check_near(const std::vector<float>& values, const std::vector<float>& expected) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-6));
}

TEST_CASE("principal axes of a known covariance, with a fixed sign") {
  // (1, 2) +- 3 u and +- v for an orthonormal pair: the covariance is 4.5 uu' + 0.5 vv'.
  const float u[] = {-0.6f, -0.8f}, v[] = {-0.8f, 0.6f};
  std::vector<float> mu;
  for (float sign : {-1.0f, 1.0f}) {
    for (int i = 0; i < 2; ++i) mu.push_back(static_cast<float>(1 + i) + sign * 3 * u[i]);
    for (int i = 0; i < 2; ++i) mu.push_back(static_cast<float>(1 + i) + sign * v[i]);
  }
  const PrincipalAxes two = principal_axes(mu, 2);
  check_near(two.mean, {1, 2});
  check_near(two.axes, {0.6f, 0.8f, 0.8f, -0.6f});
  check_near(two.variances, {4.5f, 0.5f});

  // Twelve latents, each alone in its pair of images: the axes are the unit vectors, widest first, and 8
  // of them.
  std::vector<float> wide(24 * 12);
  for (std::size_t i = 0; i < 24; ++i)
    wide[i * 12 + i / 2] = (i % 2 == 0 ? 1.0f : -1.0f) * static_cast<float>(i / 2 + 1);
  const PrincipalAxes eight = principal_axes(wide, 12);
  REQUIRE(eight.axes.size() == 8 * 12);
  REQUIRE(eight.variances.size() == 8);
  for (std::size_t k = 0; k < 8; ++k) {
    for (std::size_t i = 0; i < 12; ++i)
      CHECK(eight.axes[k * 12 + i] == Approx(i == 11 - k ? 1 : 0).margin(1e-6));
    CHECK(eight.variances[k] == Approx(std::pow(12.0 - static_cast<double>(k), 2) / 12));
  }
}

TEST_CASE("points are seen along the axes of largest variance, the origin stays") {
  // Along u = (3, 0, 4) / 5 with deviation 3, along v = (0, 1, 0) with 2 and along (-4, 0, 3) / 5 with 0.1,
  // around the point 10 u.
  Rng rng(1, Stream::kSample);
  std::vector<float> points, u, v;
  for (int i = 0; i < 2000; ++i) {
    const float a = 10 + 3 * rng.normal(), b = 2 * rng.normal(), c = 0.1f * rng.normal();
    points.insert(points.end(), {0.6f * a - 0.8f * c, b, 0.8f * a + 0.6f * c});
    u.push_back(a);
    v.push_back(b);
  }
  const std::vector<float> seen = project_on_principal_axes(points, 3);
  REQUIRE(seen.size() == 2 * 2000);
  float largest = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    largest = std::max({largest, std::fabs(seen[2 * i] - u[i]), std::fabs(seen[2 * i + 1] - v[i])});
  }
  CHECK(largest < 1);  // the sample's axes lean a little from u and v
}
