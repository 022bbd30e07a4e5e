// What "Compare" remembers: what the encoders made of pictures, so that nothing is encoded twice. Part of
// App.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "web/lab/state/encoding_cost.hpp"

namespace lab {

struct CompareView {
  struct Reading {
    Encoded encoded;
    std::optional<Nats> nats;  // at z = mu, once that was asked for
  };
  Reading readings[16];
  std::size_t next = 0;  // to be written over
  std::string spoken;    // the losses of both, for people who cannot see them
};

}  // namespace lab
