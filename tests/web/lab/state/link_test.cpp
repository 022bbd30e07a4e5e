// A link carries the whole state, and no text whatsoever makes a state that the lab cannot have.
#include <cmath>
#include <random>

#include "tests/catch.hpp"
#include "web/lab/state/state.hpp"

using namespace lab;

namespace {

LabState unusual() {
  LabState s;
  s.view = "map";
  s.model = "aevb";
  s.other = "tf-conv";
  s.z = {0.1f, -2.5e-8f};
  s.seed = 4294967295u;
  s.temperature = 0.75f;
  s.digit = 7;
  s.stops = {{1, 2}, {3, 4}, {5.5f, -6}};
  s.t = 1.25f;
  s.slerp = false;
  s.loop = true;
  s.ease = true;
  s.frames = 21;
  s.speed = 2;
  s.playing = true;
  s.by_use = false;
  s.axis_x = 3;
  s.axis_y = kPrincipalAxis + 1;
  s.map_x = -12.5f;
  s.map_y = 0.001f;
  s.map_zoom = 1024;
  s.hidden = 5;
  s.strokes = {{{1, 2, 3, 4}}};
  s.test_digit = 199;
  s.sampled = true;
  s.epsilon = 99;
  s.gray = true;
  s.pixel_seed = 5;
  s.snapshot = 3;
  s.compared = Compared::kLatent;
  s.layer = 2;
  return s;
}

}  // namespace

TEST_CASE("a fresh lab has the empty link, and the empty link gives a fresh lab") {
  CHECK(to_link(LabState{}).empty());
  CHECK(to_link(from_link("")).empty());
}

TEST_CASE("a link brings everything back, latents to the last bit") {
  const LabState state = unusual();
  const std::string link = to_link(state);
  const LabState read = from_link(link);
  CHECK(to_link(read) == link);
  CHECK(read.view == "map");
  CHECK(read.model == "aevb");
  CHECK(read.z == state.z);
  CHECK(read.stops == state.stops);
  CHECK(read.seed == state.seed);
  CHECK(read.t == state.t);
  CHECK(read.axis_y == state.axis_y);
  CHECK(read.map_zoom == state.map_zoom);
  CHECK(read.strokes.size() == 1);
  CHECK(read.strokes[0].xy == state.strokes[0].xy);
  for (const char c : link) {  // nothing that an address would have to escape
    INFO(link);
    CHECK((std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_.~=&").find(c) != std::string_view::npos));
  }
}

TEST_CASE("what a link says wrongly is skipped, the rest is taken") {
  const LabState read = from_link(
      "view=no_where!&seed=-1&temperature=9&digit=x&t=nan&frames=4&zoom=0&hidden=99999&z=!!&a=AAA&seed=5&"
      "playing=2&model=../../etc&other=%3Cscript%3E&loop=1&unknown=1&=&&&digit");
  LabState expected;
  expected.loop = true;
  CHECK(to_link(read) == to_link(expected));
}

TEST_CASE("what a link says wrongly is told") {
  std::vector<std::string> skipped;
  from_link("seed=-1&loop=1&vew=map&z=!!&digit&t=0.5", &skipped);
  CHECK(skipped == std::vector<std::string>{"seed=-1", "vew=map", "z=!!", "digit"});
  skipped.clear();
  const LabState state = unusual();
  CHECK(to_link(from_link(to_link(state), &skipped)) == to_link(state));
  CHECK(skipped.empty());
}

TEST_CASE("a link survives mail and chats") {
  const std::string link = "view=map&model=aevb&z=AACAPwAAAEA&zoom=2";
  for (const char* arrived :
       {"view=map&amp;model=aevb&amp;z=AACAPwAAAEA&amp;zoom=2",
        "view%3Dmap%26model%3Daevb%26z%3DAACAPwAAAEA%26zoom%3D2",
        "view%253Dmap%2526model%253Daevb%2526z%253DAACAPwAAAEA%2526zoom%253D2",
        "view=map&model=aevb&z=AACAPwAAAEA&zoom=2.", "View=Map&MODEL=aevb&z=AACAPwAAAEA&Zoom=2",
        "#view=map&model=aevb&z=AACAPwAAAEA&zoom=2),",
        "view=map&AMP;model=aevb&amp;amp;z=AACAPwAAAEA&zoom=2\xe3\x80\x82",
        " view=map&model=aevb&z=AACAPwAAAEA&zoom=2\r\n"}) {
    std::vector<std::string> skipped;
    CHECK(to_link(from_link(arrived, &skipped)) == to_link(from_link(link)));
    CHECK(skipped.empty());
  }
  CHECK(to_link(from_link(link)).find("zoom=2") != std::string::npos);
}

TEST_CASE("stops in a link are without holes") {
  const std::string z = "AACAPwAAAEA";  // 1, 2
  CHECK(from_link("a=" + z + "&b=" + z + "&d=" + z).stops.size() == 2);
  CHECK(from_link("b=" + z).stops.empty());
}

TEST_CASE("no text makes an impossible state") {
  std::mt19937 random(7);
  const std::string link = to_link(unusual());
  for (int i = 0; i < 5000; ++i) {
    std::string text = link;
    for (int k = 0; k < 5; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
    const LabState s = from_link(text);
    CHECK((s.temperature >= 0 && s.temperature <= 2));
    CHECK((s.digit >= -1 && s.digit <= 9));
    CHECK((s.frames >= 5 && s.frames <= 21));
    CHECK((s.map_zoom > 0 && std::isfinite(s.map_zoom)));
    CHECK(s.stops.size() <= kMaxStops);
    for (const float v : s.z) CHECK(std::isfinite(v));
  }
}
