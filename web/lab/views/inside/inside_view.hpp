// What "Inside" remembers of the digit that it looks at. Part of App.
#pragma once

#include <cstdint>
#include <vector>

#include "web/lab/state/encoding_cost.hpp"

namespace lab {

struct InsideView {
  std::uint64_t key = 0;  // of the model, x and z
  int decoder = -1;       // the model
  std::vector<float> x;   // (28 * 28), what the encoder is given
  bool own = false;       // x is what the decoder makes of z, not a digit that somebody wrote
  vae::Trace trace;       // of x and the current z
  Nats nats;
};

}  // namespace lab
