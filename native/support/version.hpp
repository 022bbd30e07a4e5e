// The version, which CMakeLists.txt sets.
#pragma once

namespace vae {

inline constexpr const char* kVersion = "digit-vae " DIGIT_VAE_VERSION;

}  // namespace vae
