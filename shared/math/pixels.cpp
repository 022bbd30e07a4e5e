#include "shared/math/pixels.hpp"

#include <algorithm>

#include "shared/base/rng.hpp"

namespace vae {

void read_pixels(Pixels mode, std::span<const std::uint8_t> bytes, std::uint64_t seed, int epoch,
                 std::int64_t index, std::span<float> out) {
  Rng rng(seed, Stream::kPixels, {static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(index)});
  const auto each = [&](auto&& value) { std::transform(bytes.begin(), bytes.end(), out.begin(), value); };
  switch (mode) {
    case Pixels::kGray:
      return each([](std::uint8_t b) { return static_cast<float>(b) / 255; });
    case Pixels::kDynamic:
      return each([&](std::uint8_t b) { return rng.below(255) < b ? 1.0f : 0.0f; });
    case Pixels::kThreshold:
      return each([](std::uint8_t b) { return b >= 128 ? 1.0f : 0.0f; });
    case Pixels::kDequantized:
      return each([&](std::uint8_t b) { return static_cast<float>((b + rng.uniform()) / 256); });
  }
}

std::vector<float> as_pixels(Pixels mode, std::span<const float> picture, std::uint64_t seed,
                             std::int64_t index) {
  std::vector<float> pixels(picture.begin(), picture.end());
  if (mode == Pixels::kGray) return pixels;
  std::vector<std::uint8_t> bytes;
  for (const float level : picture)
    bytes.push_back(static_cast<std::uint8_t>(255 * std::clamp(level, 0.0f, 1.0f) + 0.5f));
  read_pixels(mode, bytes, seed, kTestPixelEpoch, index, pixels);
  return pixels;
}

}  // namespace vae
