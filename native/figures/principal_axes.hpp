// The directions in which many points vary most: a look at a latent space of many dimensions.
#pragma once

#include <span>
#include <vector>

#include "shared/model/latent_statistics.hpp"

namespace vae {

inline constexpr int kPrincipalAxes = 8;  // at most

/// Principal component analysis of points (n, dimensions), n at least 1: k is the smaller of dimensions and
/// kPrincipalAxes. The largest component of each axis is positive; the variances fall, and are over n, not n
/// - 1.
PrincipalAxes principal_axes(std::span<const float> points, int dimensions);

/// Points (n, dimensions), dimensions at least 2, seen along the two main axes: (n, 2). The origin stays
/// where it is, so that N(0, I) is seen as N(0, I).
std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions);

}  // namespace vae
