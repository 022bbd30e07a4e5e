// The way from digit A to digit B through latent space, at t by hand or played, in a straight line (lerp)
// or along the sphere (slerp), and as a film strip: the card that "Generate" shows, and what it shares
// with "Morph".
#include "web/lab/views/morph/morph.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// The stop at the end of the way: in a loop the first one.
int last_stop(const App& app) {
  const LabState& state = app.lab.state();
  return state.loop ? 0 : static_cast<int>(state.stops.size()) - 1;
}

/// The first or the last stop, to look at; a click makes it the current digit.
void end_tile(App& app, std::string_view name, int stop, const Box& column, float size) {
  const ImU32 color = stop_color(app, stop);
  const std::vector<float>& z = app.lab.state().stops[static_cast<std::size_t>(stop)];
  const float label = u(app, 24), top = std::round(column.y + (column.h - label - size) / 2);
  text(app.fonts.strong, color, {column.x, top, column.w, label}, stop_letter(stop), Align::kCenter);
  const Box box{std::round(column.x + (column.w - size) / 2), top + label, size, size};
  if (digit(app, name, box, app.lab.picture(z), color, with_looks(app, stop_letter(stop), z))) {
    app.lab.set_z(std::vector<float>(z));
  }
}

/// How a film strip lies: as few rows as leave its digits a fair size.
struct Strip {
  int columns = 1, rows = 1;
  float cell = kSide, gap = 0;
};
Strip lay_strip(const App& app, float width, int frames, float largest) {
  const float least = u(app, 4);
  Strip strip;
  for (int rows = 1; rows <= 5 && strip.cell < u(app, 40); ++rows) {
    strip.rows = rows;
    strip.columns = (frames + rows - 1) / rows;
    const auto n = static_cast<float>(strip.columns);
    strip.cell = fit_digit(std::min((width - (n - 1) * least) / n, u(app, largest)));
    strip.gap = std::floor((width - n * strip.cell) / (n - 1));
  }
  return strip;
}

}  // namespace

std::string stop_letter(int stop) { return std::string(1, static_cast<char>('A' + stop)); }

ImU32 stop_color(const App& app, int stop) {
  const Theme& c = colors(app);
  return stop == 0 ? c.accent[kAccentA] : stop == 1 ? c.accent[kAccentB] : c.text;
}

void way_slider(App& app, const Box& box) {
  LabState& state = app.lab.state();
  float t = state.t;
  const float end = app.lab.last_t();
  const SliderLook look{stop_color(app, 0), stop_color(app, last_stop(app))};
  if (!slider(app, "t", say(Text::kWayFromAToB), box, t, 0, end, end / 2, look, "t = " + number(t, 2)))
    return;
  state.playing = false;
  app.lab.set_t(t);
}

float film_strip(App& app, std::string_view names, float x, float y, float width, int frames, bool slerp,
                 float largest) {
  LabState& state = app.lab.state();
  const Strip strip = lay_strip(app, width, frames, largest);
  const float end = app.lab.last_t(), last = static_cast<float>(frames - 1), step = strip.cell + strip.gap;
  const int now = static_cast<int>(std::round(state.t / end * last));
  const float row_gap = std::min(strip.gap, u(app, 8));
  float chosen = -1;
  for (int i = 0; i < frames; ++i) {
    const float part = static_cast<float>(i) / last, t = part * end;
    const std::vector<float> z = app.lab.between(t, slerp);
    const Box box{x + static_cast<float>(i % strip.columns) * step,
                  y + static_cast<float>(i / strip.columns) * (strip.cell + row_gap), strip.cell, strip.cell};
    const ImU32 ring = mix(stop_color(app, 0), stop_color(app, last_stop(app)), part);
    const std::string spoken = with_looks(app, "t = " + number(t, 2), z);
    if (digit(app, indexed(names, i), box, app.lab.picture(z), i == now ? ring : 0, spoken, names))
      chosen = t;
  }
  if (chosen >= 0) {
    state.playing = false;
    app.lab.set_t(chosen);
  }
  return static_cast<float>(strip.rows) * (strip.cell + row_gap) - row_gap;
}

float morph_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kMorph), say(Text::kMorphLine)) + u(app, 12);

  const bool roomy = inner >= u(app, 430);
  const float side = roomy ? u(app, 104) : u(app, 82);
  const float hero = fit_digit(std::min(u(app, 224), inner - 2 * side - 2 * u(app, roomy ? 16 : 4)));
  const float small = fit_digit(u(app, roomy ? 84 : 72));
  const std::vector<float> z = app.lab.between(state.t);
  digit(app, "morph", {std::round(x + (inner - hero) / 2), y, hero, hero}, app.lab.picture(z));
  end_tile(app, "A", 0, {x, y, side, hero}, small);
  end_tile(app, "B", last_stop(app), {x + inner - side, y, side, hero}, small);
  y += hero + u(app, 12);

  way_slider(app, {x, y, inner, u(app, 40)});
  y += u(app, 46);

  const float row = u(app, 38), play = u(app, roomy ? 112 : 96), ways = u(app, roomy ? 170 : 124);
  if (button(app, "play", {x, y, play, row}, say(state.playing ? Text::kPause : Text::kPlay), Kind::kPrimary,
             state.playing ? Icon::kPause : Icon::kPlay)) {
    state.playing = !state.playing;
  }
  const std::string words = "t = " + number(state.t, 2);
  if (text_width(app.fonts.body, words) + u(app, 8) < inner - play - ways) {
    text(app.fonts.body, c.text, {x + play, y, inner - play - ways, row}, words, Align::kCenter);
  }
  state.slerp = choices(app, "way", say(Text::kWayOfMorph), {x + inner - ways, y, ways, row},
                        {"lerp", "slerp"}, state.slerp ? 1 : 0) == 1;
  y += row + u(app, 16);

  y += film_strip(app, "strip", x, y, inner, 9, state.slerp, 112) + u(app, 12);
  y +=
      paragraph(app.fonts.small, c.muted, x, y, inner, say(state.slerp ? Text::kSlerpLine : Text::kLerpLine));
  return y + pad - top;
}

bool* morph_playing(App& app) { return &app.lab.state().playing; }

}  // namespace lab
