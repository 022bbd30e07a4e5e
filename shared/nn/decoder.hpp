// The half of a model that draws, with the rules for what goes in and comes out: Model has one, Snapshots one
// for every step that is looked at. For shared/ alone.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

/// The number of samples in `values`, packed with `each` numbers a sample. Errors: kShape when they are not a
/// multiple, kNonfinite when one is NaN or infinite; the messages call them `what`.
Result<std::size_t> count_samples(std::span<const float> values, int each, const char* what);

/// The error kMemory.
Error out_of_memory();

/// Latents as a decoder takes them: beyond +-1e4 they are +-1e4.
std::vector<float> clamped(std::span<const float> latents);

class ImageDecoder {
 public:
  /// `parameters`: one entry per layer of spec.decoder, which must outlive this.
  ImageDecoder(const ModelSpec& spec, std::vector<LayerParameters> parameters);

  /// (n, latent) -> (n, pixels): what the layers end in, logits for kBernoulli and the image otherwise.
  /// Errors: those of count_samples, and kMemory.
  Result<std::vector<float>> means(std::span<const float> latents);

  /// (n, latent) -> (n, pixels), always within [0, 1]. Errors as above.
  Result<std::vector<float>> images(std::span<const float> latents);

  /// The layers alone, which take latents as they are: for a trace.
  Sequential& layers() { return layers_; }

 private:
  Likelihood likelihood_;
  Sequential layers_;
};

}  // namespace vae
