// What a visitor reads, in the language chosen. The texts stand in web/strings.json; web/tools/strings.py
// makes lab_texts.hpp of them at build time, with enum class Text: "morph_play" is Text::kMorphPlay. So a
// text that is missing, in either language, does not compile. English is always there; the page fetches the
// Chinese texts when they are wanted, zh.txt. The lab's views and the hosts include this.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "lab_texts.hpp"

namespace lab {

enum class Language : int { kEnglish, kChinese };

extern const std::string_view kChineseTexts;  // on the desktop only: what zh.txt holds

/// English at first. `texts`: those of another language in the order of Text, each with a 0 after it; they
/// must stay. One that is missing is said in English.
void set_language(Language language, std::string_view texts = {});
Language language();

/// The text, UTF-8. It stays valid whatever language comes next.
std::string_view say(Text text);
/// With values[n] for every {n}; an {n} beyond the last value stays as it is.
std::string say(Text text, std::initializer_list<std::string_view> values);

}  // namespace lab
