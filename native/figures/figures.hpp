// The figures of a trained model that native_train and native_eval save (sheets.hpp and scatter.hpp draw
// them), from a decoder and the posterior means of test images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/figures/sheets.hpp"

namespace vae {

struct Picture {
  std::string name;  // without .png
  std::vector<std::byte> png;
};

inline constexpr std::string_view kFigures[] = {"digits",     "samples",        "manifold",
                                                "traversals", "interpolations", "scatter"};

struct FigureSource {
  Generator generator;
  std::span<const float> mu;             // (n, latent), n at least 1
  std::span<const std::uint8_t> labels;  // (n), or none
  bool prior;                            // whether z has one; without, the scatter plot has no circles
  std::uint64_t seed;                    // of the samples
};

/// Draws those of kFigures that apply: the manifold for latent 2; the scatter plot for labeled images and
/// latent >= 2, above 2 projected on the two principal axes; traversals around the first image, since in many
/// dimensions the prior's mean does not look like a digit; interpolations between the first images of
/// neighboring classes or, with fewer than two classes, between neighboring images. A plain autoencoder's
/// decodings of z ~ N(0, I) are drawn too: the contrast shows why a VAE has a prior. Throws Failure.
std::vector<Picture> figures(const FigureSource& source);

/// Returns the indices in order of falling values; ties keep their order.
std::vector<int> by_falling(std::span<const double> values);

}  // namespace vae
