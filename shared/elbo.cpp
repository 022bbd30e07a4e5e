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

/// -log N(x; mean, exp(log_var)).
double gaussian(double mean, double log_var, double x) {
  constexpr double kLogTwoPi = 1.8378770664093454836;
  return (kLogTwoPi + log_var + (x - mean) * (x - mean) * std::exp(-log_var)) / 2;
}

}  // namespace

double reconstruction_loss(Likelihood likelihood, std::span<const float> output, std::span<const float> x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    switch (likelihood) {
      case Likelihood::kBernoulli:
        sum += bernoulli_cross_entropy(output[i], x[i]);
        break;
      case Likelihood::kSquaredError:
        sum += squared_error(output[i], x[i]);
        break;
      case Likelihood::kGaussian:
        sum += gaussian(output[i], output[x.size() + i], x[i]);
        break;
    }
  }
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
