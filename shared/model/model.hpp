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

/// A look inside: encoder[i] is what layer i of the encoder gives, in C,H,W order; so is decoder[i].
struct Trace {
  std::vector<std::vector<float>> encoder;
  Posterior posterior;  // what the two heads make of the encoder's last output
  std::vector<std::vector<float>> decoder;
};

class Model {
 public:
  /// Reads a weights file, validates its container, model line, names, shapes and numbers, then decodes the
  /// golden sample that the trainer stored (LibTorch's own picture of one z) and compares within 1e-4. The
  /// bytes are not needed afterwards. On failure nothing changes for whatever model was in use. A file of a
  /// decoder alone (shared/model/weights_parts) is a model that draws; it needs add_encoder() to encode.
  static Result<Model> load(std::span<const std::byte> file);

  /// Reads the encoder that belongs to this decoder, which proves itself on the golden image: its mu must be
  /// golden_z within 1e-4. Errors: those of load; kNames when it is another model's, or no encoder's file.
  /// On failure the model stays as it was.
  std::optional<Error> add_encoder(std::span<const std::byte> file);
  bool has_encoder() const { return encoder_.has_value(); }

  const ModelSpec& spec() const { return spec_; }
  int latent() const { return spec_.latent; }
  int pixels() const { return static_cast<int>(spec_.image.size()); }

  /// log p(z) under the model's prior, nats; z has latent() numbers. 0 for a model without one.
  double log_prior(std::span<const float> z) const;
  /// Latent number `index` of the endless sheet with this seed, from the prior; from N(0, I) for a model
  /// without one. Sample i of a seed is the same whatever the size of the sheet it is drawn in. `temperature`
  /// scales the standard deviations. With a label from 0 on: from the mixture's components of this class
  /// (component_labels), from N(0, I) where none is.
  std::vector<float> sample_prior(std::uint64_t seed, std::uint64_t index, float temperature = 1,
                                  int label = -1) const;
  /// The prior where it is a mixture, else null.
  const Mixture* mixture() const { return mixture_.get(); }

  /// Value of a metadata key (training facts: seed, epochs, test averages, ...), empty if there is none. What
  /// the trainer knows of the latent space, as native/eval/latent_statistics computes it, is in the keys
  /// below; arrays are encode_floats', row-major. A file lacks what does not apply, is not finite or does not
  /// fit its header.
  ///   anchor_labels              the labels of the training images in rising order: "0 1 2"
  ///   anchor_mean, anchor_std    of z drawn from q(z|x) for the images of each label, (labels, latent) each
  ///   component_labels           of a mixture: a digit for each component, the label of at least 4 in 5
  ///                              of the training images whose mu it is likeliest for, or '-'
  ///   latent_mean                of mu over training images, (latent)
  ///   principal_axes             unit vectors, mu's principal axes from the widest on, (k, latent), k <= 8
  ///   principal_variances        of mu along each, (k)
  ///   test_kl_per_dimension      averages over the test images in nats, (latent); their sum is test_kl for a
  ///                              prior N(0, I), a mixture stands in for itself with its mean and variance
  ///   test_active_units          dimensions whose mu has a variance above 0.01 over the test images
  std::string_view fact(std::string_view key) const;

  /// (n, pixels) in [0, 1] -> posterior. Errors: kShape when the length is not n * pixels(), kNonfinite when
  /// a pixel is NaN or infinite, kMemory, kNames without an encoder.
  Result<Posterior> encode(std::span<const float> images);

  /// (n, latent) -> (n, pixels), always within [0, 1]. Latents beyond +-1e4 are taken as +-1e4. Errors:
  /// kShape, kNonfinite, kMemory, as above.
  Result<std::vector<float>> decode(std::span<const float> latents);

  /// (n, latent) -> (n, outputs(spec)), the likelihood's parameters: logits for kBernoulli, the image for
  /// kSquaredError; for kGaussian each row holds the means and then the log-variances, which are
  /// kMinLogVariance + softplus(head - kMinLogVariance).
  Result<std::vector<float>> decode_output(std::span<const float> latents);

  /// What every layer makes of one image, (pixels), and of one z, (latent), which need not belong together.
  /// With an empty one its half of the trace stays empty. The decoder's last output is that of its layers:
  /// logits for kBernoulli. Errors: those of encode and decode, kShape for more than one.
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
  Sequential log_var_decoder_;  // without layers unless the likelihood is Gaussian
};

}  // namespace vae
