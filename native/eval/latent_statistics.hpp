// Statistics of a trained model's latent space, from the posteriors of many images: where each class lies,
// the principal axes of the means, which dimensions carry information. Every run stores them in its weights
// file (shared/model/model.hpp lists the keys), so that a page can start at a 3, or follow the widest axis,
// without data. No LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/eval/evaluate.hpp"
#include "shared/math/pixels.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// The mean and standard deviation of each class's aggregated posterior: of z ~ q(z|x) for a random image of
/// the class, so Var z = E[sigma^2] + Var[mu].
struct ClassAnchors {
  std::vector<int> labels;       // (classes), those that occur, increasing
  std::vector<float> mean, std;  // (classes, latent)
};

/// Computes the anchors; `labels` (n) belong to the rows of `q` (n, latent).
ClassAnchors class_anchors(const Posterior& q, std::span<const std::uint8_t> labels);

inline constexpr int kAggregateImages = 10000;  // training images that anchors and axes are computed from

/// Returns how many bytes the header of a weights file has left.
std::size_t header_room(std::span<const std::byte> file);

/// Returns all of this as metadata for the model's file, in at most `room` bytes of header: KL and active
/// units (from `test`), anchors, axes, in this order; what does not fit is left out whole. Anchors and axes
/// are those of 10 000 training images, sampled without replacement and always the same (all, if there are
/// fewer). Without a prior there is no KL, and z is mu. Throws Failure when the images do not have the
/// model's size. `progress` receives the number of finished images.
Metadata latent_metadata(Model& model, const ImageSet& train, const Evaluation& test, Pixels pixels,
                         std::size_t room, const Progress& progress = {});

}  // namespace vae
