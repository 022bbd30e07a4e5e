// The arithmetic that layers come down to and that takes the time. Natively it is Eigen's and the standard
// library's (kernels.cpp); WebAssembly has its own (web/headless/wasm_kernels.cpp), several times smaller and
// faster there, tested against the same definitions. Matrices are packed, row-major and do not overlap; sizes
// are at least 1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vae {

/// y (n, m) = a (n, k) * b (k, m) + bias (m), in every row; no bias where that is null. Infinity times zero
/// may count as zero.
void multiply(const float* a, const float* b, const float* bias, int n, int k, int m, float* y);

/// The same with b in int8, each of its columns times its own number of `scale`, (m).
void multiply(const float* a, const std::int8_t* b, const float* scale, const float* bias, int n, int k,
              int m, float* y);

/// x = 1 / (1 + exp(-x)) for `count` numbers, within 1e-6; NaN stays NaN.
void sigmoid(float* x, std::ptrdiff_t count);

/// x = tanh(x), and x = x / (1 + exp(-x)), likewise.
void tanh(float* x, std::ptrdiff_t count);
void silu(float* x, std::ptrdiff_t count);

/// x = x above 0, else slope * x, or 0 for a slope of 0 whatever x is.
void leaky_relu(float* x, std::ptrdiff_t count, float slope);

/// y += x, `count` numbers.
void add(const float* x, std::ptrdiff_t count, float* y);

}  // namespace vae
