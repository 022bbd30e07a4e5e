// A look at many dimensions through the two in which points vary most.
#pragma once

#include <span>
#include <vector>

namespace vae {

/// Points (n, dimensions), n at least 1 and dimensions at least 2, seen along the two main axes of their
/// covariance: (n, 2). The axes are of length 1 and at a right angle, and the origin stays where it is, so
/// that N(0, I) is seen as N(0, I). An axis points to where its largest component is positive.
std::vector<float> project_on_principal_axes(std::span<const float> points, int dimensions);

}  // namespace vae
