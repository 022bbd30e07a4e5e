// The pictures of native_eval: a weights file on the test set, through the Eigen interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/eval/evaluate.hpp"
#include "native/figures/figures.hpp"

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

/// "reconstructions" of the first test images, and figures.hpp's figures. Throws Failure.
std::vector<Picture> sheets(const Subject& subject);

}  // namespace vae
