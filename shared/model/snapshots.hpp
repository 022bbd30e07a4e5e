// Decoders along a training, for a slider over its time: what `native_train --snapshots` writes
// (native/train/snapshot_writer) and the page draws from. The weights container with format
// "digit-vae-snapshots": for each decoder K from 0 on the tensors K.decoder.0.weight and so on (weights in
// F16); metadata `model`, `snapshot_steps` (rising numbers with one space between), and
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

/// The tensors of decoder `k` of the file, in the order of parameters(spec); for kGaussian its
/// log-variances too.
std::vector<ParameterSpec> snapshot_parameters(const ModelSpec& spec, int k);

class Snapshots {
 public:
  /// Takes the bytes and keeps them: a decoder is made when it is asked for. Errors: those of read_weights,
  /// kModel, kNames when the tensors are not those of one decoder per step, kShape when there is no step,
  /// steps do not rise or losses are not as many, kNonfinite for a loss, kMemory.
  static Result<Snapshots> load(std::vector<std::byte> file);

  const ModelSpec& spec() const { return spec_; }
  int count() const { return static_cast<int>(steps_.size()); }
  int latent() const { return spec_.latent; }

  // Of decoder k, 0 <= k < count():
  std::int64_t step(int k) const { return steps_[static_cast<std::size_t>(k)]; }
  /// Averages over the test images after that step, in nats.
  float reconstruction(int k) const { return reconstruction_[static_cast<std::size_t>(k)]; }
  float kl(int k) const { return kl_[static_cast<std::size_t>(k)]; }

  /// (n, latent) -> (n, pixels) in [0, 1], as Model::decode does it, by decoder k. The two decoders used last
  /// are kept. Errors: kShape, also when there is no decoder k, kNonfinite, also of its weights, kMemory.
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
  std::vector<Ready> ready_;  // the one used last comes last
};

}  // namespace vae
