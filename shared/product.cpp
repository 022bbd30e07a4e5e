#include "shared/product.hpp"

#include <Eigen/Core>

namespace vae {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;

}  // namespace

void multiply_transposed(const float* a, const float* b, int n, int k, int m, float* y) {
  MatrixMap(y, n, m).noalias() = ConstMatrixMap(a, n, k) * ConstMatrixMap(b, m, k).transpose();
}

void transposed_multiply(const float* a, const float* b, int k, int n, int m, float* y) {
  MatrixMap(y, n, m).noalias() = ConstMatrixMap(a, k, n).transpose() * ConstMatrixMap(b, k, m);
}

}  // namespace vae
