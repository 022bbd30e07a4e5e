#include "shared/math/elbo.hpp"

#include <cmath>
#include <vector>

#include "tests/catch.hpp"

using namespace vae;
using Vector = std::vector<float>;

TEST_CASE("Bernoulli cross-entropy against its definition") {
  const Vector logits{-3, -0.5f, 0, 2, 5}, x{0, 0.3f, 1, 0.75f, 1};
  double expected = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = 1 / (1 + std::exp(-double{logits[i]}));
    expected -= x[i] * std::log(p) + (1 - x[i]) * std::log(1 - p);
  }
  CHECK(reconstruction_loss(Likelihood::kBernoulli, logits, x) == Approx(expected));
}

TEST_CASE("Bernoulli cross-entropy of extreme logits is finite and exact") {
  CHECK(reconstruction_loss(Likelihood::kBernoulli, Vector{1e4f}, Vector{0}) == Approx(1e4));
  CHECK(reconstruction_loss(Likelihood::kBernoulli, Vector{-1e4f}, Vector{1}) == Approx(1e4));
  CHECK(reconstruction_loss(Likelihood::kBernoulli, Vector{1e4f}, Vector{1}) == Approx(0).margin(1e-9));
}

TEST_CASE("losses of many pixels are those of the definition") {
  Vector logits, x;
  double bernoulli = 0, squares = 0, gaussian = 0;
  for (int i = 0; i < 1000; ++i) {
    const float l = 12 * std::sin(0.7f * static_cast<float>(i)), v = static_cast<float>(i % 11) / 10;
    logits.push_back(l);
    x.push_back(v);
    bernoulli += std::log1p(std::exp(double{l})) - double{v} * l;
    squares += (double{v} - l) * (double{v} - l);
    gaussian += (std::log(2 * 3.14159265358979) - 1 + (double{v} - l) * (double{v} - l) * std::exp(1.0)) / 2;
  }
  CHECK(reconstruction_loss(Likelihood::kBernoulli, logits, x) == Approx(bernoulli).epsilon(1e-6));
  CHECK(reconstruction_loss(Likelihood::kSquaredError, logits, x) == Approx(squares).epsilon(1e-6));
  logits.resize(2000, -1);
  CHECK(reconstruction_loss(Likelihood::kGaussian, logits, x) == Approx(gaussian).epsilon(1e-6));
  logits[999] = NAN;
  CHECK(std::isnan(reconstruction_loss(Likelihood::kBernoulli, logits, x)));
}

TEST_CASE("squared error is summed") {
  CHECK(reconstruction_loss(Likelihood::kSquaredError, Vector{1, 0.5f}, Vector{0, 1}) == Approx(1.25));
}

TEST_CASE("the negative log density of normal pixels; means come before log-variances") {
  const double half_log_two_pi = 0.91893853320467274178;
  CHECK(reconstruction_loss(Likelihood::kGaussian, Vector{0.5f, 0}, Vector{0.5f}) == Approx(half_log_two_pi));
  const double expected = 2 * half_log_two_pi + std::log(0.5) + 0.25 / (2 * 0.25) + std::log(3.0) + 1 / 18.0;
  CHECK(reconstruction_loss(Likelihood::kGaussian, Vector{0.5f, 2, std::log(0.25f), std::log(9.0f)},
                            Vector{1, 1}) == Approx(expected));
}

TEST_CASE("KL against the closed form of two normal distributions") {
  // KL(N(m, s^2) || N(0, 1)) = -log s + (s^2 + m^2 - 1) / 2
  const Vector mu{0, 1, -2}, log_var{0, std::log(0.25f), std::log(4.0f)};
  const double expected = 0 + (-std::log(0.5) + (0.25 + 1 - 1) / 2) + (-std::log(2.0) + (4.0 + 4 - 1) / 2);
  CHECK(kl_divergence(mu, log_var) == Approx(expected));
  CHECK(kl_divergence(Vector{0, 0}, Vector{0, 0}) == 0);
}
