// Sliders of the lab; see widgets.hpp.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// What the pointer does to the value of the item just pressed.
void drag(App& app, float left, float width, float& value, float lo, float hi, float rest) {
  if (app.pointer.started()) {
    app.before_drag = value;
    app.at_rest = app.pointer.clicks() >= 2;
    if (app.at_rest) value = rest;
  }
  if (!app.pointer.held() || app.at_rest) return;
  if (app.cancelled) {
    value = app.before_drag;
  } else if (app.pointer.there()) {
    value = lo + (hi - lo) * std::clamp((app.pointer.x() - left) / width, 0.0f, 1.0f);
  }
}

/// A round number near a hundredth of the range: what one press of an arrow key moves.
float key_step(float range) {
  double step = 1e-4;
  for (int i = 0; step * 101 < static_cast<double>(range); ++i)
    step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10, ...
  return static_cast<float>(step);
}

void draw_slider(App& app, float left, float width, float y, float part, const SliderLook& look,
                 bool hovered) {
  const Theme& c = colors(app);
  const float thick = u(app, 2.5f), at = left + width * part;
  if (look.centered) {
    const float middle = std::round(left + width / 2);
    ink().AddRectFilled({left, y - thick}, {left + width, y + thick}, c.track, thick);
    ink().AddRectFilled({middle - thick / 2, y - 2 * thick}, {middle + thick / 2, y + 2 * thick}, c.track);
    ink().AddRectFilled({std::min(middle, at), y - thick}, {std::max(middle, at), y + thick}, look.to);
  } else {
    ink().AddRectFilled({left - thick, y - thick}, {left + thick, y + thick}, look.from, thick);
    ink().AddRectFilled({left + width - thick, y - thick}, {left + width + thick, y + thick}, look.to, thick);
    ink().AddRectFilledMultiColor({left, y - thick}, {left + width, y + thick}, look.from, look.to, look.to,
                                  look.from);
  }
  const ImU32 tint = look.centered ? look.to : mix(look.from, look.to, part);
  ink().AddCircleFilled({at, y}, hovered ? u(app, 9) : u(app, 8), tint);
  ink().AddCircleFilled({at, y}, (hovered ? u(app, 9) : u(app, 8)) - u(app, 2.5f), hovered ? tint : c.card);
}

}  // namespace

bool slider(App& app, std::string_view name, std::string_view spoken, const Box& box, float& value, float lo,
            float hi, float rest, const SliderLook& look, std::string_view words) {
  const float radius = u(app, 9), left = box.x + radius, width = std::max(1.0f, box.w - 2 * radius);
  const float before = value;
  press(app, name, box);
  drag(app, left, width, value, lo, hi, rest);
  const bool hovered = app.pointer.hovered() || app.pointer.held();
  if (app.pointer.hovered() && !app.keyboard) app.focus = name;
  if (app.pointer.ended()) app.lab.end_tag();
  Remote remote;
  if (app.take_remote(name, &remote)) value = std::clamp(remote.value, lo, hi);
  const float part = hi > lo ? std::clamp((value - lo) / (hi - lo), 0.0f, 1.0f) : 0;
  draw_slider(app, left, width, std::round(box.y + box.h / 2), part, look, hovered);
  Item& item = add_item(app, Item::kRange, name, box, spoken);
  item.value = value;
  item.lo = lo;
  item.hi = hi;
  item.step = key_step(hi - lo);
  item.words = words;
  return value != before;
}

}  // namespace lab
