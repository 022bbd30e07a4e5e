// Buttons, choices, fields and pads of the lab; see widgets.hpp. The rest: text.cpp, sliders.cpp, digits.cpp.
#include "web/lab/ui/widgets.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/base/numbers.hpp"
#include "web/lab/state/gallery.hpp"
#include "web/lab/ui/draw_list.hpp"

namespace lab {

const Theme& colors(const Ui& ui) {
  return ui.display.forced ? ui.display.forced_theme : theme(ui.display.dark);
}

float fit_digit(float device_pixels) {
  return static_cast<float>(std::max(1, static_cast<int>(device_pixels) / kSide) * kSide);
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  ImU32 color = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float x = static_cast<float>(a >> shift & 255), y = static_cast<float>(b >> shift & 255);
    color |= static_cast<ImU32>(x + (y - x) * t + 0.5f) << shift;
  }
  return color;
}

std::string indexed(std::string_view name, int index) {
  return std::string(name).append(":").append(std::to_string(index));
}

Item& add_item(Ui& ui, Item::Kind kind, std::string_view name, const Box& box, std::string_view spoken) {
  Item& item = ui.items.emplace_back();
  item.kind = kind;
  item.name = name;
  item.box = box;
  item.label = spoken;
  return item;
}

void mark(Ui& ui, std::string_view name, const Box& box) { add_item(ui, Item::kPlace, name, box, {}); }

bool press(Ui& ui, std::string_view name, const Box& box) {
  const bool pressed =
      ui.pointer.item(hash_text(name), box.x, box.y, std::max(box.w, 1.0f), std::max(box.h, 1.0f));
  if (ui.pointer.hovered()) ui.pointer.cursor = Cursor::kHand;
  if (ui.keyboard && ui.focus == name) {
    const float edge = std::max(2.0f, std::floor(2 * ui.display.scale));
    draw_list().AddRect({box.x - 2 * edge, box.y - 2 * edge},
                        {box.right() + 2 * edge, box.bottom() + 2 * edge}, colors(ui).text, 5 * edge, 0,
                        edge);
  }
  return pressed;
}

// ---- Cards

void card(Ui& ui, const Box& box) {
  const float radius = u(ui, 14), line = std::max(1.0f, std::floor(ui.display.scale));
  draw_list().AddRectFilled(low(box), high(box), colors(ui).border, radius);
  draw_list().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line},
                            colors(ui).card, radius - line);
}

void rule(Ui& ui, float x, float y, float width) {
  const float line = std::max(1.0f, std::floor(ui.display.scale));
  draw_list().AddRectFilled({x, y}, {x + width, y + line}, colors(ui).border);
}

float card_padding(const Ui& ui, float width) { return width < u(ui, 480) ? u(ui, 14) : u(ui, 24); }

float heading(Ui& ui, float x, float y, float width, std::string_view title, std::string_view line) {
  text(ui.fonts.title, colors(ui).text, {x, y, width, u(ui, 24)}, title);
  y += u(ui, 29);
  return y + paragraph(ui.fonts.body, colors(ui).muted, x, y, width, line);
}

// ---- Buttons

namespace {

void icon_at(Icon icon, float x, float y, float size, ImU32 color) {
  if (icon == Icon::kPlay) {
    draw_list().AddTriangleFilled({x, y}, {x + size * 0.9f, y + size / 2}, {x, y + size}, color);
  } else if (icon == Icon::kPause) {
    const float bar = std::floor(size * 0.32f);
    draw_list().AddRectFilled({x, y}, {x + bar, y + size}, color);
    draw_list().AddRectFilled({x + size - bar, y}, {x + size, y + size}, color);
  } else {  // an arrow that turns back, or its mirror image
    const float thick = std::max(1.5f, size * 0.15f), side = icon == Icon::kUndo ? 1.0f : -1.0f;
    const float middle = x + size / 2, tip = middle - side * size * 0.5f, top = y + size * 0.32f;
    draw_list().PathLineTo({middle - side * size * 0.3f, top});
    draw_list().PathLineTo({middle + side * size * 0.15f, top});
    draw_list().PathBezierQuadraticCurveTo({middle + side * size * 0.55f, top},
                                           {middle + side * size * 0.5f, y + size * 0.64f});
    draw_list().PathBezierQuadraticCurveTo({middle + side * size * 0.45f, y + size},
                                           {middle - side * size * 0.1f, y + size * 0.94f});
    draw_list().PathStroke(color, 0, thick);
    draw_list().AddTriangleFilled({tip, top}, {middle - side * size * 0.1f, top - size * 0.3f},
                                  {middle - side * size * 0.1f, top + size * 0.3f}, color);
  }
}

/// What a control lies on, with the outline that forced colors ask for.
void face(const Ui& ui, const Box& box, ImU32 fill, ImU32 outline) {
  draw_list().AddRectFilled(low(box), high(box), fill, u(ui, 9));
  if (ui.display.forced) draw_list().AddRect(low(box), high(box), outline, u(ui, 9));
}

/// Returns the color of what stands on it.
ImU32 button_face(const Ui& ui, const Box& box, Kind kind) {
  const Theme& c = colors(ui);
  const bool hovered = ui.pointer.hovered(), held = ui.pointer.held() && hovered;
  if (kind == Kind::kPrimary) {
    face(ui, box, hovered && !held ? c.primary_hover : c.primary, c.border);
    return c.on_primary;
  }
  const bool idle = kind == Kind::kIdle;
  const ImU32 color = idle ? mix(c.control, c.muted, 0.5f) : c.text;
  face(ui, box,
       idle || !hovered ? c.control
       : held           ? c.control_active
                        : c.control_hover,
       idle ? color : c.border);
  return color;
}

void label_with_icon(Ui& ui, const Box& box, std::string_view label, Icon icon, ImU32 color) {
  if (icon == Icon::kNone) return text(ui.fonts.strong, color, box, label, Align::kCenter);
  const float size = u(ui, 12), gap = label.empty() ? 0 : u(ui, 9);
  const float width = size + gap + text_width(ui.fonts.strong, label);
  const float x = std::round(box.x + (box.w - width) / 2);
  icon_at(icon, x, std::round(box.y + (box.h - size) / 2), size, color);
  text(ui.fonts.strong, color, {x + size + gap, box.y, box.w, box.h}, label);
}

}  // namespace

