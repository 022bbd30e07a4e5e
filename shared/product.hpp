// The matrix products that all layers come down to. Natively they are Eigen's (product.cpp); WebAssembly has
// its own (web/product.cpp), several times smaller and faster there, tested against these. All matrices are
// packed, row-major and do not overlap; sizes are at least 1.
#pragma once

#include <cstdint>

namespace vae {

/// y (n, m) = a (n, k) * b (m, k)^T
void multiply_transposed(const float* a, const float* b, int n, int k, int m, float* y);

/// The same with b in int8, each row of it times its own number of `scale`, (m).
void multiply_transposed(const float* a, const std::int8_t* b, const float* scale, int n, int k, int m, float* y);

/// y (n, m) = a (k, n)^T * b (k, m)
void transposed_multiply(const float* a, const float* b, int k, int n, int m, float* y);

}  // namespace vae
