// p(z), what z is drawn from when no image is given: N(0, I), or a mixture of normal distributions that was
// learned with the model (Tomczak and Welling 2018 compare such priors).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shared/base/rng.hpp"

namespace vae {

inline constexpr double kLogTwoPi = 1.8378770664093454836;

/// A mixture of K normal distributions with diagonal covariances.
struct Mixture {
  std::vector<float> mean, log_var;  // (K, latent)
  std::vector<float> weight;         // (K), which add up to 1

  std::size_t components() const { return weight.size(); }
};

/// The densities of a mixture's components, for many z: what does not depend on z is computed once.
class ComponentDensities {
 public:
  explicit ComponentDensities(const Mixture& mixture);
  /// log of each component's weight and density at z, (latent) -> (K): their log-sum-exp is log p(z).
  std::vector<double> log_joint(std::span<const float> z) const;

 private:
  std::vector<double> mean_, precision_;  // (K, latent)
  std::vector<double> constant_;          // (K)
};

/// log(sum exp(v)); not empty.
double log_sum_exp(std::span<const double> values);
/// log N(z; 0, I), and log p(z) of a mixture, in nats.
double log_standard_normal(std::span<const float> z);
double log_density(const Mixture& mixture, std::span<const float> z);

/// Mean and variance of z in each dimension, (latent).
struct Moments {
  std::vector<double> mean, variance;
};
Moments moments(const Mixture& mixture);

/// One draw, (latent): a component in proportion to its weight, then mean + temperature * std * epsilon. With
/// a label from 0 to 9, one of its components: `labels` has a character for each, like the fact
/// component_labels. Empty where none is.
std::vector<float> sample(const Mixture& mixture, Rng& rng, float temperature = 1,
                          std::string_view labels = {}, int label = -1);

}  // namespace vae
