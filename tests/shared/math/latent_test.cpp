#include "shared/math/latent.hpp"

#include <cmath>

#include "tests/catch.hpp"

using namespace vae;
using Vector = std::vector<float>;

namespace {
double length(const Vector& v) {
  double sum = 0;
  for (float x : v) sum += double{x} * x;
  return std::sqrt(sum);
}
}  // namespace

TEST_CASE("samples of a seed do not depend on the sheet they are drawn in") {
  const Vector sheet = sample_prior_sheet(20, 5, 9);
  for (std::uint64_t i = 0; i < 9; ++i) {
    const auto begin = sheet.begin() + static_cast<std::ptrdiff_t>(20 * i);
    CHECK(Vector(begin, begin + 20) == sample_prior(20, 5, i));
  }
  CHECK(sample_prior(20, 5, 0) != sample_prior(20, 6, 0));
  CHECK(sample_prior(20, 5, 0) != sample_prior(20, 5, 1));
}

TEST_CASE("both paths start at a and end at b exactly") {
  const Vector a = sample_prior(20, 1), b = sample_prior(20, 2);
  for (auto* path : {&lerp, &slerp}) {
    const Vector start = (*path)(a, b, 0), end = (*path)(a, b, 1);
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(start[i] == a[i]);
      CHECK(end[i] == b[i]);
    }
  }
}

TEST_CASE("lerp is the midpoint, slerp keeps the length") {
  CHECK(lerp(Vector{0, 2}, Vector{4, 0}, 0.25f) == Vector{1, 1.5f});
  const Vector quarter = slerp(Vector{2, 0}, Vector{0, 2}, 0.5f);
  CHECK(quarter[0] == Approx(std::sqrt(2.0)));
  CHECK(quarter[1] == Approx(std::sqrt(2.0)));
  const Vector third = slerp(Vector{1, 0, 0}, Vector{0, 1, 0}, 1.0f / 3);
  CHECK(third[0] == Approx(std::cos(std::acos(-1.0) / 6)));
  const Vector a{2, 0, 5}, b{0, 2, 5};  // the last number of each is not theirs
  CHECK(slerp(std::span(a).first(2), std::span(b).first(2), 0.5f) == quarter);
  for (float t : {0.1f, 0.5f, 0.8f}) {
    CHECK(length(slerp(Vector{3, 0, 0}, Vector{0, 0, 3}, t)) == Approx(3));
    CHECK(length(lerp(Vector{3, 0, 0}, Vector{0, 0, 3}, t)) < 2.8);
  }
}

TEST_CASE(
    "slerp's length lies between those of the ends, also where they nearly point away from each other") {
  const Vector a = {1, 0.05f}, b = {-2, 0.05f};
  for (int i = 1; i < 20; ++i) {
    const float t = static_cast<float>(i) / 20;
    CHECK(length(slerp(a, b, t)) == Approx((1 - t) * length(a) + t * length(b)));
  }
}

TEST_CASE("slerp falls back to lerp where no angle is defined") {
  CHECK(slerp(Vector{0, 0}, Vector{2, 4}, 0.5f) == Vector{1, 2});
  CHECK(slerp(Vector{1, 1}, Vector{3, 3}, 0.5f) == Vector{2, 2});
  CHECK(slerp(Vector{1, 0}, Vector{-1, 0}, 0.25f) == Vector{0.5f, 0});
}

TEST_CASE("reparameterize") {
  const Vector z = reparameterize(Vector{1, -2}, Vector{0, std::log(4.0f)}, Vector{0.5f, -1});
  CHECK(z[0] == Approx(1.5));
  CHECK(z[1] == Approx(-4));
}
