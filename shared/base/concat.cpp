#include "shared/base/concat.hpp"

#include <algorithm>

namespace vae {

std::string concat(std::initializer_list<Piece> pieces) {
  std::string all;
  for (const Piece& piece : pieces) {
    all.append(piece.text);
    if (piece.sign == 0) continue;
    const auto first = static_cast<std::ptrdiff_t>(all.size());
    std::uint64_t left = piece.number;
    do {
      all.push_back(static_cast<char>('0' + left % 10));
    } while ((left /= 10) > 0);
    if (piece.sign < 0) all.push_back('-');
    std::reverse(all.begin() + first, all.end());
  }
  return all;
}

}  // namespace vae
