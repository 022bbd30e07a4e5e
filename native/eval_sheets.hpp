// The pictures of native_eval: a weights file on the test set, through the Eigen interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "native/evaluate.hpp"
#include "native/sheets.hpp"

namespace vae {

/// Test images that the pictures start from; a set must have as many.
inline constexpr int kSheetImages = kOverviewInputs;

/// What pictures are drawn from. `evaluation` is of this model on these images.
struct Subject {
  Model& model;
  const ImageSet& test;
  Pixels pixels;
  const Evaluation& evaluation;
  std::uint64_t seed;  // of the samples
};

/// PNG of the one page about a model. As below, reconstructions are at z = mu.
std::vector<std::byte> overview(const Subject& subject);

/// Writes reconstructions.png, samples.png, manifold.png (latent 2 only), traversals.png (around z = 0, rows
/// by falling KL), interpolations.png (from one test image to the next) and scatter.png (the posterior means
/// by label; above latent 2 along their two principal axes; not for latent 1) into a folder that exists.
/// Returns the paths written. Throws Failure.
std::vector<std::string> write_sheets(const std::filesystem::path& folder, const Subject& subject);

/// Dimensions by falling KL, the first at equal KL.
std::vector<int> by_falling_kl(const Evaluation& e);

}  // namespace vae
