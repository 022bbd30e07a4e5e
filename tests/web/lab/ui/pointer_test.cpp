#include "web/lab/ui/pointer.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace lab;

namespace {

/// Two items, A from 0 to 10 and B from 5 to 20, in one row; what happened to them in one frame, in letters.
std::string frame(Pointer& p, bool with_b = true) {
  std::string seen;
  const auto item = [&](char name, float x, float w) {
    const bool pressed = p.item(static_cast<std::uint64_t>(name), x, 0, w, 10);
    seen += name;
    if (p.hovered()) seen += 'h';
    if (p.started()) seen += 's';
    if (p.held()) seen += '*';
    if (p.ended()) seen += 'e';
    if (pressed) seen += '!';
  };
  p.begin_frame(8);
  item('A', 0, 10);
  if (with_b) item('B', 5, 15);
  p.end_frame();
  return seen;
}

}  // namespace

TEST_CASE("an item is pressed when the button goes down and up on it") {
  Pointer p;
  CHECK(frame(p) == "AB");
  p.move(3, 3);
  CHECK(frame(p) == "AhB");
  p.down(0);
  p.up();
  CHECK(p.waiting());
  CHECK(frame(p) == "Ahs*B");
  CHECK(p.waiting());
  CHECK(frame(p) == "Ahe!B");
  CHECK_FALSE(p.waiting());
  CHECK(frame(p) == "AhB");
}

TEST_CASE("the item that is held keeps the pointer, and is not pressed when it is let go elsewhere") {
  Pointer p;
  p.move(3, 3);
  p.down(0);
  CHECK(frame(p) == "Ahs*B");
  p.move(15, 3);
  CHECK(frame(p) == "A*B");
  CHECK(p.dx() == 12);
  p.up();
  CHECK(frame(p) == "AeBh");
}

TEST_CASE("the first of two items on one another is pressed") {
  Pointer p;
  p.move(7, 3);
  p.down(0);
  CHECK(frame(p) == "Ahs*B");
  CHECK(p.holding());
}

TEST_CASE("what was pressed where there is no item, or on one that is gone, presses none") {
  Pointer p;
  p.move(30, 3);
  p.down(0);
  CHECK(frame(p) == "AB");
  CHECK(p.clicked());
  p.move(15, 3);
  p.up();
  CHECK(frame(p) == "ABh");
  p.down(5);
  CHECK(frame(p) == "ABhs*");
  frame(p, false);
  frame(p, false);
  CHECK_FALSE(p.holding());
  p.up();
  CHECK(frame(p) == "ABh");
}

TEST_CASE("a finger that is lifted presses, and hovers no longer") {
  Pointer p;
  p.move(3, 3);
  p.down(0);
  p.up();
  p.leave();
  frame(p);
  CHECK(frame(p) == "Ahe!B");
  CHECK(frame(p) == "AB");
  CHECK_FALSE(p.there());
  p.move(9, 9);
  frame(p);
  CHECK(p.dx() == 0);  // it came from nowhere
}

TEST_CASE("the item that is held sees that the pointer was taken away before it is let go") {
  Pointer p;
  p.move(3, 3);
  p.down(0);
  frame(p);
  p.leave();
  p.up();
  CHECK(frame(p) == "A*B");
  CHECK_FALSE(p.there());
  CHECK(frame(p) == "AeB");
}

TEST_CASE("two clicks count together when they are near in time and place") {
  Pointer p;
  const auto click = [&](float x, double seconds) {
    p.move(x, 3);
    p.down(seconds);
    p.up();
    frame(p);
    frame(p);
    return p.clicks();
  };
  CHECK(click(3, 0) == 1);
  CHECK(click(5, 0.2) == 2);
  CHECK(click(5, 2) == 1);
  CHECK(click(5, 2.6) == 1);
  CHECK(click(19, 2.7) == 1);
}
