#include "shared/base/rng.hpp"

#include <cmath>
#include <limits>

#include "shared/base/elementary.hpp"

namespace vae {
namespace {

/// Finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters every bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// Evaluates the polynomial c[0] + c[1] x + ... + c[7] x^7.
double polynomial(const double (&c)[8], double x) {
  double y = c[7];
  for (int i = 6; i >= 0; --i) y = y * x + c[i];
  return y;
}

}  // namespace

Rng::Rng(std::uint64_t seed, Stream stream, std::initializer_list<std::uint64_t> key) {
  std::uint64_t h = mix(mix(seed) ^ static_cast<std::uint64_t>(stream));
  for (std::uint64_t k : key) h = mix(h ^ mix(k));
  state_ = h;
  increment_ = mix(h) | 1;
  next();
}

Rng Rng::pcg32(std::uint64_t state, std::uint64_t sequence) {
  Rng rng;
  rng.increment_ = (sequence << 1) | 1;
  rng.next();
  rng.state_ += state;
  rng.next();
  return rng;
}

std::uint32_t Rng::next() {
  const std::uint64_t old = state_;
  state_ = old * 6364136223846793005u + increment_;
  const auto shifted = static_cast<std::uint32_t>(((old >> 18) ^ old) >> 27);
  const auto rotation = static_cast<std::uint32_t>(old >> 59);
  return (shifted >> rotation) | (shifted << ((32 - rotation) & 31));
}

std::uint32_t Rng::below(std::uint32_t bound) {
  const std::uint32_t threshold = (0u - bound) % bound;  // 2^32 mod bound: reject the uneven rest
  std::uint32_t r = next();
  while (r < threshold) r = next();
  return r % bound;
}

double Rng::uniform() { return (next() + 0.5) / 4294967296.0; }

float Rng::normal() { return static_cast<float>(inverse_normal_cdf(uniform())); }

double normal_cdf(double x) {
  double low = 0, high = 1;
  for (int i = 0; i < 53; ++i) {
    const double middle = (low + high) / 2;
    (inverse_normal_cdf(middle) < x ? low : high) = middle;
  }
  return (low + high) / 2;
}

double inverse_normal_cdf(double p) {
  // Coefficients of Wichura's PPND16: the center |p - 1/2| <= 0.425, then the tails by r = sqrt(-log p).
  static constexpr double kA[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                   1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                   3.3430575583588128105e4, 2.5090809287301226727e3};
  static constexpr double kB[8] = {1.0,
                                   4.2313330701600911252e1,
                                   6.8718700749205790830e2,
                                   5.3941960214247511077e3,
                                   2.1213794301586595867e4,
                                   3.9307895800092710610e4,
                                   2.8729085735721942674e4,
                                   5.2264952788528545610e3};
  static constexpr double kC[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                   5.76949722146069140550e0,  3.64784832476320460504e0,
                                   1.27045825245236838258e0,  2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kD[8] = {1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
  static constexpr double kE[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                   1.78482653991729133580e0,  2.96560571828504891230e-1,
                                   2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kF[8] = {1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double tail = q < 0 ? p : 1 - p;
  if (!(tail >= 0)) return std::numeric_limits<double>::quiet_NaN();
  if (tail == 0)
    return q < 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  const double r = std::sqrt(-logarithm(tail));
  const double x = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                          : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -x : x;
}

}  // namespace vae
