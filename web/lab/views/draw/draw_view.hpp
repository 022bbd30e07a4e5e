// What the views that look at a drawing remember of it. Part of App.
#pragma once

#include <cstddef>
#include <cstdint>

#include "web/lab/state/encoding_cost.hpp"

namespace lab {

struct DrawView {
  bool drawing = false;        // the pen is down, and draws the last stroke
  std::size_t strokes = 0;     // of this many
  bool take = false;           // the code becomes the current digit once the pen is up
  int frame = -1;              // the last one that showed the view, and
  int decoder = -1;            // the model it showed
  Encoded encoded;             // see encoded_drawing()
  std::vector<float> picture;  // the same drawing in gray, (28 * 28)
  Nats nats;                   // of the drawing,
  std::uint64_t nats_key = 0;  // for this code of it
};

}  // namespace lab
