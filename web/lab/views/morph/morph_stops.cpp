// The stops of a morph: which there are, and what the chosen one shows.
#include <algorithm>
#include <cmath>

#include "shared/base/rng.hpp"
#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/morph/morph.hpp"

namespace lab {
namespace {

constexpr int kInkSide = 256;

/// The stops side by side, and a place for one more; a click chooses a stop. Returns the height.
float stop_tiles(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float cell = fit_digit(u(app, width < u(app, 430) ? 56 : 84)), gap = u(app, 14), row_gap = u(app, 12);
  const int columns = std::max(1, static_cast<int>((width + gap) / (cell + gap)));
  const auto place = [&](int i) {
    return Box{x + static_cast<float>(i % columns) * (cell + gap),
               y + static_cast<float>(i / columns) * (cell + row_gap), cell, cell};
  };
  const auto count = static_cast<int>(state.stops.size());
  for (int i = 0; i < count; ++i) {
    const std::vector<float>& z = state.stops[static_cast<std::size_t>(i)];
    const Box box = place(i);
    const std::string spoken = with_looks(app, say(Text::kMorphStop, {stop_letter(i)}), z);
    const ImU32 color = stop_color(app, i);
    const bool chosen = i == app.morph.stop;
    if (digit(app, indexed("stop", i), box, app.lab.picture(z), chosen ? color : 0, spoken, "stops")) {
      app.morph.stop = i;
    }
    badge(app, box.x + u(app, 2), box.y + u(app, 2), stop_letter(i), color, chosen);
  }
  const int last = count < kMaxStops ? count : count - 1;
  if (last == count &&
      button(app, "add_stop", place(count), "+", Kind::kPlain, Icon::kNone, say(Text::kMorphAdd))) {
    app.lab.add_stop(app.lab.random_latent());
    app.morph.stop = count;
  }
  return place(last).bottom() - y;
}

void set_chosen(App& app, std::vector<float> z) { app.lab.set_stop(app.morph.stop, std::move(z)); }

/// Makes the chosen stop a real digit by chance, at once or when they are there.
void take_real_digit(App& app) {
  const vae::Digits* digits = app.morph.real ? app.lab.digits() : nullptr;
  if (digits == nullptr || digits->count() == 0) return;
  app.morph.real = false;
  const std::vector<float> chance = app.lab.random_latent();
  vae::Rng rng(hash_bytes(chance.data(), chance.size() * sizeof(float)), vae::Stream::kSample);
  const int index = static_cast<int>(rng.below(static_cast<std::uint32_t>(digits->count())));
  if (auto z = app.lab.encode_mu(digits->at(index))) set_chosen(app, std::move(*z));
}

void take_drawing(App& app) {
  const std::vector<Stroke>& strokes = app.lab.state().strokes;
  const std::vector<float> raster = rasterize(strokes, kInkSide, pen_width(strokes));
  if (auto z = app.lab.encode_mu(mnist_digit(raster, kInkSide))) set_chosen(app, std::move(*z));
}

/// What the chosen stop can become; returns the y below the buttons.
float sources(App& app, float x, float y, float right) {
  LabState& state = app.lab.state();
  Flow row(app, x, y, right);
  const auto pressed = [&](std::string_view name, Text label) {
    return button(app, name, row.next(say(label)), say(label));
  };
  if (pressed("stop_surprise", Text::kSurpriseMe)) set_chosen(app, app.lab.random_latent());
  if (pressed("stop_this", Text::kThisDigit)) set_chosen(app, state.z);
  if (pressed("stop_real", Text::kMorphReal)) {
    app.morph.real = true;
    if (app.lab.digits() == nullptr) app.lab.want(kDigitsFile);
  }
  if (!state.strokes.empty() && pressed("stop_ink", Text::kMorphInk)) take_drawing(app);
  if (state.stops.size() > 2 && pressed("stop_remove", Text::kMorphRemove))
    app.lab.remove_stop(app.morph.stop);
  return row.bottom();
}

/// "One of a class: 0 1 ... 9", each press another one; returns the height.
float class_row(App& app, float x, float y, float width) {
  const LoadedModel* model = app.lab.current();
  if (!model->anchors) return 0;
  const float line = u(app, 24), row = u(app, 38);
  text(app.fonts.small, colors(app).muted, {x, y, width, line}, say(Text::kMorphClass));
  std::vector<std::string> names;
  for (const int label : model->anchors->labels) names.push_back(std::to_string(label));
  const std::vector<std::string_view> options(names.begin(), names.end());
  const int chosen =
      choices(app, "stop_class", say(Text::kMorphClass), {x, y + line, width, row}, options, -1);
  if (chosen >= 0)
    set_chosen(app, app.lab.random_latent(model->anchors->labels[static_cast<std::size_t>(chosen)]));
  return line + row;
}

}  // namespace

float stops_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  const auto choose = [&] {
    app.morph.stop = std::clamp(app.morph.stop, 0, static_cast<int>(state.stops.size()) - 1);
  };
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  choose();
  take_real_digit(app);
  undo_buttons(app, x + inner, y + pad - u(app, 6));
  choose();
  y = heading(app, x, y + pad, inner, say(Text::kMorphStops), say(Text::kMorphStopsLine)) + u(app, 18);
  y += stop_tiles(app, x + u(app, 2), y, inner - u(app, 4)) + u(app, 16);
  rule(app, x, y, inner);
  y += u(app, 18);

  const int stop = app.morph.stop;
  const std::vector<float>& z = state.stops[static_cast<std::size_t>(stop)];
  const float hero = fit_digit(u(app, width < u(app, 480) ? 112 : 168));
  const Box picture{x + u(app, 2), y, hero, hero};
  digit(app, "stop", picture, app.lab.picture(z), stop_color(app, stop));
  const float right_x = picture.right() + u(app, 18), right = x + inner;
  text(app.fonts.body, c.text, {right_x, y, right - right_x, u(app, 20)},
       with_looks(app, say(Text::kMorphStop, {stop_letter(stop)}), z));
  float bottom = sources(app, right_x, y + u(app, 30), right);
  if (app.morph.real) {
    bottom += u(app, 10);
    bottom += loading(app, right_x, bottom, right - right_x, kDigitsFile);
  }
  choose();
  y = std::max(picture.bottom(), bottom) + u(app, 12);
  y += class_row(app, x, y, inner);
  return y + pad - top;
}

}  // namespace lab
