// e^x from additions and multiplications only: bit-identical natively, in WebAssembly and in vector
// registers.
#pragma once

#include <cstdint>

#include "shared/base/encoding.hpp"

namespace vae {

/// Returns e^x within two units in the last place (Cephes' expf) for x from -87 to 88; NaN stays NaN. Float
/// and Int are float and std::int32_t, or vectors of them.
template <class Float, class Int>
[[gnu::always_inline]] inline Float exponential(Float x) {
  constexpr float kRound = 12582912;  // 1.5 * 2^23: adding it rounds to an integer
  const Float shifted = x * 1.44269504f + kRound, n = shifted - kRound;  // of ln 2
  const Float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * bit_cast<Float>((bit_cast<Int>(shifted) << 23) + (127 << 23));
}

}  // namespace vae
