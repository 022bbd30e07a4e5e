// Sliders of the lab; see widgets.hpp.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// What the pointer does to the value of the item just pressed.
void drag(Ui& ui, float left, float width, float& value, float lo, float hi, float rest) {
  if (ui.pointer.started()) {
    ui.before_drag = value;
    ui.at_rest = ui.pointer.clicks() >= 2;
    if (ui.at_rest) value = rest;
  }
  if (!ui.pointer.held() || ui.at_rest) return;
  if (ui.canceled) {
    value = ui.before_drag;
  } else if (ui.pointer.there()) {
    value = lo + (hi - lo) * std::clamp((ui.pointer.x() - left) / width, 0.0f, 1.0f);
  }
}

/// A round number near a hundredth of the range: what one press of an arrow key moves.
float key_step(float range) {
  double step = 1e-4;
  for (int i = 0; step * 101 < static_cast<double>(range); ++i)
    step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10, ...
  return static_cast<float>(step);
}

void draw_slider(Ui& ui, float left, float width, float y, float part, const SliderLook& look, bool hovered) {
  const Theme& c = colors(ui);
  const float thick = u(ui, 2.5f), at = left + width * part;
  if (look.centered) {
    const float middle = std::round(left + width / 2);
    draw_list().AddRectFilled({left, y - thick}, {left + width, y + thick}, c.track, thick);
    draw_list().AddRectFilled({middle - thick / 2, y - 2 * thick}, {middle + thick / 2, y + 2 * thick},
                              c.track);
    draw_list().AddRectFilled({std::min(middle, at), y - thick}, {std::max(middle, at), y + thick}, look.to);
  } else {
    draw_list().AddRectFilled({left - thick, y - thick}, {left + thick, y + thick}, look.from, thick);
    draw_list().AddRectFilled({left + width - thick, y - thick}, {left + width + thick, y + thick}, look.to,
                              thick);
    draw_list().AddRectFilledMultiColor({left, y - thick}, {left + width, y + thick}, look.from, look.to,
                                        look.to, look.from);
  }
  const ImU32 tint = look.centered ? look.to : mix(look.from, look.to, part);
  draw_list().AddCircleFilled({at, y}, hovered ? u(ui, 9) : u(ui, 8), tint);
  draw_list().AddCircleFilled({at, y}, (hovered ? u(ui, 9) : u(ui, 8)) - u(ui, 2.5f),
                              hovered ? tint : c.card);
}

}  // namespace

bool slider(Ui& ui, std::string_view name, std::string_view spoken, const Box& box, float& value, float lo,
            float hi, float rest, const SliderLook& look, std::string_view words) {
  const float radius = u(ui, 9), left = box.x + radius, width = std::max(1.0f, box.w - 2 * radius);
  const float before = value;
  press(ui, name, box);
  drag(ui, left, width, value, lo, hi, rest);
  const bool hovered = ui.pointer.hovered() || ui.pointer.held();
  if (ui.pointer.hovered() && !ui.keyboard) ui.focus = name;
  ui.drag_ended = ui.drag_ended || ui.pointer.ended();
  Remote remote;
  if (ui.take_remote(name, &remote)) value = std::clamp(remote.value, lo, hi);
  const float part = hi > lo ? std::clamp((value - lo) / (hi - lo), 0.0f, 1.0f) : 0;
  draw_slider(ui, left, width, std::round(box.y + box.h / 2), part, look, hovered);
  Item& item = add_item(ui, Item::kRange, name, box, spoken);
  item.value = value;
  item.lo = lo;
  item.hi = hi;
  item.step = key_step(hi - lo);
  item.words = words;
  return value != before;
}

}  // namespace lab
