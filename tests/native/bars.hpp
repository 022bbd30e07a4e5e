// Images to train on in a test: those of write_bars().
#pragma once

#include <cstdint>

#include "native/data/dataset.hpp"
#include "tests/native/temporary.hpp"

namespace vae::testing {

inline ImageData bars(std::uint32_t train = 640, std::uint32_t test = 200) {
  TemporaryFolder folder;
  write_bars(folder.path(), train, test);
  return read_image_data(folder.path(), false);
}

}  // namespace vae::testing
