// What the view says of each node of the graph.
#include "web/lab/views/inside/inside.hpp"

namespace lab {
namespace {

std::string_view activation_name(const vae::Activation& a) {
  switch (a.kind) {
    case vae::ActivationKind::kRelu:
      return "ReLU";
    case vae::ActivationKind::kLeakyRelu:
      return "leaky ReLU";
    case vae::ActivationKind::kTanh:
      return "tanh";
    case vae::ActivationKind::kSigmoid:
      return "sigmoid";
    case vae::ActivationKind::kSilu:
      return "SiLU";
  }
  return {};
}

NodeTexts texts(const vae::Layer& layer) {
  const auto kernel = [](const auto& conv) {
    return say(Text::kInsideKernel, {std::to_string(conv.kernel), std::to_string(conv.stride)});
  };
  return std::visit(
      vae::Overloaded{
          [](const vae::Linear& l) -> NodeTexts {
            return {say(Text::kInsideDense), say(Text::kInsideDenseWords),
                    say(Text::kInsideInOut, {std::to_string(l.in), std::to_string(l.out)})};
          },
          [&](const vae::Conv2d& c) -> NodeTexts {
            return {say(Text::kInsideConv), say(Text::kInsideConvWords), kernel(c)};
          },
          [&](const vae::ConvTranspose2d& c) -> NodeTexts {
            return {say(Text::kInsideConvTranspose), say(Text::kInsideConvTransposeWords), kernel(c)};
          },
          [](const vae::Activation& a) -> NodeTexts {
            return {activation_name(a), say(Text::kInsideActivationWords), {}};
          },
          [](const vae::Dropout& d) -> NodeTexts {
            return {say(Text::kInsideDropout), say(Text::kInsideDropoutWords),
                    number(100 * static_cast<double>(d.rate), 0) + " %"};
          },
          [](const vae::Skip& s) -> NodeTexts {
            return {say(Text::kInsideSkip), say(Text::kInsideSkipWords), "+ " + std::to_string(s.over)};
          },
          [](const vae::Reshape& r) -> NodeTexts {
            return {say(Text::kInsideReshape), say(Text::kInsideReshapeWords), shape_words(r.to)};
          },
      },
      layer);
}

}  // namespace

NodeTexts texts(const Node& node) {
  const auto three = [](Text title, Text words, Text detail) {
    return NodeTexts{say(title), say(words), std::string(say(detail))};
  };
  switch (node.part) {
    case Node::kImage:
      return three(Text::kInsideImage, Text::kInsideImageWords, Text::kInsideInput);
    case Node::kHeads:
      return three(Text::kInsideHeads, Text::kInsideHeadsWords, Text::kInsideTwoHeads);
    case Node::kCode:
      return three(Text::kInsideCode, Text::kInsideCodeWords, Text::kInsideCurrent);
    case Node::kDrawn:
      return three(Text::kInsideDrawn, Text::kInsideDrawnWords, Text::kInsideOutput);
    case Node::kEncoder:
    case Node::kDecoder:
      break;
  }
  return texts(*node.layer);
}

std::string shape_words(const vae::Shape& shape) {
  if (shape.height == 1 && shape.width == 1) return std::to_string(shape.channels);
  return std::to_string(shape.channels) + " × " + std::to_string(shape.height) + " × " +
         std::to_string(shape.width);
}

std::string with_commas(std::int64_t count) {
  std::string figures = std::to_string(count);
  for (auto at = std::ssize(figures) - 3; at > 0; at -= 3) figures.insert(static_cast<std::size_t>(at), ",");
  return figures;
}

}  // namespace lab
