// The picture cache: each picture once, what is on the screen stays, what nobody asks for is not decoded.
#include "web/lab/state/gallery.hpp"

#include "tests/catch.hpp"

using namespace lab;

namespace {
const std::vector<float> kInk(kPixels, 0.5f);
}

TEST_CASE("a picture is asked for once, and stays when it is there") {
  Gallery gallery;
  gallery.begin_frame();
  const float a[] = {1, 2}, b[] = {1, 3};
  const int slot = gallery.decoded(0, a);
  CHECK(gallery.decoded(0, a) == slot);
  CHECK(gallery.decoded(0, b) != slot);
  CHECK(gallery.decoded(1, a) != slot);  // another model's
  REQUIRE(gallery.requests().size() == 3);
  CHECK(gallery.requests()[0].slot == slot);
  CHECK(gallery.requests()[0].z == std::vector<float>{1, 2});
  CHECK_FALSE(gallery.ready(slot));
  CHECK(gallery.pixels(slot)[0] == 0);
  gallery.fill(slot, kInk);
  gallery.begin_frame();
  CHECK(gallery.decoded(0, a) == slot);
  CHECK(gallery.ready(slot));
  CHECK(gallery.requests().empty());
  CHECK(gallery.pixels(slot)[783] == 0.5f);
}

TEST_CASE("a given picture is there at once, in the atlas too") {
  Gallery gallery;
  gallery.begin_frame();
  const int slot = gallery.given(kInk);
  CHECK(gallery.ready(slot));
  CHECK(gallery.given(kInk) == slot);
  const int x = slot % kAtlasColumns * kSide, y = slot / kAtlasColumns * kSide;
  CHECK(gallery.atlas()[y * kAtlasWidth + x] == 128);
  CHECK(gallery.take_dirty(slot / kAtlasColumns));
  CHECK_FALSE(gallery.take_dirty(slot / kAtlasColumns));
}

TEST_CASE("what was asked for and is no longer is forgotten") {
  Gallery gallery;
  const float a[] = {1};
  gallery.begin_frame();
  gallery.decoded(0, a);
  gallery.begin_frame();
  CHECK(gallery.requests().empty());
  gallery.decoded(0, a);
  CHECK(gallery.requests().size() == 1);
}

TEST_CASE("when it is full, the picture not seen for longest makes room, and none that is on the screen") {
  Gallery gallery;
  const auto ask = [&](int i) {
    const float z[] = {static_cast<float>(i)};
    return gallery.decoded(0, z);
  };
  gallery.begin_frame();
  for (int i = 0; i < kSlots; ++i) CHECK(ask(i) >= 0);
  CHECK(ask(kSlots) == -1);  // all are on the screen
  for (const Gallery::Request& request : std::vector(gallery.requests())) gallery.fill(request.slot, kInk);
  gallery.begin_frame();
  for (int i = 1; i < kSlots; ++i) CHECK(gallery.ready(ask(i)));
  const int slot = ask(kSlots);  // takes the place of 0
  REQUIRE(slot >= 0);
  CHECK_FALSE(gallery.ready(slot));
  CHECK(gallery.pixels(slot)[0] == 0);
  CHECK(ask(0) == -1);
}
