// Beside the map: the digit under the pointer, where the current one is, what the axes are, and which test
// digits are shown.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/map/map_parts.hpp"

namespace lab {
namespace {

int principal_axes(const App& app) {
  const auto& axes = app.lab.current()->axes;
  return axes ? static_cast<int>(axes->variances.size()) : 0;
}

/// "z = (0.42, −1.30)", or each coordinate by name; and what z looks like.
std::vector<std::string> lens_lines(const App& app, std::span<const float> z) {
  const LabState& state = app.lab.state();
  const Spot at = app.map.plane.coordinates(z);
  const int decimals = std::clamp(static_cast<int>(std::log10(std::max(state.map_zoom, 1.0f))) + 2, 2, 6);
  const std::string x = number(static_cast<double>(at.x), decimals),
                    y = number(static_cast<double>(at.y), decimals);
  std::vector<std::string> lines;
  if (app.lab.latent() == 2 && state.axis_x == 0 && state.axis_y == 1) {
    lines = {"z = (" + x + ", " + y + ")"};
  } else {
    lines = {axis_name(state.axis_x) + " = " + x, axis_name(state.axis_y) + " = " + y};
  }
  const std::string looks = class_words(app.lab.looks_like(z));
  if (!looks.empty()) lines.push_back(say(Text::kLooksLikeOnly, {looks}));
  return lines;
}

/// One stepper through dimensions and principal axes; taking the other's axis swaps the two.
void axis_stepper(App& app, std::string_view name, std::string_view spoken, const Box& box, int& axis,
                  int& other) {
  const int dimensions = app.lab.latent(), last = dimensions + principal_axes(app) - 1;
  const int now = axis >= kPrincipalAxis ? dimensions + axis - kPrincipalAxis : axis;
  const int next = stepper(app, name, spoken, box, axis_name(axis), now, 0, last);
  if (next == now) return;
  const int before = axis;
  axis = next < dimensions ? next : kPrincipalAxis + next - dimensions;
  if (axis == other) other = before;
  app.lab.state().map_x = app.lab.state().map_y = 0;
  app.lab.state().map_zoom = 1;
}

/// Moves the current digit along one axis, and the map after it when it leaves.
void position_slider(App& app, bool is_x, const Box& box) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const int axis = is_x ? state.axis_x : state.axis_y;
  Spot at = app.map.plane.coordinates(state.z);
  float& value = is_x ? at.x : at.y;
  const float most = kMapHalf * map_scale(app).unit;
  const std::string name = axis_name(axis), figures = number(static_cast<double>(value), 2);
  text(app.fonts.small, c.muted, box, name);
  text(app.fonts.small, c.text, box, figures, Align::kRight);
  const Box track{box.x + u(app, 34), box.y, box.w - u(app, 34) - u(app, 46), box.h};
  if (!slider(app, is_x ? "map_x" : "map_y", name, track, value, -most, most, 0,
              {c.accent[kAccentZ], c.accent[kAccentZ], true}, figures)) {
    return;
  }
  app.lab.set_z(app.map.plane.at(at), kMapTag + (is_x ? 1 : 2));
  follow_digit(app);
}

}  // namespace

