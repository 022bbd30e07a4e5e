// shared/product.hpp for WebAssembly. Written with the compilers' vector types, so one source serves the builds
// with and without SIMD, and a native test. Four lanes and 16 registers: a tile of 3 x 3 results keeps its sums,
// its operands and a temporary in registers. Nothing is packed or copied: the operands of both products are
// contiguous where they are read.
#include "shared/product.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vae {
namespace {

using Lanes = float __attribute__((vector_size(16)));
constexpr int kLanes = 4;

Lanes load(const float* p) {
  Lanes v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// Four numbers of int8, each through the top byte of an integer.
Lanes load(const std::int8_t* p) {
  using Bytes = std::int8_t __attribute__((vector_size(16)));
  using Integers = std::int32_t __attribute__((vector_size(16)));
  Bytes bytes{};
  std::memcpy(&bytes, p, kLanes);
  const Bytes high = __builtin_shufflevector(bytes, Bytes{}, 16, 16, 16, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3);
  Integers whole;
  std::memcpy(&whole, &high, sizeof whole);
  return __builtin_convertvector(whole >> 24, Lanes);
}

void store(float* p, Lanes v) { std::memcpy(p, &v, sizeof v); }

/// Rows x Columns dot products of length k: y[r][c] = a[r] . b[c], times scale[c] if there is one; rows of y are m apart.
template <int Rows, int Columns, class Right>
void dot_tile(const float* a, const Right* b, const float* scale, int k, int m, float* y) {
  Lanes sum[Rows][Columns] = {};
  int i = 0;
  for (; i + kLanes <= k; i += kLanes) {
    Lanes right[Columns];
    for (int c = 0; c < Columns; ++c) right[c] = load(b + std::ptrdiff_t{c} * k + i);
    for (int r = 0; r < Rows; ++r) {
      const Lanes left = load(a + std::ptrdiff_t{r} * k + i);
      for (int c = 0; c < Columns; ++c) sum[r][c] += left * right[c];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int c = 0; c < Columns; ++c) {
      const Lanes s = sum[r][c];
      float dot = (s[0] + s[1]) + (s[2] + s[3]);
      for (int rest = i; rest < k; ++rest) {
        dot += a[std::ptrdiff_t{r} * k + rest] * static_cast<float>(b[std::ptrdiff_t{c} * k + rest]);
      }
      y[std::ptrdiff_t{r} * m + c] = scale != nullptr ? dot * scale[c] : dot;
    }
  }
}

/// All `n` rows of a by Columns rows of b.
template <int Columns, class Right>
void dot_columns(const float* a, const Right* b, const float* scale, int n, int k, int m, float* y) {
  int r = 0;
  for (; r + 3 <= n; r += 3) {
    dot_tile<3, Columns>(a + std::ptrdiff_t{r} * k, b, scale, k, m, y + std::ptrdiff_t{r} * m);
  }
  for (; r < n; ++r) dot_tile<1, Columns>(a + std::ptrdiff_t{r} * k, b, scale, k, m, y + std::ptrdiff_t{r} * m);
}

template <class Right>
void dot_products(const float* a, const Right* b, const float* scale, int n, int k, int m, float* y) {
  // So many rows of a that they stay in the first-level cache while b goes by.
  const int block = std::clamp(6144 / k, 1, 16) * 3;
  const auto scale_of = [&](int column) { return scale != nullptr ? scale + column : nullptr; };
  for (int first = 0; first < n; first += block, a += std::ptrdiff_t{block} * k, y += std::ptrdiff_t{block} * m) {
    const int rows = std::min(block, n - first);
    int c = 0;
    for (; c + 3 <= m; c += 3) dot_columns<3>(a, b + std::ptrdiff_t{c} * k, scale_of(c), rows, k, m, y + c);
    for (; c < m; ++c) dot_columns<1>(a, b + std::ptrdiff_t{c} * k, scale_of(c), rows, k, m, y + c);
  }
}

/// Rows x (Columns * 4) results: y[r][c] = sum over k of a[k][r] b[k][c]; rows of a are n apart, of b and y m.
template <int Rows, int Columns>
void outer_tile(const float* a, const float* b, int k, int n, int m, float* y) {
  Lanes sum[Rows][Columns] = {};
  for (int i = 0; i < k; ++i, a += n, b += m) {
    Lanes right[Columns];
    for (int c = 0; c < Columns; ++c) right[c] = load(b + kLanes * c);
    for (int r = 0; r < Rows; ++r) {
      for (int c = 0; c < Columns; ++c) sum[r][c] += a[r] * right[c];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int c = 0; c < Columns; ++c) store(y + std::ptrdiff_t{r} * m + kLanes * c, sum[r][c]);
  }
}

template <int Rows>
void outer_rows(const float* a, const float* b, int k, int n, int m, float* y) {
  int c = 0;
  for (; c + 3 * kLanes <= m; c += 3 * kLanes) outer_tile<Rows, 3>(a, b + c, k, n, m, y + c);
  for (; c + kLanes <= m; c += kLanes) outer_tile<Rows, 1>(a, b + c, k, n, m, y + c);
  for (; c < m; ++c) {
    for (int r = 0; r < Rows; ++r) {
      float sum = 0;
      for (int i = 0; i < k; ++i) sum += a[std::ptrdiff_t{i} * n + r] * b[std::ptrdiff_t{i} * m + c];
      y[std::ptrdiff_t{r} * m + c] = sum;
    }
  }
}

}  // namespace

void multiply_transposed(const float* a, const float* b, int n, int k, int m, float* y) {
  dot_products(a, b, nullptr, n, k, m, y);
}

void multiply_transposed(const float* a, const std::int8_t* b, const float* scale, int n, int k, int m, float* y) {
  dot_products(a, b, scale, n, k, m, y);
}

void transposed_multiply(const float* a, const float* b, int k, int n, int m, float* y) {
  int r = 0;
  for (; r + 3 <= n; r += 3) outer_rows<3>(a + r, b, k, n, m, y + std::ptrdiff_t{r} * m);
  for (; r < n; ++r) outer_rows<1>(a + r, b, k, n, m, y + std::ptrdiff_t{r} * m);
}

}  // namespace vae
