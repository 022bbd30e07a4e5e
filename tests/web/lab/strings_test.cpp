#include "web/lab/strings.hpp"

#include "tests/catch.hpp"

using namespace lab;

TEST_CASE("texts come in the language chosen, English first") {
  CHECK(language() == Language::kEnglish);
  const std::string_view english = say(Text::kPlay);
  CHECK(english == "Play");
  set_language(Language::kChinese);
  CHECK(language() == Language::kChinese);
  CHECK(say(Text::kPlay) == "播放");
  CHECK(english == "Play");
  set_language(Language::kEnglish);
  CHECK(say(Text::kPlay) == "Play");
}

TEST_CASE("values take the places of their numbers") {
  CHECK(say(Text::kSaySamples, {"36", "27"}) == "36 samples of seed 27. ");
  set_language(Language::kChinese);
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
