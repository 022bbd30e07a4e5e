// The arithmetic in which layers spend their time. Natively it is Eigen and the standard library
// (kernels.cpp); WebAssembly has its own (web/headless/wasm_kernels.cpp), several times smaller and faster
// there and tested against the same definitions. Matrices are packed, row-major and do not overlap; sizes are
// at least 1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vae {

/// Computes y (n, m) = a (n, k) * b (k, m) + bias (m), added to every row; no bias if it is null. Infinity
/// times zero may be zero.
void multiply(const float* a, const float* b, const float* bias, int n, int k, int m, float* y);

/// Computes the same with b in int8 and a scale (m) per column.
void multiply(const float* a, const std::int8_t* b, const float* scale, const float* bias, int n, int k,
              int m, float* y);

/// Replaces `count` numbers x by 1 / (1 + exp(-x)), within 1e-6; NaN stays NaN.
void sigmoid(float* x, std::ptrdiff_t count);

/// Replaces x by tanh(x), likewise.
void tanh(float* x, std::ptrdiff_t count);
/// Replaces x by x / (1 + exp(-x)), likewise.
void silu(float* x, std::ptrdiff_t count);

/// Replaces x <= 0 by slope * x, or by 0 if slope is 0, whatever x is.
void leaky_relu(float* x, std::ptrdiff_t count, float slope);

/// Adds x to y, `count` numbers.
void add(const float* x, std::ptrdiff_t count, float* y);

}  // namespace vae
