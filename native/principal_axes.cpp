#include "native/principal_axes.hpp"

#include <Eigen/Eigenvalues>

namespace vae {

std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Index n = std::ssize(points) / dimensions;
  const Eigen::MatrixXd x = Eigen::Map<const RowMajor>(points.data(), n, dimensions).cast<double>();
  const Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(n);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);  // by rising variance
  Eigen::MatrixXd axes = solver.eigenvectors().rightCols<2>().rowwise().reverse();
  for (auto axis : axes.colwise()) {
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    if (axis[largest] < 0) axis = -axis;
  }
  std::vector<float> projected(static_cast<std::size_t>(2 * n));
  Eigen::Map<RowMajor>(projected.data(), n, 2) = (x * axes).cast<float>();
  return projected;
}

}  // namespace vae
