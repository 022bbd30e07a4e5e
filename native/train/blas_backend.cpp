#include "native/train/blas_backend.hpp"

#include <dlfcn.h>

namespace vae {
namespace {

/// BLAS' sgemm, Fortran's calling convention.
using Sgemm = void(const char*, const char*, const int*, const int*, const int*, const float*, const float*,
                   const int*, const float*, const int*, const float*, float*, const int*);
Sgemm* sgemm() {
  static const auto function = reinterpret_cast<Sgemm*>(dlsym(RTLD_DEFAULT, "sgemm_"));
  return function;
}

}  // namespace

bool BlasBackend::available() { return sgemm() != nullptr; }

void BlasBackend::multiply(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a,
                           const MatrixView& b, float* c) const {
  if (m == 0 || n == 0) return;
  const int rows = static_cast<int>(m), columns = static_cast<int>(n), inner = static_cast<int>(k),
            a_stride = static_cast<int>(a.stride), b_stride = static_cast<int>(b.stride);
  const float one = 1, zero = 0;
  // Fortran stores columns: what it sees is c^T = b^T a^T.
  sgemm()(b.transposed ? "T" : "N", a.transposed ? "T" : "N", &columns, &rows, &inner, &one, b.data,
          &b_stride, a.data, &a_stride, &zero, c, &columns);
}

}  // namespace vae
