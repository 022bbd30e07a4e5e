// Controls of the lab; see lab_widgets.hpp.
#include "web/lab_widgets.hpp"

#include <algorithm>
#include <cmath>

namespace lab {
namespace {

ImDrawList& ink() { return *ImGui::GetWindowDrawList(); }
ImVec2 low(const Box& b) { return {b.x, b.y}; }
ImVec2 high(const Box& b) { return {b.right(), b.bottom()}; }

/// Makes the box a button; true when pressed and released on it.
bool press(const char* id, const Box& box) {
  ImGui::SetCursorScreenPos(low(box));
  const bool pressed = ImGui::InvisibleButton(id, {std::max(box.w, 1.0f), std::max(box.h, 1.0f)});
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return pressed;
}

void icon_at(Icon icon, float x, float y, float size, ImU32 color) {
  if (icon == Icon::kPlay) {
    ink().AddTriangleFilled({x, y}, {x + size * 0.9f, y + size / 2}, {x, y + size}, color);
  } else if (icon == Icon::kPause) {
    const float bar = std::floor(size * 0.32f);
    ink().AddRectFilled({x, y}, {x + bar, y + size}, color);
    ink().AddRectFilled({x + size - bar, y}, {x + size, y + size}, color);
  }
}

}  // namespace

const Theme& colors(const App& app) { return theme(app.host.dark); }

float fit_digit(const App&, float device_pixels) {
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

void mark(App& app, const char* name, const Box& box, int index) {
  App::Item item{{}, box};
  std::string full = name;
  if (index >= 0) full += ":" + std::to_string(index);
  full.copy(item.name, sizeof item.name - 1);
  app.items.push_back(item);
}

float text_width(ImFont* font, std::string_view words) {
  return font->CalcTextSizeA(font->FontSize, 1e9f, 0, words.data(), words.data() + words.size()).x;
}

void text(App&, ImFont* font, ImU32 color, const Box& box, std::string_view words, Align align) {
  const float width = text_width(font, words);
  float x = box.x;
  if (align == Align::kCenter) x += (box.w - width) / 2;
  if (align == Align::kRight) x += box.w - width;
  const float capitals = font->FontSize * (2048.0f / 3408);  // Inter's cap height over ascent plus descent
  const float y = box.y + (box.h + capitals) / 2 - font->Ascent;
  ink().AddText(font, font->FontSize, {std::round(x), std::round(y)}, color, words.data(),
                words.data() + words.size());
}

float paragraph(App&, ImFont* font, ImU32 color, float x, float y, float width, std::string_view words) {
  const char* end = words.data() + words.size();
  ink().AddText(font, font->FontSize, {x, y}, color, words.data(), end, width);
  return font->CalcTextSizeA(font->FontSize, 1e9f, width, words.data(), end).y;
}

void card(App& app, const Box& box) {
  const float radius = u(app, 14), line = std::max(1.0f, std::floor(app.host.scale));
  ink().AddRectFilled(low(box), high(box), colors(app).border, radius);
  ink().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line},
                      colors(app).card, radius - line);
}

bool button(App& app, const char* id, const Box& box, std::string_view label, Kind kind, Icon icon) {
  const Theme& c = colors(app);
  const bool pressed = press(id, box);
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive() && hovered;
  const bool primary = kind == Kind::kPrimary;
  ImU32 fill = primary ? c.primary : c.control;
  if (hovered) fill = primary ? c.primary_hover : c.control_hover;
  if (held) fill = primary ? c.primary : c.control_active;
  ink().AddRectFilled(low(box), high(box), fill, u(app, 9));
  const ImU32 color = primary ? c.on_primary : c.ink;
  if (icon == Icon::kNone) {
    text(app, app.fonts.strong, color, box, label, Align::kCenter);
    return pressed;
  }
  const float size = u(app, 12), gap = u(app, 9), width = size + gap + text_width(app.fonts.strong, label);
  const float x = std::round(box.x + (box.w - width) / 2);
  icon_at(icon, x, std::round(box.y + (box.h - size) / 2), size, color);
  text(app, app.fonts.strong, color, {x + size + gap, box.y, box.w, box.h}, label);
  return pressed;
}

