// The lab as it is drawn: the user interface's state, the lab, and what each view remembers from frame to
// frame that no link carries. The sources of the views and of the shell include this.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "web/lab/state/lab.hpp"
#include "web/lab/ui/widgets.hpp"
#include "web/lab/views/bend/bend_view.hpp"
#include "web/lab/views/compare/compare_view.hpp"
#include "web/lab/views/draw/draw_view.hpp"
#include "web/lab/views/inside/inside_view.hpp"
#include "web/lab/views/map/map_view.hpp"
#include "web/lab/views/morph/morph_view.hpp"
#include "web/lab/views/time/time_view.hpp"

namespace lab {

struct App : Ui {
  Lab lab;

  // For the host, after a frame
  float content_height = 0;  // device pixels
  bool more = false;         // something is left to decode: draw again with the next frame
  std::string request;  // what only the host can do: "open", "png", "apng", "json", "link"; host clears it
  unsigned long atlas_rows = 0;  // rows of pictures to upload, one bit each; host clears it
  bool reveal = false;           // "layer_card" is new, and the page is to show it; host clears it

  // The frame, told by the view that is drawn
  bool unfinished = false;   // it has work of its own left for the next frame
  bool behind = false;       // an old picture stands in for one that is decoded by now: draw again at once
  bool samples = false;      // it shows samples of the seed
  std::optional<Nats> nats;  // it shows what this digit costs

  // The shell's
  int pass = 0;      // counts frames
  float scroll = 0;  // of a window, in device pixels
  bool choosing_model = false;

  // The views'
  MorphView morph;
  BendView bend;
  TimeView time;
  CompareView compare;
  MapView map;
  DrawView draw;
  InsideView inside;
  std::unordered_map<std::uint64_t, std::pair<int, std::uint64_t>> shown;  // by item: the last slot and key
};

}  // namespace lab
