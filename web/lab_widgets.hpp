// The few controls that the lab is made of, drawn by hand over ImGui's invisible buttons: they look the same
// at every density, take a whole row as touch target, and cost a tenth of ImGui's own. Only lab_*.cpp include
// this.
#pragma once

#include "web/lab_view.hpp"

namespace lab {

/// Design units to device pixels.
inline float u(const App& app, float units) {
  return static_cast<float>(static_cast<int>(units * app.host.scale + 0.5f));
}
/// The largest whole multiple of 28 device pixels within `units` (at least one): digits magnify cleanly.
float fit_digit(const App& app, float device_pixels);
const Theme& colors(const App& app);

/// Remembers where a control is; `index` >= 0 makes "name:index".
void mark(App& app, const char* name, const Box& box, int index = -1);

enum class Align { kLeft, kCenter, kRight };
/// One line of text, its capitals centred on the box's height.
void text(App& app, ImFont* font, ImU32 color, const Box& box, std::string_view words,
          Align align = Align::kLeft);
/// Wrapped text from the box's top; returns its height.
float paragraph(App& app, ImFont* font, ImU32 color, float x, float y, float width, std::string_view words);
float text_width(ImFont* font, std::string_view words);

void card(App& app, const Box& box);
enum class Kind { kPlain, kPrimary };
enum class Icon { kNone, kPlay, kPause };
/// True when pressed.
bool button(App& app, const char* id, const Box& box, std::string_view label, Kind kind = Kind::kPlain,
            Icon icon = Icon::kNone);
/// A row of choices, one of them chosen; returns the chosen one. `tints` (may be null): a colour for each.
int choices(App& app, const char* const* ids, const Box& box, const char* const* labels, int count,
            int chosen, const ImU32* tints = nullptr);

struct SliderLook {
  ImU32 from, to;         // the track's ends; equal for one colour
  bool centered = false;  // filled from the middle
  bool focused = false;
};
/// Moves `value` between lo and hi; true when it changed. A double click gives `rest`.
bool slider(App& app, const char* id, const Box& box, float& value, float lo, float hi, float rest,
            const SliderLook& look);

/// A picture of the atlas with its ring (0 for none); true when clicked, if it has an id.
bool digit(App& app, const char* id, const Box& box, int picture, ImU32 ring = 0);
/// A small round letter on a corner of a digit, in the colour of a slot.
void badge(App& app, float x, float y, Slot slot, bool filled = true);
const char* slot_name(Slot slot);

ImU32 mix(ImU32 a, ImU32 b, float t);

}  // namespace lab
