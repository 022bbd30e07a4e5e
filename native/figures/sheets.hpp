// The pictures of a trained decoder that training and evaluation save as PNG, laid out like figures 4 and 5
// of Kingma and Welling (2013). They take the decoder as a function, so that LibTorch's model and the Eigen
// interpreter draw the same sheets.
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

/// Decodes (n, latent) to (n, height * width), ink in [0, 1].
using Decoder = std::function<std::vector<float>(std::span<const float> z)>;

/// A decoder of images with one channel, and its prior.
struct Generator {
  Decoder decode;
  int latent = 0;
  Shape image;
  const Mixture* mixture = nullptr;  // the prior, where it is not N(0, I)
};

/// An interpolation between two latents, t from 0 to 1: slerp or lerp.
using Walk = std::vector<float> (*)(std::span<const float> a, std::span<const float> b, float t);

// Each returns a PNG. Each throws Failure kBadData when an array does not have the stated size or the decoder
// returns another size than expected, and kUsage when a count is not positive.

/// Draws inputs (n, pixels) above the images decoded from z (n, latent), in double rows of at most `columns`.
/// A single input is to the left of its reconstruction.
std::vector<std::byte> reconstructions_png(const Generator& g, std::span<const float> inputs,
                                           std::span<const float> z, int columns = 20);

/// Draws samples 0, 1, ... of the prior with this seed (sample_prior), row by row.
std::vector<std::byte> samples_png(const Generator& g, std::uint64_t seed, int rows, int columns,
                                   int scale = 2);

/// Draws the plane of a two-dimensional latent space without gaps between tiles: the centers of n x n equal
/// cells of the unit square, mapped by the inverse normal CDF, so that every tile has the same share of the
/// prior. z1 grows to the right, z2 upwards. Throws Failure kUsage if latent is not 2.
std::vector<std::byte> manifold_png(const Generator& g, int n = 20, int gap = 0);

/// Draws a row per dimension, which goes from -3 to 3 in `steps` equal steps, while the others stay at `z`
/// (latent), or at the prior's mean 0 if that is empty. `order` lists the dimensions from the top, counted
/// from 0, e.g. by falling KL; empty: all.
std::vector<std::byte> traversals_png(const Generator& g, std::span<const int> order = {},
                                      std::span<const float> z = {}, int steps = 13);

/// Draws interpolations from each of a (n, latent) to its partner in b (n, latent) in `steps` images, ends
/// included: a row per walk.
std::vector<std::byte> interpolations_png(const Generator& g, std::span<const float> a,
                                          std::span<const float> b, int steps = 13,
                                          const std::vector<Walk>& walks = {slerp, lerp});

inline constexpr int kOverviewInputs = 40, kOverviewSamples = 100, kOverviewStrips = 3;

/// Draws a page about a model: reconstructions, samples and slerps between the first latents, as many as the
/// constants say. Inputs (kOverviewInputs, pixels), z (kOverviewInputs, latent).
std::vector<std::byte> overview_png(const Generator& g, std::span<const float> inputs,
                                    std::span<const float> z, std::uint64_t seed);

}  // namespace vae
