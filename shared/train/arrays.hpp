// Several arrays in one piece of memory, so that one allocation fails or succeeds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shared/nn/sequential.hpp"

namespace vae {

/// Memory for arrays of so many floats each, which begin with a line of the cache; `places` are their starts.
/// Null where it cannot be had.
Floats allocate_arrays(std::span<const std::int64_t> counts, std::vector<float*>& places);

}  // namespace vae
