// The prior p(z): N(0, I), or a mixture of normal distributions learned with the model (Tomczak and Welling
// 2018 compare such priors).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shared/base/rng.hpp"

namespace vae {

inline constexpr double kLogTwoPi = 1.8378770664093454836;

/// A mixture of K normal distributions with diagonal covariance.
struct Mixture {
  std::vector<float> mean, log_var;  // (K, latent)
  std::vector<float> weight;         // (K), sums to 1

  std::size_t components() const { return weight.size(); }
};

/// The densities of a mixture's components, for many z: what does not depend on z is computed once.
class ComponentDensities {
 public:
  explicit ComponentDensities(const Mixture& mixture);
  /// Returns log(weight * density) of each component at z, (latent) -> (K): their log-sum-exp is log p(z).
  std::vector<double> log_joint(std::span<const float> z) const;

 private:
  std::vector<double> mean_, precision_;  // (K, latent)
  std::vector<double> constant_;          // (K)
};

/// Returns log(sum exp(v)) of at least one value.
double log_sum_exp(std::span<const double> values);
/// Returns log N(z; 0, I) in nats.
double log_standard_normal(std::span<const float> z);
/// Returns log p(z) of a mixture in nats.
double log_density(const Mixture& mixture, std::span<const float> z);

/// Mean and variance of z per dimension, (latent).
struct Moments {
  std::vector<double> mean, variance;
};
/// Returns those of a mixture.
Moments moments(const Mixture& mixture);

/// Draws one z, (latent): a component with probability `weight`, then mean + temperature * std * epsilon.
/// With a label from 0 to 9, only components of that label: `labels` has a character per component, as
/// metadata component_labels has it. Returns an empty vector when no component has the label.
std::vector<float> sample(const Mixture& mixture, Rng& rng, float temperature = 1,
                          std::string_view labels = {}, int label = -1);

}  // namespace vae
