// What LibTorch's model draws during and after training, through sheets.hpp and scatter.hpp: reconstructions
// of test images (z = mu), samples of the prior, and the figures of run_log.hpp's kFigures. A plain
// autoencoder has no prior; what it makes of z ~ N(0, I) is drawn all the same, since the contrast teaches
// why a VAE has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "native/config.hpp"
#include "native/dataset.hpp"
#include "native/sheets.hpp"
#include "native/vae.hpp"

namespace vae {

struct Picture {
  std::string name;  // without .png
  std::vector<std::byte> png;
};

/// While this lives the model, on whatever device, is in evaluation mode: dropout is off.
class TrainPictures {
 public:
  /// Test images are shown as the model sees them in `pixels`; `seed` is that of the samples.
  TrainPictures(VaeImpl& model, const ImageSet& test, Pixels pixels, std::uint64_t seed);
  ~TrainPictures();
  TrainPictures(const TrainPictures&) = delete;
  TrainPictures& operator=(const TrainPictures&) = delete;

  /// "reconstructions" of the first `inputs` test images, a single one beside its input, and "samples".
  std::vector<Picture> progress(int inputs) const;

  /// Of kFigures, those that there are: the manifold for latent 2, the scatter from 2 on, interpolations
  /// where the test set has two classes.
  std::vector<Picture> figures() const;

 private:
  PosteriorTensors encode(int first, int n) const;  // (n, latent) each, on the CPU
  std::vector<float> decode(std::span<const float> z) const;
  std::vector<std::byte> samples() const;
  std::vector<std::byte> traversals(const PosteriorTensors& q) const;
  std::vector<std::byte> interpolations(const PosteriorTensors& q) const;
  std::vector<std::byte> scatter(const PosteriorTensors& q) const;

  VaeImpl& model_;
  const ImageSet& test_;
  Pixels pixels_;
  std::uint64_t seed_;
  bool was_training_;
  Generator generator_;
};

}  // namespace vae
