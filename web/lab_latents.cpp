// "Latents": one slider for each dimension of z, and the digit they make, redrawn in the same frame.
#include <algorithm>
#include <cmath>

#include "web/lab_cards.hpp"

namespace lab {
namespace {

std::string latent_name(int index) {
  std::string name = "z";
  for (const char figure : std::to_string(index + 1)) {
    name += "\xE2\x82";
    name += static_cast<char>(0x80 + (figure - '0'));  // U+2080 onwards: subscript figures
  }
  return name;
}

void latent_slider(App& app, int i, const Box& box, bool stacked) {
  const Theme& c = colors(app);
  float value = app.lab.state().slots[kBend][static_cast<std::size_t>(i)];
  const std::string name = latent_name(i), figures = number(value, 2);
  Box track = box;
  if (stacked) {
    const Box line{box.x + u(app, 2), box.y, box.w - u(app, 4), u(app, 20)};
    text(app, app.fonts.small, c.muted, line, name);
    text(app, app.fonts.small, c.ink, line, figures, Align::kRight);
    track = {box.x, box.y + u(app, 16), box.w, box.h - u(app, 16)};
  } else {
    text(app, app.fonts.small, c.muted, {box.x, box.y, u(app, 26), box.h}, name);
    text(app, app.fonts.small, c.ink, box, figures, Align::kRight);
    track = {box.x + u(app, 28), box.y, box.w - u(app, 28) - u(app, 44), box.h};
  }
  ImGui::PushID(i);
  const SliderLook look{c.slot[kBend], c.slot[kBend], true, app.keyboard && app.focus == i};
  if (slider(app, "latent", track, value, -kLatentLimit, kLatentLimit, 0, look)) app.lab.set_latent(i, value);
  if (ImGui::IsItemHovered() && !app.keyboard) app.focus = i;
  ImGui::PopID();
  mark(app, "latent", track, i);
}

/// `height`: what there is to fill beside the digit, or 0. Returns the height taken.
float sliders(App& app, float x, float y, float width, float height) {
  const int count = std::min(app.lab.latent(), kMaxSliders);
  const bool stacked = width < u(app, 420);
  const float gap = u(app, stacked ? 14 : 28), least = u(app, stacked ? 130 : 190);
  const int enough = stacked ? 2 : (count + 5) / 6;  // a few sliders stay one column
  const int columns =
      std::clamp(static_cast<int>((width + gap) / (least + gap)), 1, std::clamp(enough, 1, 3));
  const int rows = std::max(1, (count + columns - 1) / columns);
  const float least_row = u(app, stacked ? 46 : 34);
  const float row = std::clamp(std::floor(height / static_cast<float>(rows)), least_row, u(app, 48));
  const float column = std::floor((width + gap) / static_cast<float>(columns)) - gap;
  for (int i = 0; i < count; ++i) {
    const auto across = static_cast<float>(i / rows), down = static_cast<float>(i % rows);
    latent_slider(app, i, {x + across * (column + gap), y + down * row, column, row}, stacked);
  }
  return static_cast<float>(rows) * row;
}

}  // namespace

float latents_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, gap = u(app, 8);
  const bool wide = inner >= u(app, 560);
  x += pad;
  const std::string line = "The decoder turns " + std::to_string(app.lab.latent()) +
                           " numbers into a digit. Drag one and watch it bend; a double click sets it to 0.";
  y = heading(app, x, y + pad, inner, "Latents", line);
  y += u(app, 16);

  const float hero = fit_digit(app, u(app, wide ? 196 : 140)), row = u(app, 38);
  const Box picture{x + u(app, 2), y + u(app, 2), hero, hero};
  const bool filling = app.lab.state().filling == kBend;
  if (digit(app, "bend", picture, kPictureBend,
            filling ? c.slot[kBend] : mix(c.tile, c.slot[kBend], 0.35f))) {
    app.lab.fill_next(kBend);
  }
  mark(app, "bend", picture);

  // Below the digit, two and one; beside it where the page is narrow, one below the other.
  const float buttons_x = wide ? picture.x : picture.right() + u(app, 14);
  const float buttons_width = wide ? hero : x + inner - buttons_x;
  float at = wide ? picture.bottom() + u(app, 14) : picture.y;
  const auto place = [&](float part, float from) {
    return Box{std::round(buttons_x + buttons_width * from), at, std::round(buttons_width * part), row};
  };
  const float half = wide ? (buttons_width - gap) / 2 / buttons_width : 1;
  Box box = place(1, 0);
  if (button(app, "surpriseBend", box, "Surprise me")) app.lab.surprise(kBend);
  mark(app, "surpriseBend", box);
  at += row + gap;
  box = place(half, 0);
  if (button(app, "fromMorph", box, "Use morph")) app.lab.bend_morph();
  mark(app, "fromMorph", box);
  if (!wide) at += row + gap;
  box = place(half, wide ? 1 - half : 0);
  if (button(app, "reset", box, "Reset")) app.lab.reset_bend();
  mark(app, "reset", box);

  const float left_bottom = std::max(box.bottom(), picture.bottom());
  float bottom = left_bottom;
  if (wide) {
    const float sliders_x = picture.right() + u(app, 32);
    bottom = std::max(bottom, y + sliders(app, sliders_x, y, x + inner - sliders_x, bottom - y));
  } else {
    bottom += u(app, 14);
    bottom += sliders(app, x, bottom, inner, 0);
  }
  if (app.lab.latent() > kMaxSliders) {
    bottom += u(app, 8);
    const std::string rest =
        "Sliders for the first " + std::to_string(kMaxSliders) + " latents; the others keep their values.";
    bottom += paragraph(app, app.fonts.small, c.muted, x, bottom, inner, rest);
  }
  return bottom + pad - top;
}

}  // namespace lab
