// Points in latent space: drawing them from the prior and walking between them. A batch of n latents is a
// packed (n, latent) array of floats.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vae {

/// Latent number `index` of the endless sheet with this seed, from the prior N(0, I). Sample i of a seed is
/// the same whatever the size of the sheet it is drawn in. Returns (latent).
std::vector<float> sample_prior(int latent, std::uint64_t seed, std::uint64_t index = 0);

/// The first `count` of them, (count, latent).
std::vector<float> sample_prior_sheet(int latent, std::uint64_t seed, int count);

/// Straight line: (1 - t) a + t b. a and b have one size; t = 0 gives a and t = 1 gives b exactly.
std::vector<float> lerp(std::span<const float> a, std::span<const float> b, float t);

/// Along the great circle (Shoemake 1985), while the length goes straight from a's to b's: keeps to the shell
/// where a Gaussian prior has its mass. Falls back to lerp where the angle is not defined (a zero vector, or
/// a and b (anti)parallel).
std::vector<float> slerp(std::span<const float> a, std::span<const float> b, float t);

/// z = mu + exp(log_var / 2) * epsilon, all of one size (Kingma and Welling 2013, equation 10).
std::vector<float> reparameterize(std::span<const float> mu, std::span<const float> log_var,
                                  std::span<const float> epsilon);

}  // namespace vae
