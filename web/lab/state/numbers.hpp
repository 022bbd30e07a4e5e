// Numbers as people read them, and as links and JSON have them.
#pragma once

#include <string>

#include "shared/base/numbers.hpp"

namespace lab {

using vae::decimal, vae::parse_decimal;

/// With `decimals` decimals and a real minus sign.
std::string number(double value, int decimals);

}  // namespace lab
