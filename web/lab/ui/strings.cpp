// Texts in the language chosen; see strings.hpp.
#include "web/lab/ui/strings.hpp"

#include <cstddef>
#include <iterator>

namespace lab {
namespace {

Language current = Language::kEnglish;
const char* other[std::size(kTexts)];  // the texts of another language

}  // namespace

void set_language(Language language, std::string_view texts) {
  current = language;
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    const std::size_t end = texts.find('\0');
    other[i] = end == std::string_view::npos ? kTexts[i] : texts.data();
    texts.remove_prefix(end == std::string_view::npos ? texts.size() : end + 1);
  }
}
Language language() { return current; }

std::string_view say(Text text) {
  return (current == Language::kEnglish ? kTexts : other)[static_cast<int>(text)];
}

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
