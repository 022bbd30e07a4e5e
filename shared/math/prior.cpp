#include "shared/math/prior.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "shared/base/elementary.hpp"

namespace vae {

ComponentDensities::ComponentDensities(const Mixture& mixture)
    : mean_(mixture.mean.begin(), mixture.mean.end()) {
  const std::size_t latent = mean_.size() / mixture.components();
  for (const float log_var : mixture.log_var) precision_.push_back(exponential(-double{log_var}));
  for (std::size_t k = 0; k < mixture.components(); ++k) {
    double log_vars = 0;
    for (std::size_t d = 0; d < latent; ++d) log_vars += mixture.log_var[k * latent + d];
    constant_.push_back(logarithm(double{mixture.weight[k]}) -
                        (static_cast<double>(latent) * kLogTwoPi + log_vars) / 2);
  }
}

std::vector<double> ComponentDensities::log_joint(std::span<const float> z) const {
  std::vector<double> all = constant_;
  for (std::size_t k = 0, at = 0; k < all.size(); ++k) {
    double distance = 0;
    for (std::size_t d = 0; d < z.size(); ++d, ++at) {
      const double step = double{z[d]} - mean_[at];
      distance += step * step * precision_[at];
    }
    all[k] -= distance / 2;
  }
  return all;
}

double log_standard_normal(std::span<const float> z) {
  double sum = 0;
  for (float value : z) sum -= (kLogTwoPi + double{value} * value) / 2;
  return sum;
}

double log_sum_exp(std::span<const double> values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += exponential(value - largest);
  return largest + logarithm(sum);
}

double log_density(const Mixture& mixture, std::span<const float> z) {
  return log_sum_exp(ComponentDensities(mixture).log_joint(z));
}

Moments moments(const Mixture& mixture) {
  const std::size_t latent = mixture.mean.size() / mixture.components();
  Moments all{std::vector<double>(latent), std::vector<double>(latent)};
  for (std::size_t i = 0; i < mixture.mean.size(); ++i) {
    const double weight = mixture.weight[i / latent], mean = mixture.mean[i];
    all.mean[i % latent] += weight * mean;
    all.variance[i % latent] += weight * (exponential(double{mixture.log_var[i]}) + mean * mean);
  }
  for (std::size_t d = 0; d < latent; ++d) all.variance[d] -= all.mean[d] * all.mean[d];
  return all;
}

std::vector<float> sample(const Mixture& mixture, Rng& rng, float temperature, std::string_view labels,
                          int label) {
  const auto wanted = [&](std::size_t k) { return label < 0 || labels[k] - '0' == label; };
  if (label >= 0 && labels.size() != mixture.components()) return {};
  double all = 0;
  for (std::size_t k = 0; k < mixture.components(); ++k) all += wanted(k) ? mixture.weight[k] : 0;
  if (all == 0) return {};
  double left = rng.uniform() * all;
  std::size_t chosen = 0;
  for (std::size_t k = 0; k < mixture.components() && left > 0; ++k) {
    if (!wanted(k)) continue;
    chosen = k;
    left -= mixture.weight[k];
  }
  const std::size_t latent = mixture.mean.size() / mixture.components(), row = chosen * latent;
  std::vector<float> z(latent);
  for (std::size_t d = 0; d < latent; ++d) {
    z[d] = mixture.mean[row + d] +
           temperature * exponential<float, std::int32_t>(mixture.log_var[row + d] / 2) * rng.normal();
  }
  return z;
}

}  // namespace vae