int choices(App& app, const char* const* ids, const Box& box, const char* const* labels, int count,
            int chosen, const ImU32* tints) {
  const Theme& c = colors(app);
  const float inset = u(app, 3), width = (box.w - 2 * inset) / static_cast<float>(count);
  ink().AddRectFilled(low(box), high(box), c.control, u(app, 9));
  int result = chosen;
  for (int i = 0; i < count; ++i) {
    const float left = std::round(box.x + inset + width * static_cast<float>(i));
    const float right = std::round(box.x + inset + width * static_cast<float>(i + 1));
    const Box part{left, box.y + inset, right - left, box.h - 2 * inset};
    if (press(ids[i], {part.x, box.y, part.w, box.h})) result = i;
    const bool hovered = ImGui::IsItemHovered();
    mark(app, ids[i], part);
    ImU32 color = hovered || i == chosen ? c.ink : c.muted;
    if (i == chosen) {
      ink().AddRectFilled(low(part), high(part), tints != nullptr ? tints[i] : c.card, u(app, 7));
      if (tints != nullptr) color = c.on_slot;
    } else if (hovered) {
      ink().AddRectFilled(low(part), high(part), c.control_hover, u(app, 7));
    }
    text(app, app.fonts.strong, color, part, labels[i], Align::kCenter);
  }
  return result;
}

bool slider(App& app, const char* id, const Box& box, float& value, float lo, float hi, float rest,
            const SliderLook& look) {
  const Theme& c = colors(app);
  const float radius = u(app, 9), left = box.x + radius, width = std::max(1.0f, box.w - 2 * radius);
  press(id, box);
  const float before = value;
  if (ImGui::IsItemActivated()) {
    app.before_drag = value;
    app.at_rest = ImGui::GetMouseClickedCount(ImGuiMouseButton_Left) >= 2;
    if (app.at_rest) value = rest;
  }
  if (ImGui::IsItemActive() && !app.at_rest) {
    if (app.cancelled) {
      value = app.before_drag;
    } else if (ImGui::IsMousePosValid()) {
      const float x = std::clamp((ImGui::GetMousePos().x - left) / width, 0.0f, 1.0f);
      value = lo + (hi - lo) * x;
    }
  }
  const bool hovered = ImGui::IsItemHovered() || ImGui::IsItemActive();

  const float thick = u(app, 2.5f), y = std::round(box.y + box.h / 2);
  const float at = left + width * std::clamp((value - lo) / (hi - lo), 0.0f, 1.0f);
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
  const ImU32 tint = look.centered ? look.to : mix(look.from, look.to, (value - lo) / (hi - lo));
  const float knob = hovered ? radius : u(app, 8);
  ink().AddCircleFilled({at, y}, knob, tint);
  ink().AddCircleFilled({at, y}, knob - u(app, 2.5f), hovered ? tint : c.card);
  if (look.focused) {
    ink().AddRect({box.x - u(app, 4), box.y}, {box.right() + u(app, 4), box.bottom()}, c.ink, u(app, 8), 0,
                  std::max(1.5f, u(app, 2)));
  }
  return value != before;
}

bool digit(App& app, const char* id, const Box& box, int picture, ImU32 ring) {
  const Theme& c = colors(app);
  const bool pressed = id != nullptr && press(id, box);
  const bool hovered = id != nullptr && ImGui::IsItemHovered();
  const float radius = u(app, 5), edge = u(app, 2);
  const Box outer{box.x - edge, box.y - edge, box.w + 2 * edge, box.h + 2 * edge};
  if (ring == 0 && hovered) ring = c.muted;
  if (ring != 0) ink().AddRectFilled(low(outer), high(outer), ring, radius + edge);
  ink().AddRectFilled(low(box), high(box), c.tile, radius);
  if (app.host.atlas != ImTextureID{} && app.lab.loaded()) {
    const float column = static_cast<float>(picture % kAtlasColumns),
                row = static_cast<float>(picture / kAtlasColumns);
    ink().AddImage(app.host.atlas, low(box), high(box), {column / kAtlasColumns, row / kAtlasRows},
                   {(column + 1) / kAtlasColumns, (row + 1) / kAtlasRows}, c.digit);
  }
  return pressed;
}

const char* slot_name(Slot slot) {
  static const char* const kNames[kSlots] = {"A", "B", "S"};
  return kNames[slot];
}

void badge(App& app, float x, float y, Slot slot, bool filled) {
  const Theme& c = colors(app);
  const float radius = u(app, 9);
  ink().AddCircleFilled({x, y}, radius, c.slot[slot]);
  if (!filled) ink().AddCircleFilled({x, y}, radius - u(app, 2), c.card);
  text(app, app.fonts.tiny, filled ? c.on_slot : c.slot[slot],
       {x - radius, y - radius, 2 * radius, 2 * radius}, slot_name(slot), Align::kCenter);
}

}  // namespace lab
