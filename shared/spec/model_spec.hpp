// THE architecture. A ModelSpec says everything about a model but its weights; the presets below are the only
// place where their sizes are written down. Both interpreters, the trainer and the file reader work from it.
// It travels in a weights file as one line of words, e.g.
//   mlp image=1x28x28 latent=20 likelihood=bernoulli prior=normal
//       encoder=linear:784:400,relu decoder=linear:20:400,relu,linear:400:784
// (in one line). An encoder ends before its two heads: mu and log_var are Linear layers of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/spec/layers.hpp"

namespace vae {

enum class Likelihood {
  kBernoulli,     // the decoder ends in logits; its image is their sigmoid
  kSquaredError,  // the decoder ends in the image; a normal distribution of variance 1/2, constant left out
  kGaussian,      // the decoder ends in the mean; a second head, decoder_log_var, gives the log-variance
};

inline constexpr std::string_view kLikelihoodNames[] = {"bernoulli", "squared_error", "gaussian"};

/// What z is drawn from when no image is given.
enum class Prior {
  kNormal,   // N(0, I)
  kNone,     // a plain autoencoder: z = mu, nothing is drawn and there is no KL term
  kMixture,  // a learned mixture of normal distributions (shared/math/prior)
};

/// The log-variance of a Gaussian pixel never falls below this (standard deviation 0.03, about 8 of 255 gray
/// levels): border pixels never vary, and their density would grow without bound.
inline constexpr float kMinLogVariance = -7;

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

/// Limits that keep a hostile file from asking for hours or gigabytes.
inline constexpr int kMaxDim = 1 << 20;                                  // any one size in the model line
inline constexpr std::int64_t kMaxActivations = std::int64_t{1} << 21;   // numbers in one feature map
inline constexpr int kMaxComponents = 1 << 12;                           // of a mixture, and
inline constexpr int kMaxMixture = 1 << 18;                              // numbers in all their means
inline constexpr std::int64_t kMaxMultiplyAdds = std::int64_t{1} << 31;  // of one decoded or encoded image

/// What the encoder takes: the image, or its pixels in C,H,W order when the first layer is Linear.
constexpr Shape encoder_input(const LayerList& encoder, const Shape& image) {
  const bool flat = encoder.size() > 0 && std::holds_alternative<Linear>(encoder[0]);
  return flat ? Shape{static_cast<int>(image.size()), 1, 1} : image;
}

// ---- Presets

/// Ours: 784-400 ReLU, 20-400 ReLU-784 logits by default. `hidden` units, `latent` dimensions.
constexpr LayerList mlp_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kRelu}};
}
constexpr LayerList mlp_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kRelu}, Linear{hidden, pixels}};
}
ModelSpec mlp(Shape image = {1, 28, 28}, int hidden = 400, int latent = 20);

/// Kingma and Welling 2013: 784-500 tanh, latent-500 tanh-784 logits. For real-valued data their decoder is
/// Gaussian: with_likelihood(aevb(), Likelihood::kGaussian).
constexpr LayerList aevb_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kTanh}};
}
constexpr LayerList aevb_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, pixels}};
}
ModelSpec aevb(int latent = 2, Shape image = {1, 28, 28}, int hidden = 500);

/// Burda, Grosse and Salakhutdinov 2016, one stochastic layer: 784-200-200 tanh, latent-200-200
/// tanh-784 logits.
constexpr LayerList iwae_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, hidden},
          Activation{ActivationKind::kTanh}};
}
constexpr LayerList iwae_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, hidden},
          Activation{ActivationKind::kTanh}, Linear{hidden, pixels}};
}
ModelSpec iwae(int latent = 50, Shape image = {1, 28, 28}, int hidden = 200);

/// Ours: residual blocks (He et al. 2016, activations first) of convolutions at 14x14 and 7x7, SiLU,
/// and a mixture of `components` as prior. The last transposed convolution draws 2x2 pixels at each of
/// 14x14 places.
ModelSpec resnet(int latent = 24, int components = 100);

