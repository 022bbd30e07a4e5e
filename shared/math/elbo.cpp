#include "shared/math/elbo.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "shared/base/elementary.hpp"

namespace vae {
namespace {

using Array = Eigen::Map<const Eigen::ArrayXf>;

/// Pixels per block: summed in float within a block, in double across blocks.
constexpr std::ptrdiff_t kBlock = 112;

double squared_error(const Array& mean, const Array& x) { return (x - mean).square().sum(); }

/// -log N(x; mean, exp(log_var)).
double gaussian(const Array& mean, const Array& log_var, const Array& x) {
  const float sum = (log_var + (x - mean).square() * (-log_var).exp()).sum();
  return (static_cast<double>(x.size()) * kLogTwoPi + double{sum}) / 2;
}

}  // namespace

/// Pixel by pixel log(1 + e^l) - x l, where log(1 + e^l) is max(l, 0) + log(1 + e^-|l|) and never overflows.
/// A block shares one logarithm: a product of 112 factors up to 2 is below 2^128.
double bernoulli_loss(std::span<const float> logits, std::span<const float> x) {
  double sum = 0;
  float product = 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float l = logits[i];
    product *= 1 + exponential(-std::fabs(l));
    sum += double{std::max(l, 0.0f) - x[i] * l};
    if ((i + 1) % kBlock == 0 || i + 1 == x.size()) sum += logarithm(double{std::exchange(product, 1.0f)});
  }
  return sum;
}

double reconstruction_loss(Likelihood likelihood, std::span<const float> output, std::span<const float> x) {
  double sum = 0;
  for (std::ptrdiff_t at = 0; at < std::ssize(x); at += kBlock) {
    const std::ptrdiff_t n = std::min(kBlock, std::ssize(x) - at);
    const Array block(x.data() + at, n), parameters(output.data() + at, n);
    switch (likelihood) {
      case Likelihood::kBernoulli:
        return bernoulli_loss(output, x);
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
  const float variance = exponential(log_var);
  return (double{mu} * mu + double{variance} - double{log_var} - 1) / 2;
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

namespace {

/// KL(q || N_k) - log(weight_k) for every component, (K).
std::vector<double> kl_to_components(const Mixture& prior, std::span<const float> mu,
                                     std::span<const float> log_var) {
  std::vector<double> all;
  for (std::size_t k = 0, at = 0; k < prior.components(); ++k) {
    all.push_back(-std::log(double{prior.weight[k]}));
    for (std::size_t d = 0; d < mu.size(); ++d, ++at) {
      const double distance = double{mu[d]} - prior.mean[at], scale = std::exp(-double{prior.log_var[at]});
      const double log_ratio = double{log_var[d]} - prior.log_var[at];
      all[k] += (std::exp(log_ratio) - log_ratio + distance * distance * scale - 1) / 2;
    }
  }
  return all;
}

}  // namespace

double kl_divergence(const Mixture& prior, std::span<const float> mu, std::span<const float> log_var,
                     int draws, std::uint64_t seed) {
  const std::vector<double> kl = kl_to_components(prior, mu, log_var);
  const double least = *std::min_element(kl.begin(), kl.end());
  std::vector<double> share;
  for (const double nats : kl) share.push_back(std::exp(least - nats));
  const double all = std::accumulate(share.begin(), share.end(), 0.0);
  double bound = 0, rest = 0;
  for (std::size_t k = 0; k < kl.size(); ++k) {
    share[k] /= all;
    if (share[k] > 0) bound += share[k] * kl[k];
  }
  Rng rng(seed, Stream::kEvaluation);
  const ComponentDensities densities(prior);
  std::vector<float> z(mu.size());
  for (int draw = 0; draw < draws; ++draw) {
    for (std::size_t d = 0; d < z.size(); ++d) z[d] = mu[d] + std::exp(log_var[d] / 2) * rng.normal();
    const std::vector<double> joint = densities.log_joint(z);
    rest -= log_sum_exp(joint);
    for (std::size_t k = 0; k < joint.size(); ++k) {
      if (share[k] > 0) rest += share[k] * joint[k];
    }
  }
  return bound + rest / draws;
}

}  // namespace vae
