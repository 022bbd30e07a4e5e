#include "native/run/event_file.hpp"

#include <bit>
#include <cstring>
#include <map>

#include "native/figures/tile_sheet.hpp"
#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/events.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

TEST_CASE("CRC-32C has the values of RFC 3720") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
}

TEST_CASE("an event file says its version, where it starts, and what was logged") {
  TemporaryFolder folder;
  {
    EventFile file(folder.path(), 8);
    file.scalars(300, std::vector<Scalar>{{"test/kl", 25.5}, {"rate", 1e-3}});
  }
  REQUIRE(event_files(folder.path()).size() == 1);
  const std::vector<Event> events = read_events(event_files(folder.path()).front());
  REQUIRE(events.size() == 3);
  CHECK(events[0].version == "brain.Event:2");
  CHECK(events[1].step == 8);
  CHECK(events[1].session_start);
  CHECK(events[2].step == 300);
  CHECK(events[2].scalars == std::map<std::string, float>{{"test/kl", 25.5f}, {"rate", 1e-3f}});
  for (const Event& e : events) CHECK(e.wall_time > 1.7e9);  // seconds since 1970
}

TEST_CASE("an event file keeps a picture as it is, and its size") {
  TemporaryFolder folder;
  const std::vector<std::byte> png = png_sheet({{3, std::vector<float>(3 * 2 * 4, 0.5f)}}, {1, 2, 4}, 1, 0);
  EventFile file(folder.path(), 1);
  file.image(150, "samples", png);
  const Event event = read_events(event_files(folder.path()).front()).at(2);
  CHECK(event.step == 150);
  CHECK(event.tag == "samples");
  CHECK(event.width == 3 * 4 + 32);
  CHECK(event.height == 2 + 32);
  CHECK(event.colorspace == 1);
  CHECK(event.png == std::string(reinterpret_cast<const char*>(png.data()), png.size()));
}

TEST_CASE("each event file comes after those that are there, whatever the clock says") {
  TemporaryFolder folder;
  write_bytes(folder / "events.out.tfevents.4000000000.elsewhere", {});
  const EventFile first(folder.path(), 1), second(folder.path(), 1);
  const auto files = event_files(folder.path());
  REQUIRE(files.size() == 3);
  CHECK(files[1].filename().string().starts_with("events.out.tfevents.4000000001."));
  CHECK(files[2].filename().string().starts_with("events.out.tfevents.4000000002."));
}
