#include "native/support/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace vae {
namespace {

/// Returns the Levenshtein distance.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (const char letter : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (letter == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(const std::string& word, std::span<const std::string> known) {
  const std::string* found = nullptr;
  std::size_t fewest = word.size() / 3 + 1;
  for (const std::string& other : known) {
    const std::size_t changes = distance(word, other);
    if (changes >= fewest) continue;
    fewest = changes;
    found = &other;
  }
  return found == nullptr ? "" : *found;
}

std::string or_nearest(const std::string& word, std::span<const std::string> known) {
  const std::string found = nearest(word, known);
  return found.empty() ? "" : "; did you mean " + found + '?';
}

}  // namespace vae
