// printf into a string, with the compiler's checks of the format.
#pragma once

#include <string>

namespace vae {

/// Returns what printf would print.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

}  // namespace vae
