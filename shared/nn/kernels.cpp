#include "shared/nn/kernels.hpp"

#include <Eigen/Core>
#include <cmath>

namespace vae {
namespace {

template <class T>
using Matrix = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Result = Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Vector = Eigen::Map<const Eigen::RowVectorXf>;

}  // namespace

void multiply(const float* a, const float* b, const float* bias, int n, int k, int m, float* y) {
  Result result(y, n, m);
  result.noalias() = Matrix<float>(a, n, k) * Matrix<float>(b, k, m);
  if (bias != nullptr) result.rowwise() += Vector(bias, m);
}

void multiply(const float* a, const std::int8_t* b, const float* scale, const float* bias, int n, int k,
              int m, float* y) {
  Result result(y, n, m);
  result.noalias() = Matrix<float>(a, n, k) * Matrix<std::int8_t>(b, k, m).cast<float>();
  result.array().rowwise() *= Vector(scale, m).array();
  result.rowwise() += Vector(bias, m);
}

void sigmoid(float* x, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) x[i] = 1 / (1 + std::exp(-x[i]));
}

void tanh(float* x, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) x[i] = std::tanh(x[i]);
}

void silu(float* x, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) x[i] /= 1 + std::exp(-x[i]);
}

void leaky_relu(float* x, std::ptrdiff_t count, float slope) {
  for (std::ptrdiff_t i = 0; i < count; ++i) x[i] = x[i] > 0 ? x[i] : slope == 0 ? 0 : slope * x[i];
}

void add(const float* x, std::ptrdiff_t count, float* y) {
  for (std::ptrdiff_t i = 0; i < count; ++i) y[i] += x[i];
}

}  // namespace vae
