// Images to train on in a test: a bar that stands or lies, at a random place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/base/rng.hpp"

namespace vae::testing {

/// `count` images of `size` x `size` bytes.
inline std::vector<std::uint8_t> bar_images(int count, int size, std::uint64_t seed = 1) {
  Rng rng(seed, Stream::kSample);
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < count; ++i) {
    const int at = static_cast<int>(rng.below(static_cast<std::uint32_t>(size)));
    const auto ink = static_cast<std::uint8_t>(150 + rng.below(100));
    for (int p = 0; p < size * size; ++p)
      bytes.push_back((i % 2 == 0 ? p % size : p / size) == at ? ink : std::uint8_t{0});
  }
  return bytes;
}

}  // namespace vae::testing
