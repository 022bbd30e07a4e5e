// How a byte of an image becomes a pixel for the model. Random pixels are keyed by (seed, epoch, image), so
// that they depend neither on the order of images nor on the thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vae {

/// How a byte becomes a pixel.
enum class Pixels {
  kGray,         // byte / 255
  kDynamic,      // 1 with probability byte / 255, drawn anew in every epoch (Salakhutdinov and Murray 2008)
  kThreshold,    // 1 from 128 on, else 0
  kDequantized,  // (byte + u) / 256, u uniform in (0, 1), drawn anew in every epoch: a continuous density
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Pixels value) {
  switch (value) {
    case Pixels::kGray:
      return "gray";
    case Pixels::kDynamic:
      return "dynamic";
    case Pixels::kThreshold:
      return "threshold";
    case Pixels::kDequantized:
      return "dequantized";
  }
  return {};
}

/// Converts the bytes of image `index` to floats in [0, 1] for `epoch`. `bytes` and `out` have the same size.
void read_pixels(Pixels mode, std::span<const std::uint8_t> bytes, std::uint64_t seed, int epoch,
                 std::int64_t index, std::span<float> out);

/// Returns a picture (pixels) in [0, 1] as images are read that way, keyed by `seed` and the epoch of tests:
/// gray as it is, otherwise from its levels rounded to bytes.
std::vector<float> as_pixels(Pixels mode, std::span<const float> picture, std::uint64_t seed,
                             std::int64_t index);

/// The seed and epoch of random pixels in tests, whatever the run's seed.
inline constexpr std::uint64_t kTestPixelSeed = 1;
inline constexpr int kTestPixelEpoch = 0;

}  // namespace vae
