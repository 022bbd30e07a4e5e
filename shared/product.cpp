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

void multiply_transposed(const float* a, const std::int8_t* b, const float* scale, int n, int k, int m, float* y) {
  using Int8Matrix = Eigen::Matrix<std::int8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  MatrixMap result(y, n, m);
  result.noalias() = ConstMatrixMap(a, n, k) * Eigen::Map<const Int8Matrix>(b, m, k).cast<float>().transpose();
  result.array().rowwise() *= Eigen::Map<const Eigen::ArrayXf>(scale, m).transpose();
}

void transposed_multiply(const float* a, const float* b, int k, int n, int m, float* y) {
  MatrixMap(y, n, m).noalias() = ConstMatrixMap(a, k, n).transpose() * ConstMatrixMap(b, k, m);
}

}  // namespace vae