/// A TensorFlow tutorial's convolutional VAE, latent 8, squared error. TensorFlow's "SAME" padding: kernel 4
/// needs 1 pixel on every side at stride 2, and 1 before, 2 after at stride 1.
inline constexpr Padding kSameStride2{1, 1, 1, 1}, kSameStride1{1, 1, 2, 2};
inline constexpr Activation kLeakyRelu03{ActivationKind::kLeakyRelu, 0.3f}, kRelu{ActivationKind::kRelu};
inline constexpr LayerList kTfConvEncoder{
    Conv2d{1, 64, 4, 2, kSameStride2},
    kLeakyRelu03,
    Dropout{0.2f},
    Conv2d{64, 64, 4, 2, kSameStride2},
    kLeakyRelu03,
    Dropout{0.2f},
    Conv2d{64, 64, 4, 1, kSameStride1},
    kLeakyRelu03,
    Dropout{0.2f},
    Reshape{{3136, 1, 1}},
};
constexpr LayerList tf_conv_decoder(int latent) {
  return {
      Linear{latent, 24},
      kLeakyRelu03,
      Linear{24, 49},
      kLeakyRelu03,
      Reshape{{1, 7, 7}},
      ConvTranspose2d{1, 64, 4, 2, kSameStride2},
      kRelu,
      Dropout{0.2f},
      ConvTranspose2d{64, 64, 4, 1, kSameStride1},
      kRelu,
      Dropout{0.2f},
      ConvTranspose2d{64, 64, 4, 1, kSameStride1},
      kRelu,
      Reshape{{12544, 1, 1}},
      Linear{12544, 784},
      Activation{ActivationKind::kSigmoid},
  };
}
ModelSpec tf_conv(int latent = 8);

/// The same network for another likelihood: the decoder ends in logits for kBernoulli and in a
/// sigmoid otherwise.
ModelSpec with_likelihood(ModelSpec spec, Likelihood likelihood);

/// Every dropout layer at this rate; where there is none, one behind each hidden activation if rate > 0.
ModelSpec with_dropout(ModelSpec spec, float rate);

static_assert(first_mismatch(mlp_encoder(784, 400), {784, 1, 1}) == -1);
static_assert(output_shape(mlp_encoder(784, 400), {784, 1, 1}) == Shape{400, 1, 1});
static_assert(output_shape(mlp_decoder(784, 400, 20), {20, 1, 1}) == Shape{784, 1, 1});
static_assert(output_shape(aevb_encoder(784, 500), {784, 1, 1}) == Shape{500, 1, 1});
static_assert(output_shape(aevb_decoder(784, 500, 2), {2, 1, 1}) == Shape{784, 1, 1});
static_assert(output_shape(iwae_encoder(784, 200), {784, 1, 1}) == Shape{200, 1, 1});
static_assert(output_shape(iwae_decoder(784, 200, 50), {50, 1, 1}) == Shape{784, 1, 1});
static_assert(first_mismatch(kTfConvEncoder, {1, 28, 28}) == -1);
static_assert(output_shape(kTfConvEncoder, {1, 28, 28}) == Shape{3136, 1, 1});
static_assert(first_mismatch(tf_conv_decoder(8), {8, 1, 1}) == -1);
static_assert(output_shape(tf_conv_decoder(8), {8, 1, 1}) == Shape{784, 1, 1});

// ---- Use

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
  bool in_first = false;  // a transposed convolution's weight: (in, out, ...) rather than (out, in, ...)
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

/// Empty when the layers fit together, the image comes out again and every size is within the limits;
/// otherwise one line that names the layer.
std::string check(const ModelSpec& spec);

/// The model line and back. parse_model_spec returns only specs that pass check(); its error code is kModel.
std::string to_string(const ModelSpec& spec);
std::string to_string(const Shape& shape);  // "1x28x28": channels, height, width
Result<ModelSpec> parse_model_spec(std::string_view line);

}  // namespace vae
