// A trained VAE, ready to run: what the page, the headless module and native_eval hold.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/math/prior.hpp"
#include "shared/nn/decoder.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

struct Parameters;

/// q(z|x) = N(mu, diag(exp(log_var))) of n images; both (n, latent).
struct Posterior {
  std::vector<float> mu, log_var;
};

/// The output of every layer for one input, in C,H,W order: encoder[i] of the encoder's layer i, decoder[i]
/// of the decoder's.
struct Trace {
  std::vector<std::vector<float>> encoder;
  Posterior posterior;  // of the two heads, which take the encoder's last output
  std::vector<std::vector<float>> decoder;
};

/// A trained model: encodes images, decodes latents, samples its prior. It owns all that it needs.
class Model {
 public:
  /// Reads a weights file: checks the container, model line, names, shapes and numbers, then decodes the
  /// golden sample that the trainer stored (LibTorch's image of one z) and compares within 1e-4. The bytes
  /// are not needed afterwards. A file with a decoder only (shared/model/weights_parts) gives a model that
  /// decodes; add_encoder() makes it encode.
  static Result<Model> load(std::span<const std::byte> file);

  /// Reads the encoder that belongs to this decoder, and checks that it encodes the golden image to golden_z
  /// within 1e-4. Errors: those of load; kNames for the file of another model or of no encoder. On failure
  /// the model stays as it was.
  std::optional<Error> add_encoder(std::span<const std::byte> file);
  /// Returns whether encode() works.
  bool has_encoder() const { return encoder_.has_value(); }

  /// Returns its description.
  const ModelSpec& spec() const { return spec_; }
  /// Returns the dimensions of the latent space.
  int latent() const { return spec_.latent; }
  /// Returns the numbers in one image: channels * height * width.
  int pixels() const { return static_cast<int>(spec_.image.size()); }

  /// Returns log p(z) under the model's prior in nats, for z (latent); 0 for a model without a prior.
  double log_prior(std::span<const float> z) const;
  /// Returns sample `index` of the prior, keyed by (seed, index), which does not depend on how many are
  /// drawn; of N(0, I) for a model without a prior. `temperature` scales the standard deviations.
  std::vector<float> sample_prior(std::uint64_t seed, std::uint64_t index, float temperature = 1) const;
  /// Returns the prior if it is a mixture, otherwise null.
  const Mixture* mixture() const { return mixture_.get(); }

  /// Returns the value of a metadata key (seed, epochs, test averages, ...), empty if there is none. The
  /// statistics of the latent space, computed by native/eval/latent_statistics, have the keys below; arrays
  /// are those of encode_floats, row-major. A value that does not apply, is not finite or does not fit the
  /// header is left out.
  ///   anchor_labels              the labels of the training images in increasing order: "0 1 2"
  ///   anchor_mean, anchor_std    of z ~ q(z|x) over the images of each label, (labels, latent) each
  ///   component_labels           of a mixture: a digit per component, the label of at least 4 in 5 of the
  ///                              images to whose mu it assigns the highest density, or '-'
  ///   latent_mean                mean of mu over training images, (latent)
  ///   principal_axes             principal axes of mu, unit vectors by falling variance, (k, latent), k <= 8
  ///   principal_variances        variance of mu along each, (k)
  ///   test_kl_per_dimension      averages over the test images in nats, (latent): to N(0, I), where their
  ///                              sum is test_kl, or to a normal distribution with a mixture's moments
  ///   test_active_units          dimensions whose mu has a variance above 0.01 over the test images
  std::string_view metadata(std::string_view key) const;

  /// Encodes images (n, pixels) in [0, 1]. Errors: kShape when the length is not a multiple of pixels(),
  /// kNonfinite when a pixel is NaN or infinite, kMemory, kNames without an encoder.
  Result<Posterior> encode(std::span<const float> images);

  /// Decodes latents (n, latent), clamped to +-1e4, to images (n, pixels) in [0, 1]. Errors: kShape,
  /// kNonfinite, kMemory, as above.
  Result<std::vector<float>> decode(std::span<const float> latents);

  /// Decodes latents (n, latent) to the likelihood's parameters, (n, outputs(spec)): logits or means, and
  /// with a learned variance the log-variances behind the means of each row: kMinLogVariance + softplus(head
  /// - kMinLogVariance).
  Result<std::vector<float>> decode_output(std::span<const float> latents);

  /// Decodes latents (n, latent) to the first (n, pixels) of them: logits or means.
  Result<std::vector<float>> decode_means(std::span<const float> latents) { return decoder_.means(latents); }

  /// Returns the output of every layer for one image, (pixels), and one z, (latent), which need not belong
  /// together. With an empty input its half of the trace stays empty. The decoder's last output is that of
  /// its last layer, e.g. logits. Errors: those of encode and decode, kShape for more than one sample.
  Result<Trace> trace(std::span<const float> image, std::span<const float> z);

 private:
  struct Encoder {
    Floats weights;  // of encoder_parameters(spec)
    Sequential layers, mu, log_var;
  };
  static Encoder make_encoder(const ModelSpec& spec, Parameters weights);
  static Result<Model> make(const ModelSpec& spec, const WeightsView& view);
  Model(ModelSpec spec, Metadata metadata, Floats weights, std::vector<LayerParameters> decoder,
        std::vector<LayerParameters> log_var_decoder);

  ModelSpec spec_;
  Metadata metadata_;
  std::optional<Encoder> encoder_;
  std::unique_ptr<const Mixture> mixture_;
  Floats weights_;  // of decoder_parameters(spec)
  ImageDecoder decoder_;
  Sequential log_var_decoder_;  // without layers unless the likelihood has a learned variance
};

}  // namespace vae
