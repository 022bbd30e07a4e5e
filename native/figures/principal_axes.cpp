#include "native/figures/principal_axes.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>

namespace vae {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::vector<float> to_floats(const Eigen::VectorXd& values) {
  const Eigen::VectorXf floats = values.cast<float>();
  return {floats.data(), floats.data() + floats.size()};
}

}  // namespace

PrincipalAxes principal_axes(std::span<const float> points, int dimensions) {
  const Eigen::Map<const RowMajor> rows(points.data(), std::ssize(points) / dimensions, dimensions);
  const Eigen::RowVectorXd mean = rows.cast<double>().colwise().mean();
  const Eigen::MatrixXd centered = rows.cast<double>().rowwise() - mean;
  const Eigen::MatrixXd covariance = centered.transpose() * centered / double(rows.rows());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);  // eigenvalues rise
  PrincipalAxes result{to_floats(mean.transpose()), {}, {}};
  for (int k = 0; k < std::min(dimensions, kPrincipalAxes); ++k) {
    Eigen::VectorXd axis = solver.eigenvectors().col(dimensions - 1 - k);
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    if (axis[largest] < 0) axis = -axis;
    const std::vector<float> floats = to_floats(axis);
    result.axes.insert(result.axes.end(), floats.begin(), floats.end());
    result.variances.push_back(static_cast<float>(std::max(0.0, solver.eigenvalues()[dimensions - 1 - k])));
  }
  return result;
}

std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions) {
  const PrincipalAxes found = principal_axes(points, dimensions);
  const Eigen::Map<const RowMajor> x(points.data(), std::ssize(points) / dimensions, dimensions),
      axes(found.axes.data(), 2, dimensions);
  std::vector<float> projected(static_cast<std::size_t>(2 * x.rows()));
  Eigen::Map<RowMajor>(projected.data(), x.rows(), 2) = x * axes.transpose();
  return projected;
}

}  // namespace vae
