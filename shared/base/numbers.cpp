#include "shared/base/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "shared/base/concat.hpp"

namespace vae {

std::string fixed_point(double value, int decimals, double most) {
  double unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const auto scaled = static_cast<std::int64_t>(std::fmin(std::fabs(value), most) * unit + 0.5);
  std::string text = concat({scaled});
  const auto places = static_cast<std::size_t>(decimals);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - places, ".");
  return text;
}

std::string decimal(double value) {
  constexpr std::int64_t kMillion = 1'000'000;
  const double most = std::isfinite(value) ? std::min(std::fabs(value), 1e12) : 0;
  const auto scaled = static_cast<std::int64_t>(most * kMillion + 0.5);
  std::string text = concat({value < 0 && scaled > 0 ? "-" : "", scaled / kMillion});
  std::int64_t rest = scaled % kMillion;
  if (rest > 0) text += '.';
  for (std::int64_t unit = kMillion / 10; rest > 0; rest %= unit, unit /= 10) {
    text += static_cast<char>('0' + rest / unit);
  }
  return text;
}

std::optional<double> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || text.front() == '.' || text.back() == '.') return std::nullopt;
  double value = 0, unit = 0;  // unit: of the next decimal; 0 before the point
  for (const char c : text) {
    if (c == '.' && unit == 0) {
      unit = 1;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      unit *= 10;
    } else {
      return std::nullopt;
    }
  }
  if (unit > 1) value /= unit;
  return negative ? -value : value;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;  // std::from_chars is three times the code
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c) - '0';
    if (digit > 9 || value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

std::vector<std::int64_t> parse_rising(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    const std::string_view word = text.substr(0, text.find(' '));
    const auto number = parse_whole(word);
    if (!number || *number > std::numeric_limits<std::int64_t>::max()) return {};
    const auto value = static_cast<std::int64_t>(*number);
    if (!numbers.empty() && value <= numbers.back()) return {};
    numbers.push_back(value);
    if (word.size() == text.size()) return numbers;
    text.remove_prefix(word.size() + 1);
  }
}

}  // namespace vae
