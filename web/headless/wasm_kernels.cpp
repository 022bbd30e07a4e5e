// shared/nn/kernels.hpp for WebAssembly. Written with the compilers' vector types, so one source serves the
// builds with and without SIMD, and a native test.
//
// A layer's input is often sparse: after a relu most numbers are zero (60 % in the mlp's decoder, 95 % before
// tf-conv's largest layer), and so are most pixels of a digit. So a row of a becomes the list of its numbers
// that are not zero, and only their rows of b are read. Where few are zero, two rows share what is read of b.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "shared/base/elementary.hpp"
#include "shared/base/encoding.hpp"
#include "shared/nn/kernels.hpp"

namespace vae {
namespace {

using Lanes = float __attribute__((vector_size(16)));
using Integers = std::int32_t __attribute__((vector_size(16)));
constexpr int kLanes = 4;
#if defined(__wasm__) && !defined(__wasm_simd128__)
constexpr bool kSimd = false;  // a vector is four numbers in four registers
#else
constexpr bool kSimd = true;
#endif
constexpr int kVectors =
    kSimd ? 4 : 1;  // of a panel of y: with two rows 8 sums, 4 of b and a factor of 16 registers

/// f(0), f(1), ... f(N - 1), unrolled. No other loop is: it would be larger to download and no faster.
template <int N, class F>
void for_each(F f) {
  [&]<int... i>(std::integer_sequence<int, i...>) { (f(i), ...); }(std::make_integer_sequence<int, N>());
}

Lanes load(const float* p) {
  Lanes v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// Four numbers of int8, each through the top byte of an integer.
Lanes load(const std::int8_t* p) {
  using Bytes = std::int8_t __attribute__((vector_size(16)));
  Bytes bytes{};
  std::memcpy(&bytes, p, kLanes);
  const Bytes high =
      __builtin_shufflevector(bytes, Bytes{}, 16, 16, 16, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3);
  return __builtin_convertvector(bit_cast<Integers>(high) >> 24, Lanes);
}

void store(float* p, Lanes v) { std::memcpy(p, &v, sizeof v); }

constexpr int kRows = 24;  // of a at a time
constexpr int kDepth =
    96;  // and so many of its columns: b's panel (6 KB) and the lists (18 KB) stay in the first-level cache
constexpr int kTerms = 4;  // that one row of y takes at once

/// A number of a row of a, and where its row of b begins.
struct Term {
  float factor;
  int offset;
};

/// The terms of a piece of a row of a that are not zero; then kTerms zeros.
struct Terms {
  int count;
  Term list[kDepth + kTerms];
};

/// Whether most of a row and the next, k further, is not zero.
[[gnu::noinline]] bool dense(const float* a, int depth, int k) {
  Integers counts{};
  for (int i = 0; i + kLanes <= depth; i += kLanes)
    counts -= (load(a + i) != Lanes{}) + (load(a + k + i) != Lanes{});
  return counts[0] + counts[1] + counts[2] + counts[3] > depth;
}

[[gnu::noinline]] void collect(const float* a, int depth, int m, Terms& terms) {
  int count = 0;
  for (int i = 0; i < depth; ++i) {
    terms.list[count] = {a[i], i * m};
    count += a[i] != 0 ? 1 : 0;
  }
  terms.count = count;
  std::fill_n(terms.list + count, kTerms, Term{});
}

/// kVectors * 4 columns of one row: y += sum of factor * b.
template <class Right>
void add_terms(const Terms& terms, const Right* b, float* y) {
  Lanes sum[kVectors];
  for_each<kVectors>([&](int v) { sum[v] = load(y + kLanes * v); });
  for (const Term *term = terms.list, *const end = term + terms.count; term != end; ++term) {
    const Right* const right = b + term->offset;
    for_each<kVectors>([&](int v) { sum[v] += term->factor * load(right + kLanes * v); });
  }
  for_each<kVectors>([&](int v) { store(y + kLanes * v, sum[v]); });
}

/// Any number of columns of one row, from end to end: the best order when no other row reads the same of b.
template <class Right>
void add_across(const Terms& terms, const Right* b, int columns, float* y) {
  for (int i = 0; i < terms.count; i += kTerms) {
    float factor[kTerms];
    const Right* right[kTerms];
    for_each<kTerms>([&](int t) {
      factor[t] = terms.list[i + t].factor;
      right[t] = b + terms.list[i + t].offset;
    });
    int c = 0;
    for (; c + kLanes <= columns; c += kLanes) {
      Lanes sum = load(y + c);
      for_each<kTerms>([&](int t) { sum += factor[t] * load(right[t] + c); });
      store(y + c, sum);
    }
    for (; c < columns; ++c) {
      for (int t = 0; t < kTerms; ++t) y[c] += factor[t] * static_cast<float>(right[t][c]);
    }
  }
}

/// kVectors * 4 columns of two rows, zeros included; rows of a are k apart, of b and y m.
template <class Right>
void add_two_rows(const float* a, const Right* b, int depth, int k, int m, float* y) {
  Lanes first[kVectors], second[kVectors];
  for_each<kVectors>([&](int v) {
    first[v] = load(y + kLanes * v);
    second[v] = load(y + m + kLanes * v);
  });
  for (int i = 0; i < depth; ++i, b += m) {
    for_each<kVectors>([&](int v) {
      const Lanes right = load(b + kLanes * v);
      first[v] += a[i] * right;
      second[v] += a[i + k] * right;
    });
  }
  for_each<kVectors>([&](int v) {
    store(y + kLanes * v, first[v]);
    store(y + m + kLanes * v, second[v]);
  });
}

/// y (n, m) += a (n, k) * b (k, m)
template <class Right>
void add_product(const float* a, const Right* b, int n, int k, int m, float* y) {
  constexpr bool kPairs = std::is_same_v<Right, float>;  // of rows: for int8 not worth the bytes of code
  Terms terms[kRows];
  bool two[kRows];  // this row and the next at once, zeros included
  const int panels = n == 1 ? 0 : m - m % (kLanes * kVectors);  // columns that are taken a panel at a time
  for (int row = 0; row < n; row += kRows, a += std::ptrdiff_t{kRows} * k, y += std::ptrdiff_t{kRows} * m) {
    const int rows = std::min(kRows, n - row);
    for (int first = 0; first < k; first += kDepth) {
      const int depth = std::min(kDepth, k - first);
      const Right* const block = b + std::ptrdiff_t{first} * m;
      for (int r = 0; r < rows; ++r) {
        const float* const from = a + std::ptrdiff_t{r} * k + first;
        two[r] = kPairs && r % 2 == 0 && r + 1 < rows && dense(from, depth, k);
        if (panels < m || !two[r & ~1]) collect(from, depth, m, terms[r]);
      }
      for (int column = 0; column < panels; column += kLanes * kVectors) {
        for (int r = 0; r < rows; ++r) {
          float* const to = y + std::ptrdiff_t{r} * m + column;
          if (kPairs && two[r]) {
            add_two_rows(a + std::ptrdiff_t{r} * k + first, block + column, depth, k, m, to);
            ++r;
          } else {
            add_terms(terms[r], block + column, to);
          }
        }
      }
      for (int r = 0; panels < m && r < rows; ++r) {
        add_across(terms[r], block + panels, m - panels, y + std::ptrdiff_t{r} * m + panels);
      }
    }
  }
}

/// x, or the nearest of the two that it lies outside of; NaN stays NaN. Two instructions.
Lanes clamp(Lanes x, Lanes least, Lanes most) {
#ifdef __wasm_simd128__
  return __builtin_wasm_pmin_f32x4(__builtin_wasm_pmax_f32x4(x, least), most);
#else
  x = x < least ? least : x;
  return most < x ? most : x;
#endif
}

/// e^x; e^-87 below -87, infinity above 128.5 ln 2, where 2^128 would be a factor.
Lanes exponential(Lanes x) {
  return vae::exponential<Lanes, Integers>(clamp(x, Lanes{} - 87.0f, Lanes{} + 89.0f));
}

/// x = f(x), the last few by way of four numbers.
template <class F>
void apply(float* x, std::ptrdiff_t count, F f) {
  for (std::ptrdiff_t i = 0; i < count; i += kLanes) {
    float rest[kLanes] = {};
    float* at = x + i;
    if (count - i < kLanes) at = std::copy(x + i, x + count, rest) - (count - i);
    store(at, f(load(at)));
    if (at == rest) std::copy_n(rest, count - i, x + i);
  }
}

/// Where `use` is set, v; else 0, whatever v is.
Lanes where(bool use, Lanes v) {
  return bit_cast<Lanes>(bit_cast<Integers>(v) & (Integers{} - (use ? 1 : 0)));
}

/// x = (a + [x]) / (1 + exp(factor * x)) + b, where x is used: one loop for all curves, since every byte
/// is downloaded.
[[gnu::noinline]] void curve(float* x, std::ptrdiff_t count, float factor, float a, bool use_x, float b) {
  apply(x, count, [=](Lanes v) { return (a + where(use_x, v)) / (1 + exponential(factor * v)) + b; });
}

}  // namespace

void multiply(const float* a, const float* b, const float* bias, int n, int k, int m, float* y) {
  if (bias == nullptr) std::fill_n(y, std::ptrdiff_t{n} * m, 0.0f);
  for (int r = 0; bias != nullptr && r < n; ++r) std::copy_n(bias, m, y + std::ptrdiff_t{r} * m);
  add_product(a, b, n, k, m, y);
}

void multiply(const float* a, const std::int8_t* b, const float* scale, const float* bias, int n, int k,
              int m, float* y) {
  std::fill_n(y, std::ptrdiff_t{n} * m, 0.0f);
  add_product(a, b, n, k, m, y);
  for (int r = 0; r < n; ++r, y += m) {
    for (int c = 0; c < m; ++c) y[c] = y[c] * scale[c] + bias[c];
  }
}

void sigmoid(float* x, std::ptrdiff_t count) { curve(x, count, -1, 1, false, 0); }
void tanh(float* x, std::ptrdiff_t count) { curve(x, count, 2, -2, false, 1); }
void silu(float* x, std::ptrdiff_t count) { curve(x, count, -1, 0, true, 0); }

void leaky_relu(float* x, std::ptrdiff_t count, float slope) {
  apply(x, count, [=](Lanes v) { return v > 0.0f ? v : where(slope != 0, slope * v); });
}

void add(const float* x, std::ptrdiff_t count, float* y) {
  for (std::ptrdiff_t i = 0; i < count; ++i) y[i] += x[i];
}

}  // namespace vae
