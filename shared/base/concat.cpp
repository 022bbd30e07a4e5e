#include "shared/base/concat.hpp"

#include <algorithm>

namespace vae {

std::string concat(std::initializer_list<TextPart> parts) {
  std::string all;
  for (const TextPart& part : parts) {
    all.append(part.text);
    if (part.sign == 0) continue;
    const auto first = static_cast<std::ptrdiff_t>(all.size());
    std::uint64_t left = part.number;
    do {
      all.push_back(static_cast<char>('0' + left % 10));
    } while ((left /= 10) > 0);
    if (part.sign < 0) all.push_back('-');
    std::reverse(all.begin() + first, all.end());
  }
  return all;
}

Error make_error(ErrorCode code, std::initializer_list<TextPart> message) { return {code, concat(message)}; }

}  // namespace vae
