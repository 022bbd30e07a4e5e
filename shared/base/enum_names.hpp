// The names of an enumeration, from one exhaustive switch. name_of(value) returns a value's name, and ""
// beyond the last value. A value without a name does not compile (-Werror=switch), so no separate list can
// fall behind.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace vae {

/// Returns the number of values of Enum: 0, 1, ... up to the first without a name.
template <class Enum>
constexpr std::size_t count_of() {
  std::size_t n = 0;
  while (!name_of(static_cast<Enum>(n)).empty()) ++n;
  return n;
}

/// All values, and all names, in their order.
template <class Enum>
inline constexpr auto kValuesOf = [] {
  std::array<Enum, count_of<Enum>()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Enum>(i);
  return values;
}();
template <class Enum>
inline constexpr auto kNamesOf = [] {
  std::array<std::string_view, count_of<Enum>()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = name_of(static_cast<Enum>(i));
  return names;
}();

/// Sets `value` to the one with this name; returns false if there is none.
template <class Enum>
constexpr bool parse_name(std::string_view name, Enum& value) {
  for (std::size_t i = 0; i < count_of<Enum>(); ++i) {
    if (name != name_of(static_cast<Enum>(i))) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

}  // namespace vae
