// What "Morph" remembers. Part of App.
#pragma once

namespace lab {

struct MorphView {
  int stop = 0;       // the one that is chosen
  bool real = false;  // it is to become a real digit once those are there
};

}  // namespace lab
