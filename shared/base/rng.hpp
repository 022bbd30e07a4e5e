// Random numbers that are bit-identical on every platform. std::normal_distribution differs between libstdc++
// and libc++, and log and cos between C libraries; here everything is integer arithmetic, +, -, *, / and
// sqrt, which IEEE 754 defines to the last bit (compiled with -ffp-contract=off). So a seed gives the same
// digit natively and in browsers.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace vae {

/// The purpose of a stream of numbers. It is part of a generator's key, so that no two purposes share
/// numbers.
enum class Stream : std::uint64_t {
  kInit = 1,
  kShuffle,
  kNoise,
  kEvaluation,
  kSample,
  kPixels,
  kDropout,
  kReplay
};

/// PCG32 (O'Neill 2014, pcg-random.org), keyed: Rng(seed, Stream::kNoise, {epoch, step}) is an
/// independent generator for each step, so a resumed or parallel run needs no saved state.
class Rng {
 public:
  /// Makes the generator of this key; equal keys give equal numbers.
  Rng(std::uint64_t seed, Stream stream, std::initializer_list<std::uint64_t> key = {});

  /// Seeds like the reference implementation, for known-answer tests.
  static Rng pcg32(std::uint64_t state, std::uint64_t sequence);

  std::uint32_t next();                      // uniform over all 32-bit numbers
  std::uint32_t below(std::uint32_t bound);  // uniform in [0, bound), without bias; bound >= 1
  double uniform();                          // uniform in (0, 1), never 0 or 1
  float normal();                            // standard normal, |x| < 6.4

 private:
  Rng() = default;
  std::uint64_t state_ = 0, increment_ = 1;
};

/// Returns the quantile of the standard normal distribution at p in (0, 1), with a relative error of about
/// 1e-15 (algorithm AS 241, Wichura 1988). Infinite at 0 and 1, NaN outside.
double inverse_normal_cdf(double p);

/// P(X < x) of the standard normal distribution: the p whose quantile is x, found by halving. Within 1e-15.
double normal_cdf(double x);

}  // namespace vae
