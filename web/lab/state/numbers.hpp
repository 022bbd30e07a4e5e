// Numbers as text, without the weight of printf and strtod.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lab {

/// With `decimals` decimals and a real minus sign, for people.
std::string number(double value, int decimals);
/// At most six decimals, no more than needed, with '-': for links and JSON. Beyond +-1e12 clamped.
std::string decimal(double value);
/// What decimal() writes; nothing for any other text.
std::optional<double> parse_decimal(std::string_view text);

}  // namespace lab
