#include "shared/elbo.hpp"

#include <algorithm>
#include <cmath>

namespace vae {
namespace {

/// -log p(x | logit) of one Bernoulli pixel: log(1 + e^logit) - x * logit, without overflow.
double bernoulli_cross_entropy(double logit, double x) {
  return std::max(logit, 0.0) - x * logit + std::log1p(std::exp(-std::fabs(logit)));
}

double squared_error(double mean, double x) { return (x - mean) * (x - mean); }

}  // namespace

double reconstruction_loss(Likelihood likelihood, std::span<const float> output, std::span<const float> x) {
  const auto term = likelihood == Likelihood::kBernoulli ? bernoulli_cross_entropy : squared_error;
  double sum = 0;
  for (std::size_t i = 0; i < output.size(); ++i) sum += term(output[i], x[i]);
  return sum;
}

double kl_divergence(std::span<const float> mu, std::span<const float> log_var) {
  double sum = 0;
  for (std::size_t i = 0; i < mu.size(); ++i) {
    const double m = mu[i], l = log_var[i];
    sum += 1 + l - m * m - std::exp(l);
  }
  return -sum / 2;
}

}  // namespace vae
