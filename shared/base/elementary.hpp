// Elementary functions from basic operations alone: the same bits natively, in WebAssembly and in vectors,
// and without a C library's tables, which a small module would have to carry.
#pragma once

#include <algorithm>
#include <cmath>
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

/// Returns the same for any x, clamped to that range.
inline float exponential(float x) { return exponential<float, std::int32_t>(std::clamp(x, -87.0f, 88.0f)); }

/// Returns e^x within 1e-15 of its value, 0 below x = -708; x is at most 709.
inline double exponential(double x) {
  if (x < -708) return 0;
  const double n = std::floor(x * 1.44269504088896341 + 0.5);
  const double r = (x - n * 0.693145751953125) - n * 1.42860682030941723e-6;  // ln 2 in two parts
  double series = 1;
  for (int k = 15; k >= 1; --k) series = 1 + series * r / k;
  return std::ldexp(series, static_cast<int>(n));
}

/// Returns the natural logarithm of a positive normal number within 1e-15.
inline double logarithm(double x) {
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 artanh((m - 1) / (m + 1)) as a series that ends
  // below 1e-17.
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double series = 0;
  for (int k = 21; k >= 1; k -= 2) series = series * s2 + 1.0 / k;
  return exponent * 0.69314718055994530942 + 2 * s * series;
}

/// Returns the sine of an angle from -pi to pi within 1e-15.
inline double sine(double x) {
  double series = 1;
  for (int k = 26; k >= 2; k -= 2) series = 1 - x * x * series / (k * (k + 1));
  return x * series;
}

/// Returns the angle from 0 to pi that has this cosine, by bisection.
inline double arc_cosine(double cosine) {
  constexpr double kPi = 3.14159265358979323846;
  double low = 0, high = kPi;
  for (int i = 0; i < 53; ++i) {
    const double middle = (low + high) / 2;
    (sine(kPi / 2 - middle) > cosine ? low : high) = middle;
  }
  return low;
}

}  // namespace vae
