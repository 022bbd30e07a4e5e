#include "shared/train/backend.hpp"

#include <Eigen/Core>

namespace vae {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<const Rows, 0, Eigen::OuterStride<>>;

/// As it lies in memory: (rows, columns), or (columns, rows) where it is transposed.
Strided stored(const MatrixView& m, std::ptrdiff_t rows, std::ptrdiff_t columns) {
  return {m.data, m.transposed ? columns : rows, m.transposed ? rows : columns,
          Eigen::OuterStride<>(m.stride)};
}

}  // namespace

void EigenBackend::multiply(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const MatrixView& a,
                            const MatrixView& b, float* c) const {
  const Strided left = stored(a, m, k), right = stored(b, k, n);
  Eigen::Map<Rows> out(c, m, n);
  if (a.transposed && b.transposed) {
    out.noalias() = left.transpose() * right.transpose();
  } else if (a.transposed) {
    out.noalias() = left.transpose() * right;
  } else if (b.transposed) {
    out.noalias() = left * right.transpose();
  } else {
    out.noalias() = left * right;
  }
}

}  // namespace vae
