// Text from parts. One function instead of chained string additions keeps the code that a page downloads
// small.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace vae {

/// A string, or an integer that is written in decimal. It only refers to a string, which must outlive it.
struct TextPart {
  TextPart(const char* s) : text(s) {}         // NOLINT: implicit on purpose
  TextPart(std::string_view s) : text(s) {}    // NOLINT
  TextPart(const std::string& s) : text(s) {}  // NOLINT
  TextPart(std::integral auto n)               // NOLINT
      : number(n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n)),
        sign(n < 0 ? -1 : 1) {}
  std::string_view text = {};
  std::uint64_t number = 0;  // the absolute value
  int sign = 0;              // of the number; 0: this is a string
};

/// Concatenates the parts.
std::string concat(std::initializer_list<TextPart> parts);

/// Returns an Error whose message is the concatenated parts.
Error make_error(ErrorCode code, std::initializer_list<TextPart> message);

}  // namespace vae
