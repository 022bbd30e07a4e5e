// The kernels, by their definitions. This file is built twice: against the native ones
// (shared/nn/kernels.cpp) and against WebAssembly's own (web/headless/wasm_kernels.cpp).
#include "shared/nn/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "shared/base/rng.hpp"
#include "tests/catch.hpp"

namespace {

std::vector<float> normal(int count, std::uint64_t stream) {
  std::vector<float> values(static_cast<std::size_t>(count));
  vae::Rng rng(7, vae::Stream::kSample, {stream});
  for (float& value : values) value = rng.normal();
  return values;
}

/// Sizes around every tile's and every block's edge.
constexpr int kRows[] = {1, 2, 3, 24, 25, 49};
constexpr int kDepths[] = {1, 3, 6, 17, 255, 256, 257, 3000};
constexpr int kColumns[] = {1, 3, 4, 7, 16, 17, 20, 37};

/// Shares of the numbers of a that are zero; which they are is random, and a whole row of them is among them.
constexpr double kZeros[] = {0, 0.3, 0.9, 1};

std::vector<float> sparse(int rows, int columns, double zeros) {
  std::vector<float> values = normal(rows * columns, 1);
  vae::Rng rng(7, vae::Stream::kSample, {2});
  for (float& value : values) value = rng.uniform() < zeros ? 0 : value;
  if (zeros > 0) std::fill_n(values.begin() + (rows - 1) / 2 * columns, columns, 0.0f);
  return values;
}

/// The largest error of a product, as a share of the sum of the magnitudes that were added up.
double error(int n, int k, int m, const std::vector<float>& a, const std::vector<float>& bias,
             const std::vector<float>& y, const std::function<float(int i, int column)>& b) {
  double worst = 0;
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < m; ++column) {
      double sum = bias[static_cast<std::size_t>(column)], size = std::abs(sum);
      for (int i = 0; i < k; ++i) {
        const double term = double{a[static_cast<std::size_t>(row * k + i)]} * b(i, column);
        sum += term;
        size += std::abs(term);
      }
      worst = std::max(worst, std::abs(y[static_cast<std::size_t>(row * m + column)] - sum) / size);
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("multiply is a b + bias, whatever the sizes and however many zeros") {
  for (const double zeros : kZeros) {
    for (const int n : kRows) {
      for (const int m : kColumns) {
        for (const int k : kDepths) {
          if (n * k > 30000) continue;
          const std::vector<float> a = sparse(n, k, zeros), b = normal(k * m, 3), bias = normal(m, 4);
          std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
          vae::multiply(a.data(), b.data(), bias.data(), n, k, m, y.data());
          CAPTURE(n, k, m, zeros);
          REQUIRE(error(n, k, m, a, bias, y, [&](int i, int column) {
                    return b[static_cast<std::size_t>(i * m + column)];
                  }) < 1e-6);
        }
      }
    }
  }
}

TEST_CASE("b in int8 with a factor for each column") {
  for (const double zeros : kZeros) {
    for (const int n : {1, 2, 27}) {
      for (const int m : kColumns) {
        for (const int k : {1, 6, 257}) {
          const std::vector<float> a = sparse(n, k, zeros), scale = normal(m, 5), bias = normal(m, 6);
          std::vector<std::int8_t> b(static_cast<std::size_t>(k * m));
          for (std::size_t i = 0; i < b.size(); ++i)
            b[i] = static_cast<std::int8_t>(static_cast<int>(i * 89 % 256) - 128);
          std::vector<float> y(static_cast<std::size_t>(n * m), NAN);
          vae::multiply(a.data(), b.data(), scale.data(), bias.data(), n, k, m, y.data());
          CAPTURE(n, k, m, zeros);
          REQUIRE(error(n, k, m, a, bias, y, [&](int i, int column) {
                    return scale[static_cast<std::size_t>(column)] *
                           b[static_cast<std::size_t>(i * m + column)];
                  }) < 1e-6);
        }
      }
    }
  }
}

TEST_CASE("NaN and infinity in a are not taken for zeros") {
  for (const float odd : {NAN, INFINITY}) {
    const std::vector<float> a{0, odd, 0, 0}, b(4 * 20, 1.0f), bias(20, 2.0f);
    std::vector<float> y(20);
    vae::multiply(a.data(), b.data(), bias.data(), 1, 4, 20, y.data());
    for (const float value : y) CHECK(!std::isfinite(value));
  }
}

TEST_CASE("silu, leaky relu and sums, in place") {
  std::vector<float> x = {-1e30f, -90, -3, -0.5f, 0, 0.25f, 2, 88, 1e30f}, s = x, r = x, l = x,
                     y(x.size(), 1);
  vae::silu(s.data(), std::ssize(s));
  vae::leaky_relu(r.data(), std::ssize(r), 0);
  vae::leaky_relu(l.data(), std::ssize(l), 0.3f);
  vae::add(x.data(), std::ssize(x), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    INFO(x[i]);
    CHECK(s[i] == Approx(double{x[i]} / (1 + std::exp(-double{x[i]}))).epsilon(1e-6).margin(1e-6));
    CHECK(r[i] == std::max(x[i], 0.0f));
    CHECK(l[i] == (x[i] > 0 ? x[i] : 0.3f * x[i]));
    CHECK(y[i] == 1 + x[i]);
  }
  std::vector<float> ends = {-INFINITY, INFINITY};
  vae::leaky_relu(ends.data(), 2, 0);
  CHECK((ends[0] == 0 && ends[1] == INFINITY));
}

TEST_CASE("what follows the numbers stays as it is") {
  for (std::size_t count = 0; count < 20; ++count) {
    const auto size = static_cast<std::ptrdiff_t>(count);
    std::vector<std::vector<float>> all(5, std::vector<float>(count + 4, -0.5f));
    vae::sigmoid(all[0].data(), size);
    vae::tanh(all[1].data(), size);
    vae::silu(all[2].data(), size);
    vae::leaky_relu(all[3].data(), size, 0.3f);
    vae::add(std::vector<float>(count + 4, 1).data(), size, all[4].data());
    for (const std::vector<float>& x : all) {
      for (std::size_t i = count; i < x.size(); ++i) CHECK(x[i] == -0.5f);
    }
  }
}

TEST_CASE("sigmoid and tanh within 1e-6 from end to end, in place, and NaN stays NaN") {
  std::vector<float> x{0,   -0.0f, 1e-30f, 87,       88,        89,    -87,   -88,
                       -89, 1e4f,  -1e4f,  INFINITY, -INFINITY, 3e38f, -3e38f};
  for (int i = -20000; i <= 20000; ++i) x.push_back(static_cast<float>(i) * 0.005f);
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, x.size()}) {  // with every kind of rest
    std::vector<float> s(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(count)), t = s;
    vae::sigmoid(s.data(), std::ssize(s));
    vae::tanh(t.data(), std::ssize(t));
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      worst = std::max(worst, std::abs(s[i] - 1 / (1 + std::exp(-double{x[i]}))));
      worst = std::max(worst, std::abs(t[i] - std::tanh(double{x[i]})));
    }
    CHECK(worst < 1e-6);
  }
  std::vector<float> ends{-1e4f, 1e4f};
  vae::sigmoid(ends.data(), 2);
  CHECK(ends == std::vector<float>{0, 1});
  std::vector<float> odd{1, NAN, 3, 4, 5, NAN};
  std::vector<float> again = odd;
  vae::sigmoid(odd.data(), std::ssize(odd));
  vae::tanh(again.data(), std::ssize(again));
  for (const std::size_t i : {1, 5}) CHECK((std::isnan(odd[i]) && std::isnan(again[i])));
  CHECK(!std::isnan(odd[0] + odd[2] + odd[3] + odd[4] + again[0] + again[2] + again[3] + again[4]));
}
