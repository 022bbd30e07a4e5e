#include "shared/prior.hpp"

#include <algorithm>
#include <cmath>

namespace vae {
namespace {
constexpr double kLogTwoPi = 1.8378770664093454836;
}

std::vector<double> Mixture::log_joint(std::span<const float> z) const {
  std::vector<double> all;
  for (std::size_t k = 0, at = 0; k < components(); ++k) {
    all.push_back(std::log(double{weight[k]}));
    for (std::size_t d = 0; d < z.size(); ++d, ++at) {
      const double distance = double{z[d]} - mean[at];
      all[k] -= (kLogTwoPi + log_var[at] + distance * distance * std::exp(-double{log_var[at]})) / 2;
    }
  }
  return all;
}

double log_standard_normal(std::span<const float> z) {
  double sum = 0;
  for (float value : z) sum -= (kLogTwoPi + double{value} * value) / 2;
  return sum;
}

double log_density(const Mixture& mixture, std::span<const float> z) {
  const std::vector<double> joint = mixture.log_joint(z);
  const double largest = *std::max_element(joint.begin(), joint.end());
  double sum = 0;
  for (const double value : joint) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

std::vector<float> sample(const Mixture& mixture, Rng& rng, float temperature, std::span<const int> components) {
  const std::size_t count = components.empty() ? mixture.components() : components.size();
  const auto component = [&](std::size_t i) {
    return components.empty() ? i : static_cast<std::size_t>(components[i]);
  };
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += mixture.weight[component(i)];
  double left = rng.uniform() * sum;
  std::size_t chosen = 0;
  while (chosen + 1 < count && (left -= mixture.weight[component(chosen)]) > 0) ++chosen;
  const std::size_t latent = mixture.mean.size() / mixture.components(), row = component(chosen) * latent;
  std::vector<float> z(latent);
  for (std::size_t d = 0; d < latent; ++d) {
    z[d] = mixture.mean[row + d] + temperature * std::exp(mixture.log_var[row + d] / 2) * rng.normal();
  }
  return z;
}

}  // namespace vae
