#include "web/lab/state/model_graph.hpp"

namespace lab {
namespace {

std::int64_t count_parameters(const vae::Layer& layer) {
  const vae::ParameterShapes shapes = vae::parameter_shapes(layer);
  return shapes.weight.count() + shapes.bias.count();
}

void add_layers(std::vector<Node>& nodes, Node::Part part, const vae::LayerList& layers, vae::Shape in) {
  for (int i = 0; i < layers.size(); ++i) {
    in = vae::output_shape(layers[i], in).value_or(in);
    nodes.push_back({part, i, &layers[i], in, count_parameters(layers[i])});
  }
}

}  // namespace

std::vector<Node> nodes_of(const vae::ModelSpec& spec) {
  const vae::Shape code{spec.latent, 1, 1};
  const vae::Linear head{vae::encoder_features(spec), spec.latent};
  std::int64_t spread = 0;  // parameters of the head for the variance of each pixel
  if (vae::traits(spec.likelihood).learned_variance) {
    spread = count_parameters(spec.decoder[vae::last_linear(spec.decoder)]);
  }
  std::vector<Node> nodes = {{Node::kImage, 0, nullptr, spec.image, 0}};
  add_layers(nodes, Node::kEncoder, spec.encoder, vae::encoder_input(spec.encoder, spec.image));
  nodes.push_back({Node::kHeads, 0, nullptr, code, 2 * count_parameters(head)});
  std::int64_t prior = 0;  // what z is drawn from, where that was learned
  for (const vae::ParameterSpec& parameter : vae::prior_parameters(spec)) prior += parameter.shape.count();
  nodes.push_back({Node::kCode, 0, nullptr, code, prior});
  add_layers(nodes, Node::kDecoder, spec.decoder, code);
  nodes.push_back({Node::kDrawn, 0, nullptr, spec.image, spread});
  return nodes;
}

std::span<const float> values_of(const Node& node, const vae::Trace& trace, std::span<const float> x,
                                 std::span<const float> z) {
  const auto index = static_cast<std::size_t>(node.index);
  switch (node.part) {
    case Node::kImage:
      return x;
    case Node::kEncoder:
      return index < trace.encoder.size() ? std::span<const float>(trace.encoder[index]) : x.first(0);
    case Node::kHeads:
      return trace.posterior.mu;
    case Node::kCode:
      return z;
    case Node::kDecoder:
      return index < trace.decoder.size() ? std::span<const float>(trace.decoder[index]) : x.first(0);
    case Node::kDrawn:
      break;
  }
  return {};
}

}  // namespace lab