bool button(Ui& ui, std::string_view name, const Box& box, std::string_view label, Kind kind, Icon icon,
            std::string_view spoken) {
  const bool pressed = press(ui, name, box);
  label_with_icon(ui, box, label, icon, button_face(ui, box, kind));
  add_item(ui, Item::kButton, name, box, spoken.empty() ? label : spoken).idle = kind == Kind::kIdle;
  return ui.take_remote(name, nullptr) || pressed;
}

bool toggle(Ui& ui, std::string_view name, const Box& box, std::string_view label, bool on) {
  const bool pressed = press(ui, name, box);
  const ImU32 color = button_face(ui, box, on ? Kind::kPrimary : Kind::kPlain);
  label_with_icon(ui, box, label, Icon::kNone, color);
  add_item(ui, Item::kToggle, name, box, label).value = on ? 1.0f : 0.0f;
  return ui.take_remote(name, nullptr) || pressed;
}

// ---- Choices

int choices(Ui& ui, std::string_view name, std::string_view spoken, const Box& box,
            std::span<const std::string_view> options, int chosen) {
  const Theme& c = colors(ui);
  const float inset = u(ui, 3), width = (box.w - 2 * inset) / static_cast<float>(options.size());
  face(ui, box, c.control, c.border);
  const bool forced = ui.display.forced;
  const ImU32 raised = forced            ? c.primary
                       : ui.display.dark ? c.control_active
                                         : c.card;  // lighter than the face
  int result = chosen;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const float left = std::round(box.x + inset + width * static_cast<float>(i));
    const float right = std::round(box.x + inset + width * static_cast<float>(i + 1));
    const Box part{left, box.y + inset, right - left, box.h - 2 * inset};
    const std::string part_name = indexed(name, static_cast<int>(i));
    const bool current = static_cast<int>(i) == chosen;
    if (press(ui, part_name, {part.x, box.y, part.w, box.h})) result = static_cast<int>(i);
    const bool hovered = ui.pointer.hovered();
    mark(ui, part_name, part);
    ImU32 color = hovered ? c.text : c.muted;
    if (current) {
      draw_list().AddRectFilled(low(part), high(part), raised, u(ui, 7));
      color = forced ? c.on_primary : c.text;
    } else if (hovered) {
      draw_list().AddRectFilled(low(part), high(part), c.control_hover, u(ui, 7));
    }
    text(ui.fonts.strong, color, part, options[i], Align::kCenter);
  }
  Item& item = add_item(ui, Item::kChoice, name, box, spoken);
  item.options.assign(options.begin(), options.end());
  Remote remote;
  const auto count = static_cast<float>(options.size());
  if (ui.take_remote(name, &remote) && remote.value >= 0 && remote.value < count) {
    result = static_cast<int>(remote.value);
  }
  item.value = static_cast<float>(result);
  return result;
}

int choices(Ui& ui, std::string_view name, std::string_view spoken, const Box& box,
            std::initializer_list<std::string_view> options, int chosen) {
  return choices(ui, name, spoken, box, std::span(options.begin(), options.size()), chosen);
}

int stepper(Ui& ui, std::string_view name, std::string_view spoken, const Box& box, std::string_view words,
            int value, int lo, int hi) {
  const Theme& c = colors(ui);
  face(ui, box, c.control, c.border);
  const std::string ends[] = {std::string(name) + ":less", std::string(name) + ":more"};
  const float side = box.h;
  for (int i = 0; i < 2; ++i) {
    const Box end{i == 0 ? box.x : box.right() - side, box.y, side, side};
    const bool possible = i == 0 ? value > lo : value < hi;
    if (press(ui, ends[i], end) && possible) value += 2 * i - 1;
    if (ui.pointer.hovered() && possible)
      draw_list().AddRectFilled(low(end), high(end), c.control_hover, u(ui, 9));
    text(ui.fonts.strong, possible ? c.text : c.track, end, i == 0 ? "−" : "+", Align::kCenter);
    mark(ui, ends[i], end);
  }
  text(ui.fonts.strong, c.text, box, words, Align::kCenter);
  Item& item = add_item(ui, Item::kRange, name, box, spoken);
  Remote remote;
  if (ui.take_remote(name, &remote)) value = static_cast<int>(std::lround(remote.value));
  value = std::clamp(value, lo, hi);
  item.value = static_cast<float>(value);
  item.lo = static_cast<float>(lo);
  item.hi = static_cast<float>(hi);
  item.step = 1;
  item.words = words;
  return value;
}

