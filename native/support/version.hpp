// The version of everything, which CMakeLists.txt has.
#pragma once

namespace vae {

inline constexpr const char* kVersion = "digit-vae " DIGIT_VAE_VERSION;

}  // namespace vae
