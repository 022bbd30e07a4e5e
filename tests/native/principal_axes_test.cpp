#include "native/principal_axes.hpp"

#include <cmath>

#include "shared/rng.hpp"
#include "tests/catch.hpp"

using namespace vae;

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
