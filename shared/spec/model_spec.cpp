#include "shared/spec/model_spec.hpp"

#include "shared/base/concat.hpp"

namespace vae {
namespace {

void add_parameters(const std::string& prefix, const Layer& layer, std::vector<ParameterSpec>& all) {
  const ParameterShapes shapes = parameter_shapes(layer);
  if (shapes.weight.rank > 0) {
    all.push_back({prefix + ".weight", shapes.weight, shapes.in_first});
  }
  if (shapes.bias.rank > 0) all.push_back({prefix + ".bias", shapes.bias});
}

}  // namespace

int encoder_features(const ModelSpec& spec) {
  return output_shape(spec.encoder, encoder_input(spec.encoder, spec.image)).value_or(Shape{}).channels;
}

int last_linear(const LayerList& decoder) {
  int last = -1;
  for (int i = 0; i < decoder.size(); ++i) {
    if (std::holds_alternative<Linear>(decoder[i])) last = i;
  }
  return last;
}

LayerList log_var_decoder(const ModelSpec& spec) {
  LayerList layers;
  for (int i = 0; i <= last_linear(spec.decoder); ++i) layers.push_back(spec.decoder[i]);
  return layers;
}

int outputs(const ModelSpec& spec) {
  const int pixels = static_cast<int>(spec.image.size());
  return traits(spec.likelihood).learned_variance ? 2 * pixels : pixels;
}

std::vector<ParameterSpec> encoder_parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all;
  for (int i = 0; i < spec.encoder.size(); ++i) {
    add_parameters(concat({"encoder.", i}), spec.encoder[i], all);
  }
  const Linear head{encoder_features(spec), spec.latent};
  add_parameters("mu", head, all);
  add_parameters("log_var", head, all);
  return all;
}

std::vector<ParameterSpec> decoder_parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all;
  for (int i = 0; i < spec.decoder.size(); ++i) {
    add_parameters(concat({"decoder.", i}), spec.decoder[i], all);
  }
  if (traits(spec.likelihood).learned_variance) {
    add_parameters("decoder_log_var", spec.decoder[last_linear(spec.decoder)], all);
  }
  for (ParameterSpec& parameter : prior_parameters(spec)) all.push_back(std::move(parameter));
  return all;
}

std::vector<ParameterSpec> prior_parameters(const ModelSpec& spec) {
  if (spec.prior != Prior::kMixture) return {};
  const Dims points{2, {spec.components, spec.latent}};
  return {{"prior.mean", points}, {"prior.log_var", points}, {"prior.logit", {1, {spec.components}}}};
}

std::vector<ParameterSpec> parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all = encoder_parameters(spec);
  for (ParameterSpec& parameter : decoder_parameters(spec)) all.push_back(std::move(parameter));
  return all;
}

}  // namespace vae
