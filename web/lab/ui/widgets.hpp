// The few controls that the lab is made of, drawn by hand: they look the same at every density, take a whole
// row as touch target, and cost a tenth of ImGui's own. Each leaves an Item, so that the page can mirror it.
#pragma once

#include <cmath>
#include <initializer_list>
#include <span>

#include "web/lab/ui/ui.hpp"

namespace lab {

/// Design units to device pixels.
inline float u(const Ui& ui, float units) {
  return static_cast<float>(static_cast<int>(units * ui.display.scale + 0.5f));
}
/// The largest whole multiple of 28 device pixels within `device_pixels` (at least one): digits
/// magnify cleanly.
float fit_digit(float device_pixels);
const Theme& colors(const Ui& ui);
ImU32 mix(ImU32 a, ImU32 b, float t);
/// What everything is drawn with; one picture at a time.
ImDrawList& draw_list();
/// "name:index".
std::string indexed(std::string_view name, int index);

/// Gives a place a name, for tests.
void mark(Ui& ui, std::string_view name, const Box& box);

enum class Align { kLeft, kCenter, kRight };
/// One line of text, its capitals centered on the box's height.
void text(ImFont* font, ImU32 color, const Box& box, std::string_view words, Align align = Align::kLeft);
/// Wrapped text from the box's top; returns its height.
float paragraph(ImFont* font, ImU32 color, float x, float y, float width, std::string_view words);
/// The same without drawing it.
float paragraph_height(ImFont* font, float width, std::string_view words);
float text_width(ImFont* font, std::string_view words);

void card(Ui& ui, const Box& box);
/// A thin horizontal line.
void rule(Ui& ui, float x, float y, float width);

/// Places for buttons in rows that wrap.
struct Flow {
  const Ui& ui;
  float left, right, height, gap, x, y;
  Flow(const Ui& a, float from, float top, float to)
      : ui(a), left(from), right(to), height(u(a, 36)), gap(u(a, 8)), x(from), y(top) {}
  Box next(float width) {
    if (x > left && x + width > right) x = left, y += height + gap;
    const Box box{x, y, width < right - left ? width : right - left, height};
    x += width + gap;
    return box;
  }
  Box next(std::string_view label) {  // as wide as a button of this label
    return next(std::ceil(text_width(ui.fonts.strong, label) + u(ui, 26)));
  }
  float bottom() const { return y + height; }
};

enum class Kind { kPlain, kPrimary, kIdle };  // idle: there is nothing to do just now
enum class Icon { kNone, kPlay, kPause, kUndo, kRedo };
/// True when pressed. `spoken`: what it does, where the label alone does not say.
bool button(Ui& ui, std::string_view name, const Box& box, std::string_view label, Kind kind = Kind::kPlain,
            Icon icon = Icon::kNone, std::string_view spoken = {});
/// A button that stays down while it is on; true when pressed.
bool toggle(Ui& ui, std::string_view name, const Box& box, std::string_view label, bool on);
/// A row of choices, one of them chosen (or -1); returns the chosen one. The part of option i is
/// named "name:i".
int choices(Ui& ui, std::string_view name, std::string_view spoken, const Box& box,
            std::span<const std::string_view> options, int chosen);
int choices(Ui& ui, std::string_view name, std::string_view spoken, const Box& box,
            std::initializer_list<std::string_view> options, int chosen);
/// "- words +": steps through whole numbers lo to hi; returns the new one. The ends are "name:less"
/// and "name:more".
int stepper(Ui& ui, std::string_view name, std::string_view spoken, const Box& box, std::string_view words,
            int value, int lo, int hi);

struct SliderLook {
  ImU32 from, to;         // the track's ends; equal for one color
  bool centered = false;  // filled from the middle
};
/// Moves `value` between lo and hi; true when it changed. A double click gives `rest`. `words`: the value
/// in words.
bool slider(Ui& ui, std::string_view name, std::string_view spoken, const Box& box, float& value, float lo,
            float hi, float rest, const SliderLook& look, std::string_view words);

/// A field for a whole number from 0 to `most`: a click starts typing, Enter or a click elsewhere ends it,
/// Escape leaves it unchanged. True when it changed.
bool number_field(Ui& ui, std::string_view name, std::string_view label, const Box& box, std::uint32_t& value,
                  std::uint32_t most = UINT32_MAX);

/// A small round letter on a corner of a digit.
void badge(Ui& ui, float x, float y, std::string_view letter, ImU32 color, bool filled = true);

/// An area that is drawn on or dragged. Fingers on it do not scroll the page.
struct Pad {
  bool hovered = false, started = false, held = false, ended = false;
  float x = 0, y = 0;    // of the pointer, 0 to 1 inside
  float dx = 0, dy = 0;  // moved since the last frame while held, in fractions of the box
  float zoom = 0;        // doublings asked for over it
};
Pad pad(Ui& ui, std::string_view name, std::string_view spoken, const Box& box);

/// Draws content over a card as high as it (at least `least`); returns the height. content() returns its own.
template <class Content>
float in_card(Ui& ui, float x, float y, float width, float least, Content content) {
  draw_list().ChannelsSetCurrent(1);
  const float own = content(), height = own > least ? own : least;
  draw_list().ChannelsSetCurrent(0);
  card(ui, {x, y, width, height});
  return height;
}
/// Space inside a card's border, by its width.
float card_padding(const Ui& ui, float width);
/// Title and one line below it; returns the y after them.
float heading(Ui& ui, float x, float y, float width, std::string_view title, std::string_view line);

}  // namespace lab
