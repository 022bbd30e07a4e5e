// Buttons, choices, fields and pads of the lab; see widgets.hpp. The rest: text.cpp, sliders.cpp, digits.cpp.
#include "web/lab/ui/widgets.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "web/lab/ui/draw_list.hpp"

namespace lab {

const Theme& colors(const App& app) { return app.host.forced ? app.host.forced_theme : theme(app.host.dark); }

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

Item& add_item(App& app, Item::Kind kind, std::string_view name, const Box& box, std::string_view spoken) {
  Item& item = app.items.emplace_back();
  item.kind = kind;
  item.name = name;
  item.box = box;
  item.label = spoken;
  return item;
}

void mark(App& app, std::string_view name, const Box& box) { add_item(app, Item::kPlace, name, box, {}); }

bool press(App& app, std::string_view name, const Box& box) {
  const bool pressed =
      app.pointer.item(hash_text(name), box.x, box.y, std::max(box.w, 1.0f), std::max(box.h, 1.0f));
  if (app.pointer.hovered()) app.pointer.cursor = Cursor::kHand;
  if (app.keyboard && app.focus == name) {
    const float edge = std::max(2.0f, std::floor(2 * app.host.scale));
    ink().AddRect({box.x - 2 * edge, box.y - 2 * edge}, {box.right() + 2 * edge, box.bottom() + 2 * edge},
                  colors(app).ink, 5 * edge, 0, edge);
  }
  return pressed;
}

// ---- Cards

void card(App& app, const Box& box) {
  const float radius = u(app, 14), line = std::max(1.0f, std::floor(app.host.scale));
  ink().AddRectFilled(low(box), high(box), colors(app).border, radius);
  ink().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line},
                      colors(app).card, radius - line);
}

void rule(App& app, float x, float y, float width) {
  const float line = std::max(1.0f, std::floor(app.host.scale));
  ink().AddRectFilled({x, y}, {x + width, y + line}, colors(app).border);
}

float card_padding(const App& app, float width) { return width < u(app, 480) ? u(app, 14) : u(app, 24); }

float heading(App& app, float x, float y, float width, std::string_view title, std::string_view line) {
  text(app.fonts.title, colors(app).ink, {x, y, width, u(app, 24)}, title);
  y += u(app, 29);
  return y + paragraph(app.fonts.body, colors(app).muted, x, y, width, line);
}

// ---- Buttons

namespace {

void icon_at(Icon icon, float x, float y, float size, ImU32 color) {
  if (icon == Icon::kPlay) {
    ink().AddTriangleFilled({x, y}, {x + size * 0.9f, y + size / 2}, {x, y + size}, color);
  } else if (icon == Icon::kPause) {
    const float bar = std::floor(size * 0.32f);
    ink().AddRectFilled({x, y}, {x + bar, y + size}, color);
    ink().AddRectFilled({x + size - bar, y}, {x + size, y + size}, color);
  } else {  // an arrow that turns back, or its mirror image
    const float thick = std::max(1.5f, size * 0.15f), side = icon == Icon::kUndo ? 1.0f : -1.0f;
    const float middle = x + size / 2, tip = middle - side * size * 0.5f, top = y + size * 0.32f;
    ink().PathLineTo({middle - side * size * 0.3f, top});
    ink().PathLineTo({middle + side * size * 0.15f, top});
    ink().PathBezierQuadraticCurveTo({middle + side * size * 0.55f, top},
                                     {middle + side * size * 0.5f, y + size * 0.64f});
    ink().PathBezierQuadraticCurveTo({middle + side * size * 0.45f, y + size},
                                     {middle - side * size * 0.1f, y + size * 0.94f});
    ink().PathStroke(color, 0, thick);
    ink().AddTriangleFilled({tip, top}, {middle - side * size * 0.1f, top - size * 0.3f},
                            {middle - side * size * 0.1f, top + size * 0.3f}, color);
  }
}

/// What a control lies on, with the outline that forced colors ask for.
void face(const App& app, const Box& box, ImU32 fill, ImU32 outline) {
  ink().AddRectFilled(low(box), high(box), fill, u(app, 9));
  if (app.host.forced) ink().AddRect(low(box), high(box), outline, u(app, 9));
}

/// Returns the color of what stands on it.
ImU32 button_face(const App& app, const Box& box, Kind kind) {
  const Theme& c = colors(app);
  const bool hovered = app.pointer.hovered(), held = app.pointer.held() && hovered;
  if (kind == Kind::kPrimary) {
    face(app, box, hovered && !held ? c.primary_hover : c.primary, c.border);
    return c.on_primary;
  }
  const bool idle = kind == Kind::kIdle;
  const ImU32 color = idle ? mix(c.control, c.muted, 0.5f) : c.ink;
  face(app, box,
       idle || !hovered ? c.control
       : held           ? c.control_active
                        : c.control_hover,
       idle ? color : c.border);
  return color;
}

void label_with_icon(App& app, const Box& box, std::string_view label, Icon icon, ImU32 color) {
  if (icon == Icon::kNone) return text(app.fonts.strong, color, box, label, Align::kCenter);
  const float size = u(app, 12), gap = label.empty() ? 0 : u(app, 9);
  const float width = size + gap + text_width(app.fonts.strong, label);
  const float x = std::round(box.x + (box.w - width) / 2);
  icon_at(icon, x, std::round(box.y + (box.h - size) / 2), size, color);
  text(app.fonts.strong, color, {x + size + gap, box.y, box.w, box.h}, label);
}

}  // namespace

