// The two products, by their definition. This file is built twice: against Eigen's (shared/product.cpp) and
// against WebAssembly's own (web/product.cpp).
#include "shared/product.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "shared/rng.hpp"
#include "tests/catch.hpp"

namespace {

std::vector<float> normal(int count, std::uint64_t stream) {
  std::vector<float> values(static_cast<std::size_t>(count));
  vae::Rng rng(7, vae::Stream::kSample, {stream});
  for (float& value : values) value = rng.normal();
  return values;
}

/// Sizes around every tile's and every block's edge.
constexpr int kSizes[] = {1, 2, 3, 4, 5, 7, 8, 12, 13, 20};
constexpr int kDepths[] = {1, 3, 4, 6, 17, 400, 3000};

/// The largest error, as a share of the sum of the magnitudes that were added up.
double error(int n, int k, int m, const std::vector<float>& y,
             const std::function<std::pair<float, float>(int row, int i, int column)>& factors) {
  double worst = 0;
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < m; ++column) {
      double sum = 0, size = 0;
      for (int i = 0; i < k; ++i) {
        const auto [a, b] = factors(row, i, column);
        sum += double{a} * b;
        size += std::abs(double{a} * b);
      }
      worst = std::max(worst, std::abs(y[static_cast<std::size_t>(row * m + column)] - sum) / size);
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("multiply_transposed is a b^T, whatever the sizes") {
  for (const int n : kSizes) {
    for (const int m : kSizes) {
      for (const int k : kDepths) {
        const std::vector<float> a = normal(n * k, 1), b = normal(m * k, 2);
        std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
        vae::multiply_transposed(a.data(), b.data(), n, k, m, y.data());
        const double worst = error(n, k, m, y, [&](int row, int i, int column) {
          return std::pair(a[static_cast<std::size_t>(row * k + i)], b[static_cast<std::size_t>(column * k + i)]);
        });
        CAPTURE(n, k, m);
        REQUIRE(worst < 1e-6);
      }
    }
  }
}

TEST_CASE("b in int8 with a factor for each row") {
  for (const int n : {1, 2, 3, 4, 10}) {
    for (const int m : {1, 3, 5, 12}) {
      for (const int k : kDepths) {
        const std::vector<float> a = normal(n * k, 8), scale = normal(m, 9);
        std::vector<std::int8_t> b(static_cast<std::size_t>(m * k));
        for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<std::int8_t>(static_cast<int>(i * 89 % 255) - 127);
        std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
        vae::multiply_transposed(a.data(), b.data(), scale.data(), n, k, m, y.data());
        const double worst = error(n, k, m, y, [&](int row, int i, int column) {
          return std::pair(a[static_cast<std::size_t>(row * k + i)],
                           scale[static_cast<std::size_t>(column)] * b[static_cast<std::size_t>(column * k + i)]);
        });
        CAPTURE(n, k, m);
        REQUIRE(worst < 1e-6);
      }
    }
  }
}

TEST_CASE("transposed_multiply is a^T b, whatever the sizes") {
  for (const int n : kSizes) {
    for (const int m : {1, 3, 4, 11, 12, 13, 25, 49}) {
      for (const int k : kDepths) {
        const std::vector<float> a = normal(k * n, 3), b = normal(k * m, 4);
        std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
        vae::transposed_multiply(a.data(), b.data(), k, n, m, y.data());
        const double worst = error(n, k, m, y, [&](int row, int i, int column) {
          return std::pair(a[static_cast<std::size_t>(i * n + row)], b[static_cast<std::size_t>(i * m + column)]);
        });
        CAPTURE(n, k, m);
        REQUIRE(worst < 1e-6);
      }
    }
  }
}

TEST_CASE("more rows than one block of the cache") {
  const int n = 70, k = 500, m = 9;
  const std::vector<float> a = normal(n * k, 5), b = normal(m * k, 6);
  std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
  vae::multiply_transposed(a.data(), b.data(), n, k, m, y.data());
  REQUIRE(error(n, k, m, y, [&](int row, int i, int column) {
            return std::pair(a[static_cast<std::size_t>(row * k + i)], b[static_cast<std::size_t>(column * k + i)]);
          }) < 1e-6);
}
