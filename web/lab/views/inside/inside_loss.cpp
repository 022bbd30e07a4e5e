// The loss of the model's likelihood, written out with the current digit's numbers.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/ui/likelihood_texts.hpp"
#include "web/lab/ui/pixels_texts.hpp"
#include "web/lab/views/inside/inside.hpp"

namespace lab {
namespace {

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

float loss_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const vae::ModelSpec& spec = app.lab.current()->model.spec();
  const LikelihoodTexts likelihood = texts(spec.likelihood);
  const bool prior = spec.prior != vae::Prior::kNone;
  const Nats& nats = app.inside.nats;
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y, gap = u(app, 16);
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kInsideLoss),
              say(prior ? Text::kInsideLossLine : Text::kInsideLossPlain)) +
      gap;
  y += paragraph(app.fonts.small, c.muted, x, y, inner,
                 say(app.inside.own ? Text::kInsideOwnPicture : Text::kInsidePixels,
                     {pixels_words(app.lab.pixels_for(*app.lab.current()))})) +
       gap;
  y += term(app, x, y, inner, c.text, say(Text::kInsideReconstruction), nats.reconstruction,
            say(likelihood.formula), say(likelihood.words)) +
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
