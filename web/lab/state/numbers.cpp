#include "web/lab/state/numbers.hpp"

#include <cmath>
#include <cstdint>

namespace lab {
namespace {

/// The figures of |value|, rounded to `decimals` decimals; empty for 0.
std::string figures(double value, int decimals, double most) {
  double unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const auto scaled = static_cast<std::int64_t>(std::fmin(std::fabs(value), most) * unit + 0.5);
  std::string text = std::to_string(scaled);
  const auto places = static_cast<std::size_t>(decimals);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - places, ".");
  return text;
}

bool all_zeros(const std::string& text) { return text.find_first_not_of("0.") == std::string::npos; }

}  // namespace

std::string number(double value, int decimals) {
  std::string text = figures(value, decimals, 1e9);
  return value < 0 && !all_zeros(text) ? "−" + text : text;
}

std::string decimal(double value) {
  if (!std::isfinite(value)) value = 0;
  std::string text = figures(value, 6, 1e12);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return value < 0 && !all_zeros(text) ? "-" + text : text;
}

std::optional<double> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || text.front() == '.' || text.back() == '.') return std::nullopt;
  double value = 0, unit = 0;  // of the next decimal; 0 before the point
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

}  // namespace lab
