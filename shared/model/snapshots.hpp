// Decoders saved during training, for a slider over time: `native_train --snapshots` writes them
// (native/train/snapshot_writer), the page draws from them. The weights container with the format
// "digit-vae-snapshots": for each decoder K from 0 on the tensors K.decoder.0.weight and so on (weights in
// F16); metadata `model`, `snapshot_steps` (increasing integers, separated by one space), and
// `snapshot_reconstruction` and `snapshot_kl`, a test loss for each as base64 of little-endian F32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/nn/decoder.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

inline constexpr FileLimits kSnapshotLimits{"digit-vae-snapshots", std::size_t{64} << 20, 1024};

/// Returns the tensors of decoder `k` in the file, in the order of parameters(spec), including the
/// log-variance head if there is one.
std::vector<ParameterSpec> snapshot_parameters(const ModelSpec& spec, int k);

/// The decoders of one training, in the order of its steps.
class Snapshots {
 public:
  /// Takes ownership of the bytes; decoders are made on demand. Errors: those of read_weights; kModel; kNames
  /// when the tensors are not those of one decoder per step; kShape when there is no step, steps do not
  /// increase or the number of losses differs; kNonfinite for a loss; kMemory.
  static Result<Snapshots> load(std::vector<std::byte> file);

  const ModelSpec& spec() const { return spec_; }
  int count() const { return static_cast<int>(steps_.size()); }
  int latent() const { return spec_.latent; }

  // Of decoder k, 0 <= k < count():
  std::int64_t step(int k) const { return steps_[static_cast<std::size_t>(k)]; }
  /// Test losses after that step, in nats, averaged over the images.
  float reconstruction(int k) const { return reconstruction_[static_cast<std::size_t>(k)]; }
  float kl(int k) const { return kl_[static_cast<std::size_t>(k)]; }

  /// Decodes (n, latent) to (n, pixels) in [0, 1], like Model::decode, with decoder k. Keeps the two decoders
  /// used last. Errors: kShape, also when there is no decoder k; kNonfinite, also for its weights; kMemory.
  Result<std::vector<float>> decode(int k, std::span<const float> latents);

 private:
  struct Ready {
    int k;
    Floats weights;
    ImageDecoder decoder;  // points into weights
  };

  Snapshots() = default;
  Result<ImageDecoder*> ready(int k);

  std::vector<std::byte> file_;
  WeightsView view_;  // points into file_
  ModelSpec spec_;
  std::vector<std::int64_t> steps_;
  std::vector<float> reconstruction_, kl_;
  std::vector<Ready> ready_;  // by last use, the latest at the end
};

}  // namespace vae
