// What a drawing costs: reconstruction + KL = -ELBO in nats, as a bar, beside the average of the test set.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/ui/likelihood_texts.hpp"
#include "web/lab/ui/pixels_texts.hpp"
#include "web/lab/views/draw/draw.hpp"

namespace lab {
namespace {

/// The test set's averages: with z drawn, or at z = mu, whose KL is the same.
Nats test_average(const LoadedModel& model, bool sampled) {
  const auto fact = [&](const char* key) { return static_cast<double>(model.test_loss(key)); };
  if (model.model.spec().prior == vae::Prior::kNone) return {fact("test_reconstruction"), 0};
  const double kl = fact("test_kl");
  return {sampled ? fact("test_reconstruction") : fact("test_neg_elbo_at_mu") - kl, kl};
}

/// A colored square, what it stands for and its number; returns where the next may begin.
float legend(App& app, float x, const Box& line, ImU32 color, std::string_view words, double nats) {
  const Theme& c = colors(app);
  const float side = u(app, 9), top = std::round(line.y + (line.h - side) / 2);
  draw_list().AddRectFilled({x, top}, {x + side, top + side}, color, u(app, 2));
  x += side + u(app, 6);
  const std::string all = std::string(words) + " " + number(nats, 2);
  text(app.fonts.small, c.text, {x, line.y, line.w, line.h}, all);
  return x + text_width(app.fonts.small, all) + u(app, 16);
}

/// One bar from 0 to `most`, with its name and its numbers; returns the height. Densities may be negative:
/// then there is no bar.
float nats_row(App& app, std::string_view name, float x, float y, float width, std::string_view words,
               std::string_view sum, const Nats& nats, double most, bool prior) {
  const Theme& c = colors(app);
  const Box line{x, y, width, u(app, 22)}, bar{x, line.bottom() + u(app, 3), width, u(app, 14)};
  const std::string total = std::string(sum) + " " + number(nats.total(), 2);
  text(app.fonts.body, c.text, line, words);
  text(app.fonts.strong, c.text, line, total, Align::kRight);
  const float radius = u(app, 4);
  const ImU32 reconstruction = app.display.forced ? c.track : c.text;
  draw_list().AddRectFilled(low(bar), high(bar), c.control, radius);
  const auto at = [&](double value) { return std::round(x + width * static_cast<float>(value / most)); };
  if (nats.reconstruction >= 0 && most > 0) {
    draw_list().AddRectFilled(low(bar), {at(nats.total()), bar.bottom()}, c.accent[kAccentZ], radius);
    draw_list().AddRectFilled(low(bar), {at(nats.reconstruction), bar.bottom()}, reconstruction, radius,
                              nats.kl > 0 ? ImDrawFlags_RoundCornersLeft : ImDrawFlags_RoundCornersAll);
  }
  Box below{x, bar.bottom() + u(app, 2), width, u(app, 20)};
  const float next =
      legend(app, x, below, reconstruction, say(Text::kDrawReconstructionLoss), nats.reconstruction);
  if (prior) legend(app, next, below, c.accent[kAccentZ], say(Text::kDrawKl), nats.kl);
  mark(app, name, bar);
  return below.bottom() - y;
}

/// Which pixels the model sees, where it was not trained on gray ones; returns the height.
float pixels_choice(App& app, const LoadedModel& model, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float top = y, row = u(app, 38), gap = u(app, 8);
  const bool one_row = width >= u(app, 480), gray = state.gray, again = texts(model.pixels).drawn && !gray;
  const float part = one_row ? std::floor((width - gap) * 0.6f) : width;
  state.gray = choices(app, "gray", say(Text::kPixelsChoose), {x, y, part, row},
                       {say(texts(model.pixels).choice), say(Text::kPixelsChooseGray)}, gray ? 1 : 0) == 1;
  if (!one_row) y += row + gap;
  const Box beside{one_row ? x + part + gap : x, y, one_row ? width - part - gap : width, row};
  if (button(app, "pixels", beside, say(Text::kPixelsAgain), again ? Kind::kPlain : Kind::kIdle) && again) {
    ++state.pixel_seed;
    app.draw.take = true;
  }
  if (gray != state.gray) app.draw.take = true;
  return y + row - top;
}

}  // namespace

float nats_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const LoadedModel& model = *app.lab.current();
  const vae::ModelSpec& spec = model.model.spec();
  const bool prior = spec.prior != vae::Prior::kNone, sampled = app.lab.state().sampled || !prior;
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y, gap = u(app, 14);
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kDrawNats),
              say(texts(spec.likelihood).summary, {pixels_words(app.lab.pixels_for(model))})) +
      gap;
  if (model.pixels != vae::Pixels::kGray) y += pixels_choice(app, model, x, y, inner) + gap;

  const std::string_view sum = say(!prior    ? Text::kDrawLoss
                                   : sampled ? Text::kDrawNegElbo
                                             : Text::kDrawSumAtMu);
  const Nats average = test_average(model, sampled), *own = nats_of_drawing(app);
  if (own != nullptr) app.nats = *own;
  double most = own != nullptr ? own->total() : 0;
  const bool as_trained = app.lab.pixels_for(model) == model.pixels;
  const bool comparable = as_trained && std::isfinite(average.total());
  if (comparable && average.total() > most) most = average.total();
  if (own != nullptr) {
    y += nats_row(app, "nats", x, y, inner, say(Text::kDrawThis), sum, *own, most, prior) + u(app, 10);
  }
  if (comparable) {
    y += nats_row(app, "nats_average", x, y, inner, say(Text::kDrawAverage), sum, average, most, prior) + gap;
  }
  const Text note = !prior ? Text::kDrawNoKl : sampled ? Text::kDrawSampledNote : Text::kDrawAtMuNote;
  y +=
      paragraph(app.fonts.small, c.muted, x, y, inner,
                as_trained ? std::string(say(note)) : say(Text::kDrawGrayNote, {pixels_words(model.pixels)}));
  return y + padding - top;
}

}  // namespace lab
