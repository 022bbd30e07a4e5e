#include "shared/math/latent.hpp"

#include <cmath>

#include "shared/base/elementary.hpp"
#include "shared/base/rng.hpp"

namespace vae {

std::vector<float> sample_prior(int latent, std::uint64_t seed, std::uint64_t index) {
  Rng rng(seed, Stream::kSample, {index});
  std::vector<float> z(static_cast<std::size_t>(latent));
  for (float& value : z) value = rng.normal();
  return z;
}

std::vector<float> sample_prior_sheet(int latent, std::uint64_t seed, int count) {
  std::vector<float> sheet;
  sheet.reserve(static_cast<std::size_t>(latent) * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const std::vector<float> z = sample_prior(latent, seed, static_cast<std::uint64_t>(i));
    sheet.insert(sheet.end(), z.begin(), z.end());
  }
  return sheet;
}

namespace {
std::vector<float> blend(std::span<const float> a, std::span<const float> b, float weight_a, float weight_b) {
  std::vector<float> z(a.size());
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = weight_a * a[i] + weight_b * b[i];
  return z;
}
}  // namespace

std::vector<float> lerp(std::span<const float> a, std::span<const float> b, float t) {
  return blend(a, b, 1 - t, t);
}

std::vector<float> slerp(std::span<const float> a, std::span<const float> b, float t) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  const double cosine = dot / std::sqrt(aa * bb);
  double weight_a = 1 - double{t}, weight_b = t;
  if (std::fabs(cosine) < 1 - 1e-6) {  // not NaN, from a zero vector
    // Direction and length apart: weights on the latents themselves would overshoot where the lengths differ.
    const double angle = arc_cosine(cosine), from = std::sqrt(aa), to = std::sqrt(bb);
    const double length = (weight_a * from + weight_b * to) / std::sqrt(1 - cosine * cosine);
    weight_a = sine(weight_a * angle) * length / from;
    weight_b = sine(weight_b * angle) * length / to;
  }
  return blend(a, b, static_cast<float>(weight_a), static_cast<float>(weight_b));
}

Rng evaluation_rng(int index, std::uint64_t seed) {
  return {seed, Stream::kEvaluation, {static_cast<std::uint64_t>(index)}};
}

std::vector<float> evaluation_noise(int latent, int index, std::uint64_t seed) {
  Rng rng = evaluation_rng(index, seed);
  std::vector<float> noise(static_cast<std::size_t>(latent));
  for (float& e : noise) e = rng.normal();
  return noise;
}

std::vector<float> reparameterize(std::span<const float> mu, std::span<const float> log_var,
                                  std::span<const float> epsilon) {
  std::vector<float> z(mu.size());
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = mu[i] + std::exp(log_var[i] / 2) * epsilon[i];
  return z;
}

}  // namespace vae
