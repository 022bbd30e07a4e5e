#include "shared/spec/architectures.hpp"

#include <algorithm>
#include <vector>

namespace vae {

ModelSpec mlp(Shape image, int hidden, int latent) {
  const int pixels = static_cast<int>(image.size());
  return {"mlp",
          image,
          latent,
          Likelihood::kBernoulli,
          mlp_encoder(pixels, hidden),
          mlp_decoder(pixels, hidden, latent)};
}

ModelSpec aevb(int latent, Shape image, int hidden) {
  const int pixels = static_cast<int>(image.size());
  return {"aevb",
          image,
          latent,
          Likelihood::kBernoulli,
          aevb_encoder(pixels, hidden),
          aevb_decoder(pixels, hidden, latent)};
}

ModelSpec iwae(int latent, Shape image, int hidden) {
  const int pixels = static_cast<int>(image.size());
  return {"iwae",
          image,
          latent,
          Likelihood::kBernoulli,
          iwae_encoder(pixels, hidden),
          iwae_decoder(pixels, hidden, latent)};
}

ModelSpec resnet(int latent, int components) {
  constexpr Activation silu{ActivationKind::kSilu};
  constexpr Padding same3{1, 1, 1, 1}, halve4{1, 1, 1, 1}, around6{2, 2, 2, 2};
  const auto block = [&](LayerList& layers, int channels) {
    for (int i = 0; i < 2; ++i) {
      layers.push_back(silu);
      layers.push_back(Conv2d{channels, channels, 3, 1, same3});
    }
    layers.push_back(Skip{4});
  };
  ModelSpec spec{"resnet", {1, 28, 28}, latent, Likelihood::kBernoulli, {}, {}, Prior::kMixture, components};
  spec.encoder = {Conv2d{1, 32, 4, 2, halve4}};  // 14x14
  block(spec.encoder, 32);
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Conv2d{32, 48, 4, 2, halve4});  // 7x7
  block(spec.encoder, 48);
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Conv2d{48, 48, 3, 2, same3});  // 4x4
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Reshape{{768, 1, 1}});
  spec.decoder = {Linear{latent, 2352}, Reshape{{48, 7, 7}}};
  block(spec.decoder, 48);
  spec.decoder.push_back(silu);
  spec.decoder.push_back(ConvTranspose2d{48, 32, 4, 2, halve4});  // 14x14
  block(spec.decoder, 32);
  spec.decoder.push_back(silu);
  spec.decoder.push_back(ConvTranspose2d{32, 1, 6, 2, around6});  // 28x28
  return spec;
}

ModelSpec tf_conv(int latent) {
  return {"tf-conv", {1, 28, 28}, latent, Likelihood::kSquaredError, kTfConvEncoder, tf_conv_decoder(latent)};
}

ModelSpec with_likelihood(ModelSpec spec, Likelihood likelihood, GaussianMean mean) {
  const Layer sigmoid = Activation{ActivationKind::kSigmoid};
  LayerList decoder;
  for (int i = 0; i < spec.decoder.size(); ++i) {
    if (i + 1 < spec.decoder.size() || spec.decoder[i] != sigmoid) decoder.push_back(spec.decoder[i]);
  }
  const LikelihoodTraits kind = traits(likelihood);
  if (!kind.logits && !(kind.learned_variance && mean == GaussianMean::kLinear)) decoder.push_back(sigmoid);
  spec.decoder = decoder;
  spec.likelihood = likelihood;
  return spec;
}

ModelSpec with_dropout(ModelSpec spec, float rate) {
  const auto is_dropout = [](const Layer& layer) { return std::holds_alternative<Dropout>(layer); };
  const bool has_some = std::any_of(spec.encoder.begin(), spec.encoder.end(), is_dropout) ||
                        std::any_of(spec.decoder.begin(), spec.decoder.end(), is_dropout);
  for (LayerList* part : {&spec.encoder, &spec.decoder}) {
    LayerList layers;
    std::vector<int> moved_to;  // where each layer stands now
    for (int i = 0; i < part->size(); ++i) {
      Layer layer = (*part)[i];
      moved_to.push_back(layers.size());
      if (auto* skip = std::get_if<Skip>(&layer))
        skip->over = layers.size() - moved_to[static_cast<std::size_t>(i - skip->over)];
      layers.push_back(is_dropout(layer) ? Dropout{rate} : layer);
      const bool output = part == &spec.decoder && i + 1 == part->size();
      if (!has_some && rate > 0 && std::holds_alternative<Activation>(layer) && !output) {
        layers.push_back(Dropout{rate});
      }
    }
    *part = layers;
  }
  return spec;
}

}  // namespace vae
