// What "Bend" remembers. Part of App.
#pragma once

#include <vector>

namespace lab {

struct BendView {
  int chosen = -1;           // the dimension moved last
  int page = 0;              // of a model with more dimensions than fit
  std::vector<float> table;  // the z that the traversal starts from
};

}  // namespace lab
