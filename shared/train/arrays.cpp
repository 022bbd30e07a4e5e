#include "shared/train/arrays.hpp"

#include <cstddef>
#include <limits>

namespace vae {

Floats allocate_arrays(std::span<const std::int64_t> counts, std::vector<float*>& places) {
  constexpr std::int64_t kLine = kCacheLine;
  const auto lines = [](std::int64_t count) { return (count + kLine - 1) / kLine; };
  std::int64_t total = 0;
  for (const std::int64_t count : counts) total += lines(count) * kLine;
  if (total > static_cast<std::int64_t>(std::numeric_limits<std::ptrdiff_t>::max() / sizeof(float)))
    return nullptr;  // where addresses have 32 bits
  Floats memory = allocate_floats(static_cast<std::size_t>(total));
  if (!memory) return memory;
  places.clear();
  float* next = memory.get();
  for (const std::int64_t count : counts) {
    places.push_back(next);
    next += lines(count) * kLine;
  }
  return memory;
}

}  // namespace vae
