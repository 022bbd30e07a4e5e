// Texts in the language chosen; see strings.hpp.
#include "web/lab/strings.hpp"

#include <cstddef>

namespace lab {
namespace {

Language current = Language::kEnglish;

}  // namespace

void set_language(Language language) { current = language; }
Language language() { return current; }

std::string_view say(Text text) { return kTexts[static_cast<int>(text)][static_cast<int>(current)]; }

std::string say(Text text, std::initializer_list<std::string_view> values) {
  const std::string_view pattern = say(text);
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool mark = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}';
    const std::size_t n = mark ? static_cast<std::size_t>(pattern[i + 1]) - '0' : values.size();
    if (n < values.size()) {
      out += values.begin()[n];
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace lab
