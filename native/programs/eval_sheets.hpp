// The pictures of native_eval: a weights file on the test set, through the Eigen interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/eval/evaluate.hpp"
#include "native/figures/figures.hpp"

namespace vae {

/// The number of test images that the pictures need.
inline constexpr int kSheetImages = kOverviewInputs;

/// The source of the pictures. `evaluation` is of this model on these images.
struct Subject {
  Model& model;
  const ImageSet& test;
  Pixels pixels;
  const Evaluation& evaluation;
  std::uint64_t seed;  // of the samples
};

/// Returns the overview page as PNG; reconstructions are at z = mu, as below.
std::vector<std::byte> overview(const Subject& subject);

/// Returns "reconstructions" of the first test images, and the figures of figures.hpp. Throws Failure.
std::vector<Picture> sheets(const Subject& subject);

}  // namespace vae
