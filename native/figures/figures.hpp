// The figures of a trained model, as native_train and native_eval save them: what sheets.hpp and scatter.hpp
// draw, from a decoder and the posterior means of test images.
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
  bool prior;                            // does z have one? A plain autoencoder's scatter has no circles
  std::uint64_t seed;                    // of the samples
};

/// Of kFigures, those that there are: the manifold for latent 2; the scatter for labeled images from latent
/// 2 on, above 2 along the two principal axes; traversals around the first image, since in many dimensions
/// the prior's mean is no digit; interpolations between the first images of neighboring classes, or, without
/// two of them, between neighboring images. What a plain autoencoder makes of z ~ N(0, I) is drawn all the
/// same: the contrast teaches why a VAE has a prior. Throws Failure.
std::vector<Picture> figures(const FigureSource& source);

/// Indices from the largest value to the smallest, the first of equals first.
std::vector<int> by_falling(std::span<const double> values);

}  // namespace vae