bool button(App& app, std::string_view name, const Box& box, std::string_view label, Kind kind, Icon icon,
            std::string_view spoken) {
  const bool pressed = press(app, name, box);
  label_with_icon(app, box, label, icon, button_face(app, box, kind));
  add_item(app, Item::kButton, name, box, spoken.empty() ? label : spoken).idle = kind == Kind::kIdle;
  return app.take_remote(name, nullptr) || pressed;
}

bool toggle(App& app, std::string_view name, const Box& box, std::string_view label, bool on) {
  const bool pressed = press(app, name, box);
  const ImU32 color = button_face(app, box, on ? Kind::kPrimary : Kind::kPlain);
  label_with_icon(app, box, label, Icon::kNone, color);
  add_item(app, Item::kToggle, name, box, label).value = on ? 1.0f : 0.0f;
  return app.take_remote(name, nullptr) || pressed;
}

// ---- Choices

int choices(App& app, std::string_view name, std::string_view spoken, const Box& box,
            std::span<const std::string_view> options, int chosen) {
  const Theme& c = colors(app);
  const float inset = u(app, 3), width = (box.w - 2 * inset) / static_cast<float>(options.size());
  face(app, box, c.control, c.border);
  const bool forced = app.host.forced;
  const ImU32 raised = forced          ? c.primary
                       : app.host.dark ? c.control_active
                                       : c.card;  // lighter than the face
  int result = chosen;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const float left = std::round(box.x + inset + width * static_cast<float>(i));
    const float right = std::round(box.x + inset + width * static_cast<float>(i + 1));
    const Box part{left, box.y + inset, right - left, box.h - 2 * inset};
    const std::string part_name = indexed(name, static_cast<int>(i));
    const bool current = static_cast<int>(i) == chosen;
    if (press(app, part_name, {part.x, box.y, part.w, box.h})) result = static_cast<int>(i);
    const bool hovered = app.pointer.hovered();
    mark(app, part_name, part);
    ImU32 color = hovered ? c.ink : c.muted;
    if (current) {
      ink().AddRectFilled(low(part), high(part), raised, u(app, 7));
      color = forced ? c.on_primary : c.ink;
    } else if (hovered) {
      ink().AddRectFilled(low(part), high(part), c.control_hover, u(app, 7));
    }
    text(app.fonts.strong, color, part, options[i], Align::kCenter);
  }
  Item& item = add_item(app, Item::kChoice, name, box, spoken);
  item.options.assign(options.begin(), options.end());
  Remote remote;
  const auto count = static_cast<float>(options.size());
  if (app.take_remote(name, &remote) && remote.value >= 0 && remote.value < count) {
    result = static_cast<int>(remote.value);
  }
  item.value = static_cast<float>(result);
  return result;
}

int choices(App& app, std::string_view name, std::string_view spoken, const Box& box,
            std::initializer_list<std::string_view> options, int chosen) {
  return choices(app, name, spoken, box, std::span(options.begin(), options.size()), chosen);
}

