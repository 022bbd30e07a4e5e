// What "Time" remembers. Part of App.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace lab {

struct TimeView {
  bool playing = false;
  bool complete = false;  // every picture of this snapshot was there in the last frame
  std::vector<std::pair<int, std::uint64_t>> map;  // slots and keys of the last moment whose map was complete
  float waited = 0;                                // how long it has shown this snapshot, in seconds
};

}  // namespace lab
