// e^x from additions and multiplications alone, the same bits natively, in WebAssembly and in vectors.
#pragma once

#include <cstdint>

#include "shared/base/encoding.hpp"

namespace vae {

/// e^x to two units in the last place, by Cephes' expf, for x in -87 to 88; NaN stays NaN. A float and an
/// std::int32_t, or vectors of them.
template <class Float, class Int>
[[gnu::always_inline]] inline Float exponential(Float x) {
  constexpr float kRound = 12582912;  // 1.5 * 2^23: what is added to it is rounded to a whole number
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
