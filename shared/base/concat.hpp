// Texts put together from pieces: one function instead of a chain of strings at every place, which a
// page downloads.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace vae {

/// A text, or a whole number that becomes its decimal digits. What it was made from must outlive it.
struct TextPart {
  TextPart(const char* s) : text(s) {}         // NOLINT: meant to be made in place
  TextPart(std::string_view s) : text(s) {}    // NOLINT
  TextPart(const std::string& s) : text(s) {}  // NOLINT
  TextPart(std::integral auto n)               // NOLINT
      : number(n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n)),
        sign(n < 0 ? -1 : 1) {}
  std::string_view text = {};
  std::uint64_t number = 0;  // its absolute value
  int sign = 0;              // of a number; 0: this is a text
};

/// All pieces, one behind the other.
std::string concat(std::initializer_list<TextPart> parts);

/// An Error whose message is made of these.
Error make_error(ErrorCode code, std::initializer_list<TextPart> message);

}  // namespace vae
