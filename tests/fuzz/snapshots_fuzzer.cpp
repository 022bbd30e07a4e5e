// Any bytes as a snapshots file: loads, and decodes with the first and the last decoder of what loads.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/model/snapshots.hpp"
#include "tests/fuzz/sealed_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto snapshots = vae::Snapshots::load(sealed_input(data, size));
  if (!snapshots) return 0;
  const std::vector<float> z(static_cast<std::size_t>(snapshots->latent()), 0.5f);
  for (int k : {0, snapshots->count() - 1}) {
    const auto image = snapshots->decode(k, z);
    if (!image) continue;
    for (float x : *image) {
      if (!(x >= 0 && x <= 1)) __builtin_trap();
    }
  }
  return 0;
}
