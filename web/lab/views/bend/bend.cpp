// "Bend": one slider for each dimension of z, the digit they make, redrawn in the same frame, and what each
// dimension does on its own.
#include "web/lab/views/bend/bend.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

constexpr int kPage = 32;         // dimensions at once
constexpr float kUnused = 0.01f;  // nats: below, a dimension tells nothing of a digit

/// KL of a dimension in nats; negative when the model's file does not say.
float use(const App& app, int dimension) {
  const std::vector<float>& kl = app.lab.current()->kl;
  return kl.empty() ? -1 : kl[static_cast<std::size_t>(dimension)];
}

std::string use_words(float nats) {
  return nats < kUnused ? std::string(say(Text::kBendUnused)) : say(Text::kNats, {number(nats, 2)});
}

/// All dimensions, in their own order or from the most used one on.
std::vector<int> in_order(const App& app, bool by_use) {
  std::vector<int> order(static_cast<std::size_t>(app.lab.latent()));
  std::iota(order.begin(), order.end(), 0);
  if (by_use) {
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return use(app, a) > use(app, b); });
  }
  return order;
}

/// The part of it that is on the page chosen.
std::span<const int> on_page(const App& app, const std::vector<int>& order) {
  const auto from = static_cast<std::size_t>(app.bend.page) * kPage;
  return std::span(order).subspan(from, std::min<std::size_t>(kPage, order.size() - from));
}

int pages(const App& app) { return std::max(1, (app.lab.latent() + kPage - 1) / kPage); }

// ---- Sliders

void latent_slider(App& app, int i, const Box& box, bool stacked) {
  const Theme& c = colors(app);
  float value = app.lab.state().z[static_cast<std::size_t>(i)];
  const std::string name = latent_name(i), figures = number(value, 2), spoken = "z" + std::to_string(i + 1);
  const float line = u(app, stacked ? 20 : 24);
  const bool chosen = i == app.bend.chosen;
  ImFont* const font = chosen ? app.fonts.strong : app.fonts.small;
  const ImU32 color = chosen ? c.accent[kAccentZ] : c.muted;
  const Box top{box.x + (stacked ? u(app, 2) : 0), box.y, box.w - (stacked ? u(app, 4) : 0), line};
  text(font, color, top, name);
  text(app.fonts.small, c.text, top, figures, Align::kRight);
  Box track{box.x + u(app, 28), box.y, box.w - u(app, 28) - u(app, 44), line};
  if (stacked) track = {box.x, box.y + line - u(app, 4), box.w, u(app, 28)};
  const float nats = use(app, i);
  const std::string words = nats < 0 ? figures : figures + ", KL " + use_words(nats);
  const SliderLook look{c.accent[kAccentZ], c.accent[kAccentZ], true};
  if (slider(app, indexed("latent", i), spoken, track, value, -kLatentLimit, kLatentLimit, 0, look, words)) {
    app.lab.set_latent(i, value);
    app.bend.chosen = i;
  }
  const float edge = u(app, 9);  // the slider's own
  use_bar(app, {track.x + edge, track.bottom(), box.right() - track.x - edge, u(app, 14)}, i);
}

/// Sliders in columns; `height`: what there is to fill beside the digit, or 0. Returns the height taken.
float sliders(App& app, float x, float y, float width, float height, std::span<const int> order) {
  const auto count = static_cast<int>(order.size());
  const bool stacked = width < u(app, 420), bars = !app.lab.current()->kl.empty();
  const float gap = u(app, stacked ? 14 : 28), least = u(app, stacked ? 130 : 190);
  const int enough = stacked ? 2 : (count + 5) / 6;  // a few sliders stay one column
  const int columns =
      std::clamp(static_cast<int>((width + gap) / (least + gap)), 1, std::clamp(enough, 1, 3));
  const int rows = std::max(1, (count + columns - 1) / columns);
  const float least_row = u(app, (stacked ? 48.0f : 34.0f) + (bars ? 14.0f : 0.0f));
  const float row = std::clamp(std::floor(height / static_cast<float>(rows)), least_row, u(app, 64));
  const float column = std::floor((width + gap) / static_cast<float>(columns)) - gap;
  for (int i = 0; i < count; ++i) {
    const auto across = static_cast<float>(i / rows), down = static_cast<float>(i % rows);
    latent_slider(app, order[static_cast<std::size_t>(i)],
                  {x + across * (column + gap), y + down * row, column, row}, stacked);
  }
  return static_cast<float>(rows) * row;
}

// ---- Beside the digit

/// The chosen dimension, and one standard deviation of the prior less or more of it; returns the height.
float sigma_steps(App& app, float x, float y, float width, std::span<const int> order) {
  BendView& bend = app.bend;
  const float row = u(app, 38), gap = u(app, 8);
  const auto found = std::find(order.begin(), order.end(), bend.chosen);
  const int place = found == order.end() ? 0 : static_cast<int>(found - order.begin());
  bend.chosen = order[static_cast<std::size_t>(place)];
  const int next = stepper(app, "dimension", say(Text::kBendDimension), {x, y, width, row},
                           latent_name(bend.chosen), place, 0, static_cast<int>(order.size()) - 1);
  bend.chosen = order[static_cast<std::size_t>(next)];
  const float half = std::floor((width - gap) / 2),
              value = app.lab.state().z[static_cast<std::size_t>(bend.chosen)];
  for (const int step : {-1, 1}) {
    const Box box{step < 0 ? x : x + width - half, y + row + gap, half, row};
    const std::string_view label = step < 0 ? "−1σ" : "+1σ";
    if (!button(app, step < 0 ? "sigma:less" : "sigma:more", box, label, Kind::kPlain, Icon::kNone,
                latent_name(bend.chosen) + " " + std::string(label))) {
      continue;
    }
    app.lab.end_tag();
    app.lab.set_latent(bend.chosen,
                       std::clamp(value + static_cast<float>(step), -kLatentLimit, kLatentLimit));
    app.lab.end_tag();
  }
  return 2 * row + gap;
}

