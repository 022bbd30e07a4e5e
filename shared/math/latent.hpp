// Points in latent space: sampling the prior, and interpolation. A batch of n latents is a packed array (n,
// latent).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shared/base/rng.hpp"

namespace vae {

/// Returns sample `index` from the prior N(0, I), keyed by (seed, index): (latent). Sample i of a seed does
/// not depend on how many are drawn.
std::vector<float> sample_prior(int latent, std::uint64_t seed, std::uint64_t index = 0);

/// Returns the first `count` of these samples, (count, latent).
std::vector<float> sample_prior_sheet(int latent, std::uint64_t seed, int count);

/// Interpolates linearly: (1 - t) a + t b, exactly a at t = 0 and b at t = 1. a and b have the same size.
std::vector<float> lerp(std::span<const float> a, std::span<const float> b, float t);

/// Interpolates the direction along the great circle (Shoemake 1985) and the length linearly, which stays in
/// the shell where a Gaussian prior has its mass. Falls back to lerp where the angle is undefined: a zero
/// vector, or a and b parallel or antiparallel.
std::vector<float> slerp(std::span<const float> a, std::span<const float> b, float t);

/// Returns the generator of the noise of z ~ q(z|x) for test image `index`: the same in the trainer's own
/// test, in every importance sample and, with its seed, on the page, so that all show the same numbers.
Rng evaluation_rng(int index, std::uint64_t seed = 1);
/// Returns its first draw, (latent).
std::vector<float> evaluation_noise(int latent, int index, std::uint64_t seed = 1);

/// Returns z = mu + exp(log_var / 2) * epsilon, all of the same size (Kingma and Welling 2013, equation 10).
std::vector<float> reparameterize(std::span<const float> mu, std::span<const float> log_var,
                                  std::span<const float> epsilon);

}  // namespace vae
