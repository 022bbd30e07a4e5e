// The directions in which many points vary most: a look at a latent space of many dimensions.
#pragma once

#include <span>
#include <vector>

namespace vae {

inline constexpr int kPrincipalAxes = 8;  // at most

/// Principal component analysis of points.
struct PrincipalAxes {
  std::vector<float> mean;       // (dimensions)
  std::vector<float> axes;       // (k, dimensions), unit vectors; the largest component of each is positive
  std::vector<float> variances;  // (k), falling; over n, not n - 1
};

/// Points (n, dimensions), n at least 1; k is the smaller of dimensions and kPrincipalAxes.
PrincipalAxes principal_axes(std::span<const float> points, int dimensions);

/// Points (n, dimensions), dimensions at least 2, seen along the two main axes: (n, 2). The origin stays
/// where it is, so that N(0, I) is seen as N(0, I).
std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions);

}  // namespace vae
