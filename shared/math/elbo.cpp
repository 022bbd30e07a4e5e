#include "shared/math/elbo.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace vae {
namespace {

using Array = Eigen::Map<const Eigen::ArrayXf>;

/// Pixels that are summed as floats; the sums of blocks are added as doubles.
constexpr std::ptrdiff_t kBlock = 112;

/// -log p(x | logits) of Bernoulli pixels: log(1 + e^l) - x l, where log(1 + e^l) is max(l, 0) +
/// log(1 + e^-|l|) and never overflows. The block shares one logarithm: a product of 112 factors up to 2 is
/// below 2^128.
double bernoulli_cross_entropy(const Array& logits, const Array& x) {
  const float product = (1 + (-logits.abs()).exp()).prod();
  return double{(logits.max(0.0f) - x * logits).sum()} + std::log(double{product});
}

double squared_error(const Array& mean, const Array& x) { return (x - mean).square().sum(); }

/// -log N(x; mean, exp(log_var)).
double gaussian(const Array& mean, const Array& log_var, const Array& x) {
  const float sum = (log_var + (x - mean).square() * (-log_var).exp()).sum();
  return (static_cast<double>(x.size()) * kLogTwoPi + double{sum}) / 2;
}

}  // namespace

double reconstruction_loss(Likelihood likelihood, std::span<const float> output, std::span<const float> x) {
  double sum = 0;
  for (std::ptrdiff_t at = 0; at < std::ssize(x); at += kBlock) {
    const std::ptrdiff_t n = std::min(kBlock, std::ssize(x) - at);
    const Array block(x.data() + at, n), parameters(output.data() + at, n);
    switch (likelihood) {
      case Likelihood::kBernoulli:
        sum += bernoulli_cross_entropy(parameters, block);
        break;
      case Likelihood::kSquaredError:
        sum += squared_error(parameters, block);
        break;
      case Likelihood::kGaussian:
        sum += gaussian(parameters, Array(output.data() + std::ssize(x) + at, n), block);
        break;
    }
  }
  return sum;
}

double kl_divergence(float mu, float log_var) {
  const double m = mu, l = log_var;
  return (m * m + std::exp(l) - l - 1) / 2;
}

double log_normal(float z, float mu, float log_var) {
  const double distance = double{z} - mu;
  return -(kLogTwoPi + log_var + distance * distance * std::exp(-double{log_var})) / 2;
}

double kl_divergence(std::span<const float> mu, std::span<const float> log_var) {
  double sum = 0;
  for (std::size_t i = 0; i < mu.size(); ++i) sum += kl_divergence(mu[i], log_var[i]);
  return sum;
}

double kl_divergence(const Mixture& prior, std::span<const float> mu, std::span<const float> log_var,
                     int draws, std::uint64_t seed) {
  double sum = 0;
  Rng rng(seed, Stream::kEvaluation);
  std::vector<float> z(mu.size());
  for (int k = 0; k < draws; ++k) {
    for (std::size_t d = 0; d < z.size(); ++d) {
      z[d] = mu[d] + std::exp(log_var[d] / 2) * rng.normal();
      sum += log_normal(z[d], mu[d], log_var[d]);
    }
    sum -= log_density(prior, z);
  }
  return sum / draws;
}

}  // namespace vae
