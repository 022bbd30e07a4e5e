// Pictures of the model in LibTorch during and after training: reconstructions of test images (z = mu) or of
// a batch, samples of the prior, and the figures of figures.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "native/config/presets.hpp"
#include "native/data/dataset.hpp"
#include "native/figures/figures.hpp"
#include "native/model/vae.hpp"
#include "native/train/trainer.hpp"

namespace vae {

/// Keeps the model, on whatever device, in evaluation mode (no dropout) while it exists.
class TrainPictures {
 public:
  /// Test images are shown as the model gets them, in `pixels`; `seed` is that of the samples.
  TrainPictures(VaeImpl& model, const ImageSet& test, Pixels pixels, std::uint64_t seed);
  ~TrainPictures();
  TrainPictures(const TrainPictures&) = delete;
  TrainPictures& operator=(const TrainPictures&) = delete;

  /// Draws "reconstructions" of the first `inputs` test images, a single one beside its input, and "samples".
  std::vector<Picture> progress(int inputs) const;
  /// Draws the same with the first `inputs` images of a batch, decoded from their sampled z.
  std::vector<Picture> progress(const Replay& batch, int inputs) const;

  /// Draws the figures of figures.hpp.
  std::vector<Picture> figures() const;

 private:
  PosteriorTensors encode(int first, int n) const;  // (n, latent) each, on the CPU
  std::vector<float> decode(std::span<const float> z) const;
  std::vector<std::byte> samples() const;

  VaeImpl& model_;
  const ImageSet& test_;
  Pixels pixels_;
  std::uint64_t seed_;
  bool was_training_;
  std::optional<Mixture> mixture_;  // of the model when the pictures are made
  Generator generator_;
};

}  // namespace vae
