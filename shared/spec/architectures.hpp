// The networks of the presets, published ones and our own, with all of their sizes. (native/config/presets
// has how each is trained.)
#pragma once

#include "shared/spec/model_spec.hpp"

namespace vae {

/// Returns the encoder of mlp().
constexpr LayerList mlp_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kRelu}};
}
/// Returns the decoder of mlp().
constexpr LayerList mlp_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kRelu}, Linear{hidden, pixels}};
}
/// Returns our own: 784-400 ReLU, 20-400 ReLU-784 logits by default. `hidden` units, `latent` dimensions.
ModelSpec mlp(Shape image = {1, 28, 28}, int hidden = 400, int latent = 20);

/// Returns the encoder of aevb().
constexpr LayerList aevb_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kTanh}};
}
/// Returns the decoder of aevb().
constexpr LayerList aevb_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, pixels}};
}
/// Returns that of Kingma and Welling 2013: 784-500 tanh, latent-500 tanh-784 logits. For real-valued data
/// their decoder is Gaussian: with_likelihood(aevb(), Likelihood::kGaussian).
ModelSpec aevb(int latent = 2, Shape image = {1, 28, 28}, int hidden = 500);

/// Returns the encoder of iwae().
constexpr LayerList iwae_encoder(int pixels, int hidden) {
  return {Linear{pixels, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, hidden},
          Activation{ActivationKind::kTanh}};
}
/// Returns the decoder of iwae().
constexpr LayerList iwae_decoder(int pixels, int hidden, int latent) {
  return {Linear{latent, hidden}, Activation{ActivationKind::kTanh}, Linear{hidden, hidden},
          Activation{ActivationKind::kTanh}, Linear{hidden, pixels}};
}
/// Returns that of Burda, Grosse and Salakhutdinov 2016 with one stochastic layer: 784-200-200 tanh,
/// latent-200-200 tanh-784 logits.
ModelSpec iwae(int latent = 50, Shape image = {1, 28, 28}, int hidden = 200);

/// Ours: residual blocks (He et al. 2016, activations first) of convolutions at 14x14 and 7x7, SiLU, and a
/// mixture of `components` as prior. The last transposed convolution makes 2x2 pixels at each of 14x14
/// places.
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
/// Returns the decoder of tf_conv().
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
/// Returns a TensorFlow tutorial's convolutional VAE.
ModelSpec tf_conv(int latent = 8);

/// Returns the network for another likelihood: without a final sigmoid where it takes logits or a Gaussian
/// pixel has a linear mean, otherwise with one.
ModelSpec with_likelihood(ModelSpec spec, Likelihood likelihood, GaussianMean mean = GaussianMean::kSigmoid);

/// Returns the network with every dropout layer at this rate. If it has none and rate > 0, adds one after
/// each hidden activation.
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

}  // namespace vae
