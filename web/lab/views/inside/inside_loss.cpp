// The loss of the model's likelihood, written out with the current digit's numbers; and the words for nodes.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/inside/inside.hpp"

namespace lab {
namespace {

std::string_view reconstruction_formula(vae::Likelihood likelihood) {
  switch (likelihood) {
    case vae::Likelihood::kBernoulli:
      return say(Text::kInsideBernoulli);
    case vae::Likelihood::kSquaredError:
      return say(Text::kInsideSquaredError);
    case vae::Likelihood::kGaussian:
      return say(Text::kInsideGaussian);
  }
  return {};
}

std::string_view reconstruction_words(vae::Likelihood likelihood) {
  switch (likelihood) {
    case vae::Likelihood::kBernoulli:
      return say(Text::kInsideBernoulliWords);
    case vae::Likelihood::kSquaredError:
      return say(Text::kInsideSquaredErrorWords);
    case vae::Likelihood::kGaussian:
      return say(Text::kInsideGaussianWords);
  }
  return {};
}

/// A term: its name and number, its formula, what that means. Returns the height.
float term(App& app, float x, float y, float width, ImU32 color, std::string_view name, double nats,
           std::string_view formula, std::string_view words) {
  const Theme& c = colors(app);
  const float top = y, line = u(app, 22), bar = u(app, 3), left = x + u(app, 14);
  text(app.fonts.strong, c.text, {left, y, width, line}, name);
  text(app.fonts.strong, c.text, {x, y, width, line}, say(Text::kNats, {number(nats, 2)}), Align::kRight);
  y += line + u(app, 4);
  if (!formula.empty())
    y += paragraph(app.fonts.body, c.text, left, y, x + width - left, formula) + u(app, 4);
  y += paragraph(app.fonts.small, c.muted, left, y, x + width - left, words);
  draw_list().AddRectFilled({x, top + u(app, 3)}, {x + bar, y}, color, bar / 2);
  return y - top;
}

}  // namespace

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

std::string_view node_title(const Node& node) {
  switch (node.part) {
    case Node::kImage:
      return say(Text::kInsideImage);
    case Node::kHeads:
      return say(Text::kInsideHeads);
    case Node::kCode:
      return say(Text::kInsideCode);
    case Node::kDrawn:
      return say(Text::kInsideDrawn);
    case Node::kEncoder:
    case Node::kDecoder:
      break;
  }
  return std::visit(vae::Overloaded{
                        [](const vae::Linear&) { return say(Text::kInsideDense); },
                        [](const vae::Conv2d&) { return say(Text::kInsideConv); },
                        [](const vae::ConvTranspose2d&) { return say(Text::kInsideConvTranspose); },
                        [](const vae::Activation& a) {
                          static constexpr std::string_view kNames[] = {"ReLU", "leaky ReLU", "tanh",
                                                                        "sigmoid", "SiLU"};
                          return kNames[static_cast<int>(a.kind)];
                        },
                        [](const vae::Dropout&) { return say(Text::kInsideDropout); },
                        [](const vae::Skip&) { return say(Text::kInsideSkip); },
                        [](const vae::Reshape&) { return say(Text::kInsideReshape); },
                    },
                    *node.layer);
}

std::string_view node_words(const Node& node) {
  switch (node.part) {
    case Node::kImage:
      return say(Text::kInsideImageWords);
    case Node::kHeads:
      return say(Text::kInsideHeadsWords);
    case Node::kCode:
      return say(Text::kInsideCodeWords);
    case Node::kDrawn:
      return say(Text::kInsideDrawnWords);
    case Node::kEncoder:
    case Node::kDecoder:
      break;
  }
  return std::visit(vae::Overloaded{
                        [](const vae::Linear&) { return say(Text::kInsideDenseWords); },
                        [](const vae::Conv2d&) { return say(Text::kInsideConvWords); },
                        [](const vae::ConvTranspose2d&) { return say(Text::kInsideConvTransposeWords); },
                        [](const vae::Activation&) { return say(Text::kInsideActivationWords); },
                        [](const vae::Dropout&) { return say(Text::kInsideDropoutWords); },
                        [](const vae::Skip&) { return say(Text::kInsideSkipWords); },
                        [](const vae::Reshape&) { return say(Text::kInsideReshapeWords); },
                    },
                    *node.layer);
}

float loss_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const vae::ModelSpec& spec = app.lab.current()->model.spec();
  const bool prior = spec.prior != vae::Prior::kNone;
  const Nats& nats = app.inside.nats;
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y, gap = u(app, 16);
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kInsideLoss),
              say(prior ? Text::kInsideLossLine : Text::kInsideLossPlain)) +
      gap;
  if (app.inside.own) {
    y += paragraph(app.fonts.small, c.muted, x, y, inner, say(Text::kInsideOwnPicture)) + gap;
  }
  y += term(app, x, y, inner, c.text, say(Text::kInsideReconstruction), nats.reconstruction,
            reconstruction_formula(spec.likelihood), reconstruction_words(spec.likelihood)) +
       gap;
  if (prior) {
    const bool mixture = spec.prior == vae::Prior::kMixture;
    y += term(app, x, y, inner, c.accent[kAccentZ], say(mixture ? Text::kInsideKlMixture : Text::kInsideKl),
              nats.kl, say(mixture ? Text::kInsideKlMixtureFormula : Text::kInsideKlFormula),
              say(Text::kInsideKlWords)) +
         gap;
    const std::string sum = say(Text::kInsideSum, {number(nats.reconstruction, 2), number(nats.kl, 2)});
    y += term(app, x, y, inner, c.muted, say(Text::kInsideTotal), nats.total(), sum,
              say(Text::kInsideTotalWords));
  }
  return y + padding - top;
}

}  // namespace lab
