// A trained VAE, ready to run: what the page, the headless module and native_eval hold.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/model_spec.hpp"
#include "shared/result.hpp"
#include "shared/sequential.hpp"
#include "shared/weights_file.hpp"

namespace vae {

/// q(z|x) = N(mu, diag(exp(log_var))) of n images; both (n, latent).
struct Posterior {
  std::vector<float> mu, log_var;
};

class Model {
 public:
  /// Reads a weights file, validates its container, model line, names, shapes and numbers, then decodes the
  /// golden sample that the trainer stored (LibTorch's own picture of one z) and compares within 1e-4. The
  /// bytes are not needed afterwards. On failure nothing changes for whatever model was in use.
  static Result<Model> load(std::span<const std::byte> file);

  const ModelSpec& spec() const { return spec_; }
  int latent() const { return spec_.latent; }
  int pixels() const { return static_cast<int>(spec_.image.size()); }

  /// Value of a metadata key (training facts: seed, epochs, test averages, ...), empty if there is none.
  std::string_view fact(std::string_view key) const;

  /// (n, pixels) in [0, 1] -> posterior. Errors: kShape when the length is not n * pixels(), kNonfinite when
  /// a pixel is NaN or infinite, kMemory.
  Result<Posterior> encode(std::span<const float> images);

  /// (n, latent) -> (n, pixels), always within [0, 1]. Latents beyond +-1e4 are taken as +-1e4. Errors:
  /// kShape, kNonfinite, kMemory, as above.
  Result<std::vector<float>> decode(std::span<const float> latents);

  /// (n, latent) -> (n, outputs(spec)), the likelihood's parameters: logits for kBernoulli, the image for
  /// kSquaredError; for kGaussian each row holds the means and then the log-variances, which are
  /// kMinLogVariance + softplus(head - kMinLogVariance).
  Result<std::vector<float>> decode_output(std::span<const float> latents);

 private:
  Model(ModelSpec spec, Metadata metadata, Floats weights, std::vector<LayerParameters> encoder,
        std::vector<LayerParameters> decoder, LayerParameters mu, LayerParameters log_var,
        std::vector<LayerParameters> log_var_decoder);
  Result<std::vector<float>> decode_means(std::span<const float> latents);  // what the decoder itself ends in

  ModelSpec spec_;
  Metadata metadata_;
  Floats weights_;  // all parameters, dequantized, in the order of parameters(spec)
  Sequential encoder_, mu_, log_var_, decoder_;
  Sequential log_var_decoder_;  // without layers unless the likelihood is Gaussian
};

}  // namespace vae