int stepper(App& app, std::string_view name, std::string_view spoken, const Box& box, std::string_view words,
            int value, int lo, int hi) {
  const Theme& c = colors(app);
  face(app, box, c.control, c.border);
  const std::string ends[] = {std::string(name) + ":less", std::string(name) + ":more"};
  const float side = box.h;
  for (int i = 0; i < 2; ++i) {
    const Box end{i == 0 ? box.x : box.right() - side, box.y, side, side};
    const bool possible = i == 0 ? value > lo : value < hi;
    if (press(app, ends[i], end) && possible) value += 2 * i - 1;
    if (app.pointer.hovered() && possible)
      ink().AddRectFilled(low(end), high(end), c.control_hover, u(app, 9));
    text(app.fonts.strong, possible ? c.ink : c.track, end, i == 0 ? "−" : "+", Align::kCenter);
    mark(app, ends[i], end);
  }
  text(app.fonts.strong, c.ink, box, words, Align::kCenter);
  Item& item = add_item(app, Item::kRange, name, box, spoken);
  Remote remote;
  if (app.take_remote(name, &remote)) value = static_cast<int>(std::lround(remote.value));
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
  std::uint64_t value = 0;
  for (const char figure : figures.substr(0, 10))
    value = value * 10 + static_cast<std::uint64_t>(figure - '0');
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, most));
}

bool all_figures(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes what was typed; true when that ended with a new text.
bool type_into(App& app) {
  for (const char typed : app.typed) {
    if (typed >= '0' && typed <= '9' && app.edited.size() < 10) app.edited += typed;
  }
  if (app.pressed(ImGuiKey_Backspace) && !app.edited.empty()) app.edited.pop_back();
  const bool enter = app.pressed(ImGuiKey_Enter) || app.pressed(ImGuiKey_KeypadEnter);
  if (enter || app.pressed(ImGuiKey_Escape)) app.editing.clear();
  return enter && !app.edited.empty();
}

}  // namespace

bool number_field(App& app, std::string_view name, std::string_view label, const Box& box,
                  std::uint32_t& value, std::uint32_t most) {
  const Theme& c = colors(app);
  const std::uint32_t before = value;
  const bool clicked = press(app, name, box), hovered = app.pointer.hovered();
  if (hovered) app.pointer.cursor = Cursor::kText;
  if (clicked) {
    app.editing = name;
    app.edited.clear();
  } else if (app.editing == name) {
    const bool left = app.pointer.clicked();
    if (type_into(app) || (left && !app.edited.empty())) value = parse_number(app.edited, most);
    if (left) app.editing.clear();
  }
  Remote remote;
  if (app.take_remote(name, &remote) && all_figures(remote.text)) value = parse_number(remote.text, most);
  const bool editing = app.editing == name;
  const ImU32 edge = editing ? c.ink : hovered ? c.muted : c.border;
  ink().AddRectFilled(low(box), high(box), edge, u(app, 9));
  const float line = editing ? u(app, 2) : std::max(1.0f, std::floor(app.host.scale));
  ink().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line}, c.card,
                      u(app, 9) - line);
  const Box inner{box.x + u(app, 10), box.y, box.w - u(app, 20), box.h};
  text(app.fonts.small, c.muted, inner, label);
  text(app.fonts.body, c.ink, inner, editing ? app.edited + "|" : std::to_string(value), Align::kRight);
  add_item(app, Item::kField, name, box, label).words = std::to_string(value);
  return value != before;
}

// ---- Pads

Pad pad(App& app, std::string_view name, std::string_view spoken, const Box& box) {
  Pad pad;
  press(app, name, box);
  pad.hovered = app.pointer.hovered();
  pad.started = app.pointer.started();
  pad.held = app.pointer.held();
  pad.ended = app.pointer.ended();
  if (pad.hovered || pad.held) app.pointer.cursor = Cursor::kHand;
  if (app.pointer.there()) {
    pad.x = std::clamp((app.pointer.x() - box.x) / box.w, 0.0f, 1.0f);
    pad.y = std::clamp((app.pointer.y() - box.y) / box.h, 0.0f, 1.0f);
    if (pad.held && !pad.started) pad.dx = app.pointer.dx() / box.w, pad.dy = app.pointer.dy() / box.h;
  }
  if (pad.hovered) pad.zoom = std::exchange(app.zoom, 0.0f);
  add_item(app, Item::kPad, name, box, spoken);
  return pad;
}

}  // namespace lab
