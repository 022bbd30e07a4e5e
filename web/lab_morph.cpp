// "Morph": the way from digit A to digit B through latent space, at t by hand or played, in a straight line
// (lerp) or along the sphere (slerp), and as a film strip.
#include <algorithm>
#include <cmath>

#include "web/lab_cards.hpp"

namespace lab {
namespace {

/// A or B: its digit, its letter and "surprise me". A click makes it the slot that samples fill.
void end_tile(App& app, Slot slot, const Box& column, float size) {
  const Theme& c = colors(app);
  const bool filling = app.lab.state().filling == slot;
  const float row = u(app, 34), gap = u(app, 10), label = u(app, 20);
  const float top = std::round(column.y + (column.h - label - size - 2 * gap - row) / 2);
  const Box box{std::round(column.x + (column.w - size) / 2), top + label + gap / 2, size, size};
  text(app, app.fonts.strong, c.slot[slot], {column.x, top, column.w, label}, slot_name(slot),
       Align::kCenter);
  if (digit(app, slot_name(slot), box, slot, filling ? c.slot[slot] : mix(c.tile, c.slot[slot], 0.35f))) {
    app.lab.fill_next(slot);
  }
  mark(app, slot_name(slot), box);
  const char* const id = slot == kA ? "surpriseA" : "surpriseB";
  const Box surprise{column.x, box.bottom() + gap, column.w, row};
  if (button(app, id, surprise, "Surprise me")) app.lab.surprise(slot);
  mark(app, id, surprise);
}

void film_strip(App& app, float x, float y, float width, float cell) {
  const Theme& c = colors(app);
  const float gap = std::floor((width - kFilmFrames * cell) / (kFilmFrames - 1));
  x += std::floor((width - kFilmFrames * cell - (kFilmFrames - 1) * gap) / 2);
  const int now = static_cast<int>(std::round(app.lab.state().t * (kFilmFrames - 1)));
  for (int i = 0; i < kFilmFrames; ++i) {
    const float t = static_cast<float>(i) / (kFilmFrames - 1);
    const Box box{x + static_cast<float>(i) * (cell + gap), y, cell, cell};
    ImGui::PushID(i);
    if (digit(app, "strip", box, kFilm + i, i == now ? mix(c.slot[kA], c.slot[kB], t) : 0)) {
      app.lab.set_playing(false);
      app.lab.set_t(t);
    }
    ImGui::PopID();
    mark(app, "strip", box, i);
  }
}

}  // namespace

float morph_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, "Morph", "Interpolate: walk from A to B through latent space.");
  y += u(app, 12);

  const bool roomy = inner >= u(app, 430);
  const float side = roomy ? u(app, 104) : u(app, 82);
  const float hero = fit_digit(app, std::min(u(app, 224), inner - 2 * side - 2 * u(app, roomy ? 16 : 4)));
  const float small = fit_digit(app, u(app, roomy ? 84 : 72));
  end_tile(app, kA, {x, y, side, hero}, small);
  end_tile(app, kB, {x + inner - side, y, side, hero}, small);
  const Box middle{std::round(x + (inner - hero) / 2), y, hero, hero};
  digit(app, nullptr, middle, kPictureMorph);
  mark(app, "morph", middle);
  y += hero + u(app, 12);

  const Box track{x, y, inner, u(app, 40)};
  float t = state.t;
  if (slider(app, "t", track, t, 0, 1, 0.5f,
             {c.slot[kA], c.slot[kB], false, app.keyboard && app.focus == kFocusT})) {
    app.lab.set_playing(false);
    app.lab.set_t(t);
  }
  if (ImGui::IsItemHovered() && !app.keyboard) app.focus = kFocusT;
  mark(app, "t", track);
  y += track.h + u(app, 6);

  const float row = u(app, 38), play_width = u(app, roomy ? 112 : 96), modes = u(app, roomy ? 170 : 124);
  const Box play{x, y, play_width, row};
  if (button(app, "play", play, state.playing ? "Pause" : "Play", Kind::kPrimary,
             state.playing ? Icon::kPause : Icon::kPlay)) {
    app.lab.set_playing(!state.playing);
  }
  mark(app, "play", play);
  text(app, app.fonts.body, c.ink, {play.right(), y, inner - play_width - modes, row},
       "t = " + number(state.t, 2), Align::kCenter);
  static const char* const kModes[] = {"lerp", "slerp"};
  app.lab.set_slerp(
      choices(app, kModes, {x + inner - modes, y, modes, row}, kModes, 2, state.slerp ? 1 : 0) == 1);
  y += row + u(app, 16);

  const float cell = fit_digit(app, (inner - (kFilmFrames - 1) * u(app, 3)) / kFilmFrames);
  film_strip(app, x, y, inner, cell);
  y += cell + u(app, 12);
  y += paragraph(app, app.fonts.small, c.muted, x, y, inner,
                 state.slerp ? "slerp follows the sphere on which random latents lie."
                             : "lerp goes straight from A to B, nearer to the average digit.");
  return y + pad - top;
}

}  // namespace lab
