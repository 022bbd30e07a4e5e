// Numbers as text and back, without the weight of printf and strtod.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Returns |value| with `decimals` decimals, at most 9: "0.30". Beyond `most` it is `most`.
std::string fixed_point(double value, int decimals, double most = 1e9);

/// Returns `value` with at most six decimals, no more than needed: "-0.25", "3". Beyond +-1e12 it is clamped;
/// what is not finite is "0".
std::string decimal(double value);

/// Reads what decimal() writes: figures, perhaps with a '-' before them and a point within, up to 20
/// characters. Nothing for any other text.
std::optional<double> parse_decimal(std::string_view text);

/// Reads a whole number from 0 on, written in figures alone. Nothing for any other text, or beyond 64 bits.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// Reads whole numbers with one space between, each above the one before it. Empty for any other text.
std::vector<std::int64_t> parse_rising(std::string_view text);

}  // namespace vae
