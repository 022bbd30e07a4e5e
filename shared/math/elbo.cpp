#include "shared/math/elbo.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "shared/base/elementary.hpp"

namespace vae {
namespace {

/// Pixels per block: summed in float within a block, in double across blocks.
constexpr std::ptrdiff_t kBlock = 112;

/// Returns the sum of loss(i) over all pixels.
template <class Loss>
double sum_over(std::span<const float> x, Loss loss) {
  double sum = 0;
  float block = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    block += loss(i);
    if ((i + 1) % kBlock == 0 || i + 1 == x.size()) sum += double{std::exchange(block, 0.0f)};
  }
  return sum;
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
  switch (likelihood) {
    case Likelihood::kBernoulli:
      return bernoulli_loss(output, x);
    case Likelihood::kSquaredError:
      return sum_over(x, [&](std::size_t i) { return (x[i] - output[i]) * (x[i] - output[i]); });
    case Likelihood::kGaussian:
      return sum_over(x, [&](std::size_t i) {
        const float log_var = output[x.size() + i], distance = x[i] - output[i];
        return (static_cast<float>(kLogTwoPi) + log_var + distance * distance * exponential(-log_var)) / 2;
      });
  }
  return 0;
}

double kl_divergence(float mu, float log_var) {
  const float variance = exponential(log_var);
  return (double{mu} * mu + double{variance} - double{log_var} - 1) / 2;
}

double log_normal(float z, float mu, float log_var) {
  const double distance = double{z} - mu;
  return -(kLogTwoPi + log_var + distance * distance * exponential(-double{log_var})) / 2;
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
    all.push_back(-logarithm(double{prior.weight[k]}));
    for (std::size_t d = 0; d < mu.size(); ++d, ++at) {
      const double distance = double{mu[d]} - prior.mean[at], scale = exponential(-double{prior.log_var[at]});
      const double log_ratio = double{log_var[d]} - prior.log_var[at];
      all[k] += (exponential(log_ratio) - log_ratio + distance * distance * scale - 1) / 2;
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
  for (const double nats : kl) share.push_back(exponential(least - nats));
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
    for (std::size_t d = 0; d < z.size(); ++d) z[d] = mu[d] + exponential(log_var[d] / 2) * rng.normal();
    const std::vector<double> joint = densities.log_joint(z);
    rest -= log_sum_exp(joint);
    for (std::size_t k = 0; k < joint.size(); ++k) {
      if (share[k] > 0) rest += share[k] * joint[k];
    }
  }
  return bound + rest / draws;
}

}  // namespace vae