void map_lens(App& app, const Box& area) {
  const Theme& c = colors(app);
  const std::vector<std::string> lines = lens_lines(app, app.map.hover);
  const float hero = fit_digit(std::min(u(app, 112), area.w / 3)), pad = u(app, 10), row = u(app, 18);
  float width = hero;
  for (const std::string& line : lines)
    width = std::max(width, std::ceil(text_width(app.fonts.strong, line)));
  Box box{0, 0, width + 2 * pad, hero + row * static_cast<float>(lines.size()) + u(app, 4) + 2 * pad};
  // Up and to the right of the pointer, where no finger covers it and even above the map; on the other side
  // where there is no room.
  const float away = u(app, 22), above = area.y - u(app, 100);
  const Spot at = app.map.pointer;
  box.x = at.x + away + box.w <= area.right() ? at.x + away : at.x - away - box.w;
  box.x = std::round(std::clamp(box.x, area.x, std::max(area.x, area.right() - box.w)));
  box.y = std::round(at.y - away - box.h >= above ? at.y - away - box.h : at.y + away);
  card(app, box);
  draw_list().AddRect(low(box), high(box), c.muted, u(app, 14), 0,
                      std::max(1.0f, std::floor(app.display.scale)));
  digit(app, "hover", {std::round(box.x + (box.w - hero) / 2), box.y + pad, hero, hero},
        app.lab.picture(app.map.hover));
  float y = box.y + pad + hero + u(app, 4);
  for (const std::string& line : lines) {
    text(app.fonts.strong, c.text, {box.x, y, box.w, row}, line, Align::kCenter);
    y += row;
  }
}

float map_controls(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const float top = y, row = u(app, 34), gap = u(app, 8), half = std::floor((width - u(app, 16)) / 2);
  text(app.fonts.title, c.text, {x, y, width, u(app, 24)}, say(Text::kMapPosition));
  y += u(app, 34);
  position_slider(app, true, {x, y, width, row});
  y += row;
  position_slider(app, false, {x, y, width, row});
  y += row;
  if (app.lab.latent() > 2 || principal_axes(app) > 0) {
    y += gap;
    const auto labeled = [&](float left, Text label, std::string_view name, int& axis, int& other) {
      text(app.fonts.small, c.muted, {left, y, half, u(app, 18)}, say(label));
      axis_stepper(app, name, say(label), {left, y + u(app, 20), half, u(app, 38)}, axis, other);
    };
    labeled(x, Text::kMapAxisX, "map_axis_x", state.axis_x, state.axis_y);
    labeled(x + width - half, Text::kMapAxisY, "map_axis_y", state.axis_y, state.axis_x);
    y += u(app, 58);
  }
  if (map_may_have_shares(app)) {
    y += u(app, 14);
    text(app.fonts.small, c.muted, {x, y, width, u(app, 18)}, say(Text::kMapSpacing));
    y += u(app, 20);
    const bool even = choices(app, "map_spacing", say(Text::kMapSpacing), {x, y, width, u(app, 38)},
                              {say(Text::kMapShares), say(Text::kMapEven)}, state.even_steps ? 1 : 0) == 1;
    y += u(app, 38) + gap;
    if (even != state.even_steps) {
      state.even_steps = even;
      state.map_x = state.map_y = 0;
      state.map_zoom = 1;
    }
    y += paragraph(app.fonts.small, c.muted, x, y, width,
                   say(even ? Text::kMapEvenLine : Text::kMapSharesLine));
  }
  return y - top;
}

float map_legend(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  if (app.lab.digits() == nullptr) return loading(app, x, y, width, kDigitsFile);
  const float row = u(app, 36), column = width / 10;
  for (int label = 0; label < 10; ++label) {
    const float left = std::round(x + column * static_cast<float>(label));
    const Box box{left, y, std::round(x + column * static_cast<float>(label + 1)) - left, row};
    const std::string name = indexed("map_class", label);
    const bool shown = (state.hidden >> label & 1) == 0;
    bool pressed = press(app, name, box);
    if (app.pointer.hovered()) draw_list().AddRectFilled(low(box), high(box), c.control, u(app, 9));
    class_dot(app, std::round(box.x + box.w / 2), std::round(box.y + row / 2), u(app, 9), label, shown);
    Item& item = add_item(app, Item::kToggle, name, box, say(Text::kMapClass, {std::to_string(label)}));
    item.value = shown ? 1.0f : 0.0f;
    item.group = "map_classes";
    pressed = app.take_remote(name, nullptr) || pressed;
    if (pressed) state.hidden ^= 1u << label;
  }
  return row;
}

}  // namespace lab
