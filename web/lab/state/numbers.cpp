#include "web/lab/state/numbers.hpp"

namespace lab {

std::string number(double value, int decimals) {
  std::string text = vae::fixed_point(value, decimals);
  return value < 0 && text.find_first_not_of("0.") != std::string::npos ? "−" + text : text;
}

}  // namespace lab
