// Principal component analysis, for a look at a latent space of many dimensions.
#pragma once

#include <span>
#include <vector>

#include "shared/model/latent_statistics.hpp"

namespace vae {

inline constexpr int kPrincipalAxes = 8;  // at most

/// Returns the principal axes of points (n, dimensions), n >= 1; k is the smaller of dimensions and
/// kPrincipalAxes. The largest component of each axis is positive; variances fall, and divide by n, not n -
/// 1.
PrincipalAxes principal_axes(std::span<const float> points, int dimensions);

/// Projects points (n, dimensions), dimensions >= 2, on the first two axes: (n, 2). The origin stays in
/// place, so that N(0, I) remains N(0, I).
std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions);

}  // namespace vae
