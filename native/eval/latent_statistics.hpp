// What the latent space of a trained model looks like, from the posteriors of many images: where each class
// lies, along which axes the encoder spreads them, which dimensions carry information. Every run stores this
// in its weights file (shared/model/model.hpp lists the keys), so that a page can start a walk at a 3 and
// follow the widest axis without data. No LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/data/pixels.hpp"
#include "native/eval/evaluate.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// Mean and standard deviation of the aggregated posterior of each class: of z drawn from q(z|x) for a random
/// image of the class, so Var z = E[sigma^2] + Var[mu].
struct ClassAnchors {
  std::vector<int> labels;       // (classes), those that occur, rising
  std::vector<float> mean, std;  // (classes, latent)
};

/// `labels` (n) belong to the rows of `q` (n, latent).
ClassAnchors class_anchors(const Posterior& q, std::span<const std::uint8_t> labels);

inline constexpr int kAggregateImages = 10000;  // training images that anchors and axes are computed from

/// Bytes that the header of a weights file can still take.
std::size_t header_room(std::span<const std::byte> file);

/// All of it as facts of the model in whose file they go, in at most `room` bytes of header; of KL and active
/// units (those of `test`), anchors, and axes, in this order, what does not fit any more is left out whole.
/// Anchors and axes are those of 10 000 training images, drawn without replacement and always the same ones
/// (all, when there are no more). Without a prior there is no KL, and z is mu. Throws Failure when the images
/// do not have the model's size. `progress` is told the images done.
Metadata aggregate_facts(Model& model, const ImageSet& train, const Evaluation& test, Pixels pixels,
                         std::size_t room, const Progress& progress = {});

}  // namespace vae
