// What a visitor reads, in the language chosen. The texts stand in web/strings.json; web/strings.py makes
// lab_texts.hpp of them at build time, with enum class Text: "morph_play" is Text::kMorphPlay. So a text that
// is missing, in either language, does not compile. The lab's views and the hosts include this.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "lab_texts.hpp"

namespace lab {

enum class Language : int { kEnglish, kChinese };

/// English at first.
void set_language(Language language);
Language language();

/// The text, UTF-8. It stays valid whatever language comes next.
std::string_view say(Text text);
/// With values[n] for every {n}; an {n} beyond the last value stays as it is.
std::string say(Text text, std::initializer_list<std::string_view> values);

}  // namespace lab
