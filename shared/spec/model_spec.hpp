// THE description of a model. A ModelSpec says everything about it but its weights; both interpreters, the
// trainer and the file reader work from it. (shared/spec/architectures has those that we train, model_line
// the words that they travel as, check the limits.) An encoder ends before its two heads: mu and log_var are
// Linear layers of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/spec/layers.hpp"
#include "shared/spec/likelihood.hpp"

namespace vae {

/// What z is drawn from when no image is given.
enum class Prior {
  kNormal,   // N(0, I)
  kNone,     // a plain autoencoder: z = mu, nothing is drawn and there is no KL term
  kMixture,  // a learned mixture of normal distributions (shared/math/prior)
};

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

/// What the encoder takes: the image, or its pixels in C,H,W order when the first layer is Linear.
constexpr Shape encoder_input(const LayerList& encoder, const Shape& image) {
  const bool flat = encoder.size() > 0 && std::holds_alternative<Linear>(encoder[0]);
  return flat ? Shape{static_cast<int>(image.size()), 1, 1} : image;
}

/// Width of the encoder's last layer, which both heads take; only for a spec that check() accepts.
int encoder_features(const ModelSpec& spec);

/// Position of the decoder's last Linear layer; -1 when it has none. The log-variance head of a Gaussian
/// likelihood is a Linear layer of the same size that takes what this one takes.
int last_linear(const LayerList& decoder);

/// The decoder that gives the log-variance of a Gaussian likelihood: `decoder` up to and with its last Linear
/// layer, whose parameters are decoder_log_var's; only for a spec that check() accepts.
LayerList log_var_decoder(const ModelSpec& spec);

/// Numbers that the decoder gives for an image, the likelihood's parameters: logits or means of the pixels;
/// for kGaussian the means, then the log-variances.
int outputs(const ModelSpec& spec);

/// A parameter's name in the file and in a PyTorch state_dict, and its shape.
struct ParameterSpec {
  std::string name;
  Dims shape;
  bool in_first = false;  // as in ParameterShapes
  friend bool operator==(const ParameterSpec&, const ParameterSpec&) = default;
};

/// All parameters in file order: encoder.I.weight, encoder.I.bias, ..., mu.*, log_var.*, decoder.I.*,
/// decoder_log_var.* for a Gaussian likelihood, prior.* for a mixture; I is the position in the layer list,
/// counting activations, dropout, skips and reshapes.
std::vector<ParameterSpec> parameters(const ModelSpec& spec);
/// Its two halves, which files may hold apart (shared/model/weights_parts): up to the heads, and from the
/// decoder on.
std::vector<ParameterSpec> encoder_parameters(const ModelSpec& spec);
std::vector<ParameterSpec> decoder_parameters(const ModelSpec& spec);
/// The last of them: prior.mean and prior.log_var (components, latent), prior.logit (components), of which
/// the weights are the softmax. None unless the prior is a mixture.
std::vector<ParameterSpec> prior_parameters(const ModelSpec& spec);

}  // namespace vae
