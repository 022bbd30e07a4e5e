#include "shared/base/rng.hpp"

#include <cmath>
#include <set>
#include <vector>

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("PCG32 gives the reference's numbers") {  // pcg32-demo of pcg-random.org, seed 42, sequence 54
  Rng rng = Rng::pcg32(42, 54);
  for (std::uint32_t expected :
       {0xa15c02b7u, 0x7b47f409u, 0xba1d3330u, 0x83d2f293u, 0xbfa4784bu, 0xcbed606eu}) {
    CHECK(rng.next() == expected);
  }
}

TEST_CASE("the inverse normal CDF") {
  // statistics.NormalDist().inv_cdf of Python
  const std::pair<double, double> known[] = {
      {0.5, 0.0},
      {0.975, 1.9599639845400536},
      {0.025, -1.9599639845400536},
      {0.9, 1.2815515655446008},
      {0.08, -1.4050715603096322},
      {0.99999, 4.26489079392384},
      {1e-9, -5.9978070150076865},
      {1e-20, -9.262340089798405},
      {1e-300, -37.0470962993612},
  };
  for (const auto& [p, x] : known) CHECK(inverse_normal_cdf(p) == Approx(x).epsilon(1e-12).margin(1e-15));
  CHECK(std::isinf(inverse_normal_cdf(0)));
  CHECK(std::isinf(inverse_normal_cdf(1)));
  CHECK(std::isnan(inverse_normal_cdf(-0.1)));
  CHECK(std::isnan(inverse_normal_cdf(NAN)));
  for (double x = -6; x <= 6; x += 0.25) {  // the round trip through the C library's erfc
    CHECK(inverse_normal_cdf(std::erfc(-x / std::sqrt(2.0)) / 2) == Approx(x).margin(1e-9));
  }
}

TEST_CASE("normal deviates have a normal's moments") {
  Rng rng(1, Stream::kNoise);
  double sum = 0, squares = 0, fourth = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  CHECK(sum / n == Approx(0).margin(0.01));  // 4.5 standard errors
  CHECK(squares / n == Approx(1).margin(0.015));
  CHECK(fourth / n == Approx(3).margin(0.1));
}

TEST_CASE("uniform numbers never reach the ends, below() is even") {
  Rng rng(2, Stream::kNoise);
  int histogram[6] = {};
  for (int i = 0; i < 60000; ++i) {
    const double u = rng.uniform();
    REQUIRE((u > 0 && u < 1));
    const std::uint32_t d = rng.below(6);
    REQUIRE(d < 6);
    ++histogram[d];
  }
  for (int count : histogram) CHECK(count == Approx(10000).margin(450));
  CHECK(rng.below(1) == 0);
}

TEST_CASE("below() rejects no more than the uneven rest") {
  const std::uint32_t second = 0x7b47f409u, third = 0xba1d3330u;
  for (const std::uint32_t rest : {second, second + 1}) {  // of 2^32 divided by the bound
    const std::uint32_t bound = 0u - rest;
    Rng rng = Rng::pcg32(42, 54);
    rng.next();
    CHECK(rng.below(bound) == (rest == second ? second : third % bound));
  }
}

TEST_CASE("every key has numbers of its own") {
  std::set<std::uint32_t> first;
  int keys = 0;
  for (std::uint64_t seed : {0, 1, 2}) {
    for (Stream stream :
         {Stream::kInit, Stream::kShuffle, Stream::kNoise, Stream::kEvaluation, Stream::kSample}) {
      for (std::uint64_t step = 0; step < 100; ++step, ++keys) first.insert(Rng(seed, stream, {step}).next());
    }
  }
  CHECK(first.size() == static_cast<std::size_t>(keys));
  CHECK(Rng(1, Stream::kNoise, {1, 2}).next() != Rng(1, Stream::kNoise, {2, 1}).next());
}

TEST_CASE("numbers are fixed to the last bit") {  // the same constants are asserted in Node and Chromium
  Rng rng(7, Stream::kSample, {0});
  const std::vector<float> first = {rng.normal(), rng.normal(), rng.normal(), rng.normal()};
  CAPTURE(first);
  CHECK(first == std::vector<float>{0x1.5c0688p-1f, -0x1.7b9f7p-2f, 0x1.06ae9p+0f, 0x1.7c95b2p-3f});
}
