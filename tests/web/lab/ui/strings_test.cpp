#include "web/lab/ui/strings.hpp"

#include <iterator>

#include "tests/catch.hpp"

using namespace lab;

TEST_CASE("texts come in the language chosen, English first") {
  CHECK(language() == Language::kEnglish);
  const std::string_view english = say(Text::kPlay);
  CHECK(english == "Play");
  set_language(Language::kChinese, kChineseTexts);
  CHECK(language() == Language::kChinese);
  CHECK(say(Text::kPlay) == "播放");
  CHECK(english == "Play");
  set_language(Language::kEnglish);
  CHECK(say(Text::kPlay) == "Play");
}

TEST_CASE("a text that the other language lacks is said in English") {
  const std::string_view half = kChineseTexts.substr(0, kChineseTexts.size() / 2);
  set_language(Language::kChinese, half);
  CHECK(say(Text{0}) == std::string_view(half.data()));
  CHECK(say(Text{std::size(kTexts) - 1}) == kTexts[std::size(kTexts) - 1]);
  set_language(Language::kChinese, kChineseTexts);
  CHECK(say(Text{std::size(kTexts) - 1}) != kTexts[std::size(kTexts) - 1]);
  set_language(Language::kEnglish);
}

TEST_CASE("values take the places of their numbers") {
  CHECK(say(Text::kSaySamples, {"36", "27"}) == "36 samples of seed 27. ");
  set_language(Language::kChinese, kChineseTexts);
  CHECK(say(Text::kSaySamples, {"36", "27"}) == "随机种子 27 的 36 个样本。");
  set_language(Language::kEnglish);
  CHECK(say(Text::kLooksLikeOnly, {"7"}) == "Looks like 7");  // at the very end
}

TEST_CASE("values are put in as they are, and what has no value stays to be seen") {
  CHECK(say(Text::kSaySamples, {"{1}", ""}) == "{1} samples of seed . ");
  CHECK(say(Text::kSaySamples, {"36"}) == "36 samples of seed {1}. ");
  CHECK(say(Text::kSaySamples, {}) == say(Text::kSaySamples));
  CHECK(say(Text::kPlay, {"unused"}) == "Play");
}
