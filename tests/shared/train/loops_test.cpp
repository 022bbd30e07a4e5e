// What the loops of a training step do at the ends of the range of floats; mlp_gradient_test has their
// derivatives.
#include "shared/train/loops.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "shared/train/optimizer.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity(),
                kNaN = std::numeric_limits<float>::quiet_NaN(), kSmallest = std::numeric_limits<float>::min();

float largest(const std::vector<float>& x) { return vae::largest(x.data(), std::ssize(x)); }

}  // namespace

TEST_CASE("the largest magnitude of any many numbers, infinity and NaN above all") {
  CHECK(largest({}) == 0);
  CHECK(largest({-3, 2}) == 3);
  for (const std::size_t count : {1u, 16u, 64u, 65u, 200u}) {
    for (std::size_t at = 0; at < count; at += 7) {
      INFO(count << " numbers, number " << at);
      std::vector<float> x(count, -1.5f);
      x[at] = -2;
      CHECK(largest(x) == 2);
      x[at] = -kInfinity;
      CHECK(largest(x) == kInfinity);
      x[at] = -kNaN;
      x[0] = count > 1 ? kInfinity : kNaN;
      if (at > 0 || count == 1) CHECK(std::isnan(largest(x)));
    }
  }
}

TEST_CASE("averages too small for a normal float become 0") {
  const AdamStep step = adam_step(kAdamBeta1, kAdamBeta2, kAdamEpsilon, 0.001, 0, 1000);
  std::vector<float> p(40, 1), m(40, 4 * kSmallest), v(40, 1.0005f * kSmallest);
  const std::vector<float> none(40, 0);
  for (int i = 0; i < 20; ++i) adam(step, none.data(), 40, p.data(), m.data(), v.data());
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(m[i] == 0);  // 4 * 0.9^20 is 0.49
    CHECK(v[i] == 0);
    CHECK(p[i] == Approx(1).margin(1e-6));
  }
  std::vector<float> velocity(40, 4 * kSmallest);
  for (int i = 0; i < 20; ++i) momentum(0.1f, 0.9f, none.data(), 40, p.data(), velocity.data());
  CHECK(velocity == none);
}
