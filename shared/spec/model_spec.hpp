// The description of a model: everything but its weights. Both interpreters, the trainer and the file reader
// work from it. (shared/spec/architectures has the networks that we train, model_line the text that files
// hold, check the limits.) An encoder ends before its two heads: mu and log_var are Linear layers of their
// own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/spec/layers.hpp"
#include "shared/spec/likelihood.hpp"

namespace vae {

/// The distribution of z when no image is given.
enum class Prior {
  kNormal,   // N(0, I)
  kNone,     // a plain autoencoder: z = mu, nothing is drawn and there is no KL term
  kMixture,  // a learned mixture of normal distributions (shared/math/prior)
};

/// Returns its name in the model line.
constexpr std::string_view name_of(Prior prior) {
  switch (prior) {
    case Prior::kNormal:
      return "normal";
    case Prior::kNone:
      return "none";
    case Prior::kMixture:
      return "mixture";
  }
  return {};
}

/// A model without its weights.
struct ModelSpec {
  std::string name;  // one word: letters, digits, '-', '_', '.'
  Shape image{1, 28, 28};
  int latent = 20;
  Likelihood likelihood = Likelihood::kBernoulli;
  LayerList encoder, decoder;
  Prior prior = Prior::kNormal;
  int components = 0;  // of a kMixture prior
  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

/// Returns the encoder's input: the image, or its pixels in C,H,W order when the first layer is Linear.
constexpr Shape encoder_input(const LayerList& encoder, const Shape& image) {
  const bool flat = encoder.size() > 0 && std::holds_alternative<Linear>(encoder[0]);
  return flat ? Shape{static_cast<int>(image.size()), 1, 1} : image;
}

/// Returns the width of the encoder's last layer, which both heads take. The spec must pass check().
int encoder_features(const ModelSpec& spec);

/// Returns the index of the decoder's last Linear layer, -1 if it has none. The head of a learned variance is
/// a Linear layer of the same size and input.
int last_linear(const LayerList& decoder);

/// Returns the decoder of the log-variance: `decoder` up to and including its last Linear layer, whose
/// parameters are those of decoder_log_var. The spec must pass check().
LayerList log_var_decoder(const ModelSpec& spec);

/// Returns how many numbers the decoder gives for an image, the likelihood's parameters: the logits or means
/// of the pixels and, with a learned variance, then the log-variances.
int outputs(const ModelSpec& spec);

/// The name and shape of a parameter in the file and in a PyTorch state_dict.
struct ParameterSpec {
  std::string name;
  Dims shape;
  bool in_first = false;  // as in ParameterShapes
  friend bool operator==(const ParameterSpec&, const ParameterSpec&) = default;
};

/// Returns all parameters in file order: encoder.I.weight, encoder.I.bias, ..., mu.*, log_var.*, decoder.I.*,
/// decoder_log_var.* for a learned variance, prior.* for a mixture; I is the index in the layer list, where
/// activations, dropout, skips and reshapes count too.
std::vector<ParameterSpec> parameters(const ModelSpec& spec);
/// Returns those up to the heads, which files may hold separately (shared/model/weights_parts).
std::vector<ParameterSpec> encoder_parameters(const ModelSpec& spec);
/// Returns those from the decoder on, likewise.
std::vector<ParameterSpec> decoder_parameters(const ModelSpec& spec);
/// Returns the last of these: prior.mean and prior.log_var (components, latent), prior.logit (components),
/// whose softmax are the weights. Empty unless the prior is a mixture.
std::vector<ParameterSpec> prior_parameters(const ModelSpec& spec);

}  // namespace vae
