// The pictures of a trained decoder, laid out like figures 4 and 5 of Kingma and Welling (2013): what
// training and evaluation save as PNG. They see the decoder as a function only, so that LibTorch's model and
// the Eigen interpreter draw the same sheets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "shared/math/latent.hpp"
#include "shared/math/prior.hpp"
#include "shared/spec/layers.hpp"

namespace vae {

/// (n, latent) -> (n, height * width), ink in [0, 1].
using Decoder = std::function<std::vector<float>(std::span<const float> z)>;

/// What draws images of one channel from latents.
struct Generator {
  Decoder decode;
  int latent = 0;
  Shape image;
  const Mixture* mixture = nullptr;  // the prior, where it is not N(0, I)
};

/// A way between two latents, t from 0 to 1: slerp or lerp.
using Walk = std::vector<float> (*)(std::span<const float> a, std::span<const float> b, float t);

// Each returns a PNG. Each throws Failure kBadData where an array has not the size stated, or the decoder
// returns another size than it was asked for, and kUsage where a count is not positive.

/// Inputs (n, pixels) above the images decoded from z (n, latent), in double rows of at most `columns`. A
/// single input stands to the left of its reconstruction.
std::vector<std::byte> reconstructions_png(const Generator& g, std::span<const float> inputs,
                                           std::span<const float> z, int columns = 20);

/// Latents 0, 1, ... of the prior's endless sheet with this seed (sample_prior), row by row.
std::vector<std::byte> samples_png(const Generator& g, std::uint64_t seed, int rows, int columns,
                                   int scale = 2);

/// The plane of a latent space of two dimensions, tile by tile without gaps: the centers of n by n equal
/// cells of the unit square through the inverse normal CDF, so that every tile has the same share of the
/// prior. z1 grows to the right, z2 upwards. Throws Failure kUsage where latent is not 2.
std::vector<std::byte> manifold_png(const Generator& g, int n = 20, int gap = 0);

/// A row for each dimension: it alone goes from -3 to 3 in `steps` equal steps, the others keep their value
/// in `z` (latent), the prior's mean 0 if empty. `order` names the dimensions to show from the top, 0 the
/// first, e.g. by falling KL; all if empty.
std::vector<std::byte> traversals_png(const Generator& g, std::span<const int> order = {},
                                      std::span<const float> z = {}, int steps = 13);

/// From each of a (n, latent) to its partner in b (n, latent) in `steps` images, ends included: a row for
/// each walk.
std::vector<std::byte> interpolations_png(const Generator& g, std::span<const float> a,
                                          std::span<const float> b, int steps = 13,
                                          const std::vector<Walk>& walks = {slerp, lerp});

inline constexpr int kOverviewInputs = 40, kOverviewSamples = 100, kOverviewStrips = 3;

/// One page about a model: reconstructions, samples and strips of slerp between z's first latents, as many as
/// the constants say. Inputs (kOverviewInputs, pixels), z (kOverviewInputs, latent).
std::vector<std::byte> overview_png(const Generator& g, std::span<const float> inputs,
                                    std::span<const float> z, std::uint64_t seed);

}  // namespace vae
