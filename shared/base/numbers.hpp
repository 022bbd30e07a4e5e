// Numbers to text and back, without the code size of printf and strtod.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Returns |value|, clamped to `most`, with `decimals` decimals (at most 9): "0.30".
std::string fixed_point(double value, int decimals, double most = 1e9);

/// Returns `value`, clamped to +-1e12, with up to six decimals and no trailing zeros: "-0.25", "3". NaN and
/// infinity give "0".
std::string decimal(double value);

/// Parses what decimal() writes: digits with one inner point, up to 20 characters, behind an optional '-'.
/// Returns nothing for any other text.
std::optional<double> parse_decimal(std::string_view text);

/// Parses an unsigned integer that consists of digits only. Returns nothing for any other text and on
/// overflow.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// Parses strictly increasing integers, each separated by one space. Returns an empty vector for any other
/// text.
std::vector<std::int64_t> parse_rising(std::string_view text);

}  // namespace vae