// ---- Fields

namespace {

std::uint32_t parse_number(std::string_view figures, std::uint32_t most) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(vae::parse_whole(figures.substr(0, 10)).value_or(0), most));
}

bool all_figures(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes what was typed; true when that ended with a new text.
bool type_into(Ui& ui) {
  for (const char typed : ui.typed) {
    if (typed >= '0' && typed <= '9' && ui.edited.size() < 10) ui.edited += typed;
  }
  if (ui.pressed(ImGuiKey_Backspace) && !ui.edited.empty()) ui.edited.pop_back();
  const bool enter = ui.pressed(ImGuiKey_Enter) || ui.pressed(ImGuiKey_KeypadEnter);
  if (enter || ui.pressed(ImGuiKey_Escape)) ui.editing.clear();
  return enter && !ui.edited.empty();
}

}  // namespace

bool number_field(Ui& ui, std::string_view name, std::string_view label, const Box& box, std::uint32_t& value,
                  std::uint32_t most) {
  const Theme& c = colors(ui);
  const std::uint32_t before = value;
  const bool clicked = press(ui, name, box), hovered = ui.pointer.hovered();
  if (hovered) ui.pointer.cursor = Cursor::kText;
  if (clicked) {
    ui.editing = name;
    ui.edited.clear();
  } else if (ui.editing == name) {
    const bool left = ui.pointer.clicked();
    if (type_into(ui) || (left && !ui.edited.empty())) value = parse_number(ui.edited, most);
    if (left) ui.editing.clear();
  }
  Remote remote;
  if (ui.take_remote(name, &remote) && all_figures(remote.text)) value = parse_number(remote.text, most);
  const bool editing = ui.editing == name;
  const ImU32 edge = editing ? c.text : hovered ? c.muted : c.border;
  draw_list().AddRectFilled(low(box), high(box), edge, u(ui, 9));
  const float line = editing ? u(ui, 2) : std::max(1.0f, std::floor(ui.display.scale));
  draw_list().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line}, c.card,
                            u(ui, 9) - line);
  const Box inner{box.x + u(ui, 10), box.y, box.w - u(ui, 20), box.h};
  text(ui.fonts.small, c.muted, inner, label);
  text(ui.fonts.body, c.text, inner, editing ? ui.edited + "|" : std::to_string(value), Align::kRight);
  add_item(ui, Item::kField, name, box, label).words = std::to_string(value);
  return value != before;
}

// ---- Pads

Pad pad(Ui& ui, std::string_view name, std::string_view spoken, const Box& box) {
  Pad pad;
  press(ui, name, box);
  pad.hovered = ui.pointer.hovered();
  pad.started = ui.pointer.started();
  pad.held = ui.pointer.held();
  pad.ended = ui.pointer.ended();
  if (pad.hovered || pad.held) ui.pointer.cursor = Cursor::kHand;
  if (ui.pointer.there()) {
    pad.x = std::clamp((ui.pointer.x() - box.x) / box.w, 0.0f, 1.0f);
    pad.y = std::clamp((ui.pointer.y() - box.y) / box.h, 0.0f, 1.0f);
    if (pad.held && !pad.started) pad.dx = ui.pointer.dx() / box.w, pad.dy = ui.pointer.dy() / box.h;
  }
  if (pad.hovered) pad.zoom = std::exchange(ui.zoom, 0.0f);
  add_item(ui, Item::kPad, name, box, spoken);
  return pad;
}

void badge(Ui& ui, float x, float y, std::string_view letter, ImU32 color, bool filled) {
  const Theme& c = colors(ui);
  const float radius = u(ui, 9);
  draw_list().AddCircleFilled({x, y}, radius, color);
  if (!filled) draw_list().AddCircleFilled({x, y}, radius - u(ui, 2), c.card);
  text(ui.fonts.tiny, filled ? c.on_accent : color, {x - radius, y - radius, 2 * radius, 2 * radius}, letter,
       Align::kCenter);
}

bool Ui::pressed(ImGuiKey key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

bool Ui::take_remote(std::string_view name, Remote* taken) {
  const auto found = std::find_if(remote.begin(), remote.end(),
                                  [name](const Remote& action) { return action.name == name; });
  if (found == remote.end()) return false;
  if (taken != nullptr) *taken = std::move(*found);
  remote.erase(found);
  return true;
}

const Item* find_item(const Ui& ui, std::string_view name) {
  for (const Item& item : ui.items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

}  // namespace lab
