// Checks a model: its layers must fit together, and none may ask for more time or memory than a page has.
#pragma once

#include <cstdint>
#include <string>

#include "shared/spec/model_spec.hpp"

namespace vae {

/// Limits, so that a hostile file cannot ask for hours or gigabytes.
inline constexpr int kMaxDim = 1 << 20;                                  // any one size in the model line
inline constexpr std::int64_t kMaxActivations = std::int64_t{1} << 21;   // numbers in one feature map
inline constexpr int kMaxComponents = 1 << 12;                           // of a mixture, and
inline constexpr int kMaxMixture = 1 << 18;                              // numbers in all their means
inline constexpr std::int64_t kMaxMultiplyAdds = std::int64_t{1} << 31;  // of one decoded or encoded image

/// Returns "" when the layers fit together, the output is the image and every size is within the limits;
/// otherwise one line that names the layer.
std::string check(const ModelSpec& spec);

}  // namespace vae
