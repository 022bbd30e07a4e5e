// What the map remembers from frame to frame and no link carries. Part of App.
#pragma once

#include <cstdint>
#include <vector>

#include "shared/math/pixels.hpp"
#include "web/lab/state/map_plane.hpp"

namespace lab {

struct MapView {
  // The plane that is shown. It stays while the current digit moves in it, so that its pictures do.
  Plane plane;
  int axis_x = -1, axis_y = -1, decoder = -1;

  // Test digits, encoded by the model of this number in the gallery, from such pixels.
  int encoder = -1;
  vae::Pixels pixels{};
  std::uint32_t pixel_seed = 0;
  std::vector<float> mu;  // (encoded so far, latent)

  // Pictures: those of the last frame, and the ones before, which stay underneath until the new ones
  // are there.
  struct Shown {
    Cell cell;
    int slot = -1;
    std::uint64_t key = 0;
  };
  std::vector<Shown> cells, under;
  Scale scale;  // of both

  bool entered = false;  // by Enter on the canvas: arrow keys are the map's until Escape

  // The pointer
  std::vector<float> hover;  // z under it, or empty
  Spot pointer;              // the last there was, on the screen
  float moved = 0;           // while held, device pixels
  Spot before;               // the middle of the window when it was pressed
  bool holding = false;      // it holds the current digit
};

}  // namespace lab