float digit_buttons(App& app, float x, float y, float width, std::span<const int> order) {
  const float row = u(app, 38), gap = u(app, 8), top = y;
  if (button(app, "surprise", {x, y, width, row}, say(Text::kSurpriseMe), Kind::kPrimary)) app.lab.surprise();
  y += row + gap;
  if (button(app, "reset", {x, y, width, row}, say(Text::kReset))) {
    app.lab.set_z(std::vector<float>(static_cast<std::size_t>(app.lab.latent())));
  }
  y += row + gap;
  return y + sigma_steps(app, x, y, width, order) - top;
}

/// Which dimensions, where there are more than fit, and in which order; returns the height.
float order_row(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const bool sortable = !app.lab.current()->kl.empty();
  if (!sortable && pages(app) == 1) return 0;
  Flow row(app, x, y, x + width);
  if (sortable) {
    const std::string_view options[] = {say(Text::kBendByUse), say(Text::kBendByNumber)};
    const float wide = text_width(app.fonts.strong, options[0]) + text_width(app.fonts.strong, options[1]);
    const int chosen = choices(app, "order", say(Text::kBendOrder), row.next(std::ceil(wide + u(app, 64))),
                               options, state.by_use ? 0 : 1);
    state.by_use = chosen == 0;
  }
  if (pages(app) > 1) {
    const int from = app.bend.page * kPage, to = std::min(from + kPage, app.lab.latent());
    const std::string words = say(
        Text::kBendPage, {std::to_string(from + 1), std::to_string(to), std::to_string(app.lab.latent())});
    app.bend.page = stepper(app, "page", say(Text::kBendDimensions), row.next(u(app, 220)), words,
                            app.bend.page, 0, pages(app) - 1);
  }
  return row.bottom() + u(app, 16) - y;
}

float latents_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  const bool wide = inner >= u(app, 560);
  x += pad;
  y += pad;
  undo_buttons(app, x + inner, y - u(app, 6));
  y = heading(app, x, y, inner, say(Text::kBend), say(Text::kBendLine, {std::to_string(app.lab.latent())}));
  y += u(app, 16);
  const std::vector<int> all = in_order(app, state.by_use);
  const std::span<const int> order = on_page(app, all);
  const float hero = fit_digit(u(app, wide ? 196 : 140));
  const Box picture{x + u(app, 2), y + u(app, 2), hero, hero};
  digit(app, "bend", picture, app.lab.picture(state.z), c.accent[kAccentZ]);

  if (wide) {  // the buttons below the digit, the sliders beside both
    const float buttons_y = picture.bottom() + u(app, 14), sliders_x = picture.right() + u(app, 32);
    const float bottom = buttons_y + digit_buttons(app, x, buttons_y, hero + u(app, 4), order);
    const float row = order_row(app, sliders_x, y, x + inner - sliders_x);
    const float used = sliders(app, sliders_x, y + row, x + inner - sliders_x, bottom - y - row, order);
    return std::max(bottom, y + row + used) + pad - top;
  }
  const float buttons_x = picture.right() + u(app, 16);
  const float buttons = digit_buttons(app, buttons_x, y, x + inner - buttons_x, order);
  y = std::max(picture.bottom(), y + buttons) + u(app, 16);
  y += order_row(app, x, y, inner);
  return y + sliders(app, x, y, inner, 0, order) + pad - top;
}

}  // namespace

std::string latent_name(int index) {
  std::string name = "z";
  for (const char figure : std::to_string(index + 1)) {
    name += "\xE2\x82";
    name += static_cast<char>(0x80 + (figure - '0'));  // U+2080 onwards: subscript figures
  }
  return name;
}

void use_bar(App& app, const Box& box, int dimension) {
  const Theme& c = colors(app);
  const float nats = use(app, dimension);
  if (nats < 0) return;
  const std::vector<float>& kl = app.lab.current()->kl;
  const float most = std::max(*std::max_element(kl.begin(), kl.end()), kUnused);
  const float words = u(app, 62), thick = u(app, 3), y = std::round(box.y + (box.h - thick) / 2);
  const float room = box.w - words, part = std::clamp(nats / most, 0.0f, 1.0f) * room;
  if (nats >= kUnused)
    draw_list().AddRectFilled({box.x, y}, {box.x + std::max(part, thick), y + thick}, c.muted, thick / 2);
  text(app.fonts.tiny, c.muted, box, use_words(nats), Align::kRight);
}

float bend_view(App& app, float x, float y, float width) {
  const float top = y;
  app.bend.page = std::clamp(app.bend.page, 0, pages(app) - 1);
  y += in_card(app, x, y, width, 0, [&] { return latents_card(app, x, y, width); }) + card_gap(app, width);
  const std::vector<int> all = in_order(app, true);
  y += in_card(app, x, y, width, 0, [&] { return traversal_card(app, x, y, width, on_page(app, all)); });
  return y - top;
}

}  // namespace lab
