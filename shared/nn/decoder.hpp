// A decoder with its rules for input and output. Model has one, Snapshots one per step in use. Only shared/
// includes this.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

/// Returns the number of samples in `values`, `each` numbers per sample. Errors: kShape when the length is
/// not a multiple, kNonfinite when a value is NaN or infinite; the messages call the values `what`.
Result<std::size_t> count_samples(std::span<const float> values, int each, const char* what);

/// Returns the error kMemory.
Error out_of_memory();

/// Returns latents clamped to +-1e4.
std::vector<float> clamped(std::span<const float> latents);

/// Decodes latents to images.
class ImageDecoder {
 public:
  /// `parameters`: one entry per layer of spec.decoder, which must outlive this.
  ImageDecoder(const ModelSpec& spec, std::vector<LayerParameters> parameters);

  /// Decodes (n, latent) to what the layers end in, (n, pixels): logits or means. Errors: those of
  /// count_samples, and kMemory.
  Result<std::vector<float>> means(std::span<const float> latents);

  /// Decodes (n, latent) to images (n, pixels) in [0, 1]. Errors as above.
  Result<std::vector<float>> images(std::span<const float> latents);

  /// Returns the layers alone, which do not clamp, for a trace.
  Sequential& layers() { return layers_; }

 private:
  Likelihood likelihood_;
  Sequential layers_;
};

}  // namespace vae
