// The few controls that the lab is made of, drawn by hand: they look the same at every density, take a whole
// row as touch target, and cost a tenth of ImGui's own. Each leaves an Item, so that the page can mirror it.
// Only the sources in here include this.
#pragma once

#include <cmath>
#include <initializer_list>
#include <span>

#include "web/lab/shell/app.hpp"

namespace lab {

/// Design units to device pixels.
inline float u(const App& app, float units) {
  return static_cast<float>(static_cast<int>(units * app.host.scale + 0.5f));
}
/// The largest whole multiple of 28 device pixels within `device_pixels` (at least one): digits
/// magnify cleanly.
float fit_digit(float device_pixels);
const Theme& colors(const App& app);
ImU32 mix(ImU32 a, ImU32 b, float t);
/// What everything is drawn with; one picture at a time.
ImDrawList& ink();
/// "name:index".
std::string indexed(std::string_view name, int index);

/// Gives a place a name, for tests.
void mark(App& app, std::string_view name, const Box& box);

enum class Align { kLeft, kCenter, kRight };
/// One line of text, its capitals centered on the box's height.
void text(ImFont* font, ImU32 color, const Box& box, std::string_view words, Align align = Align::kLeft);
/// Wrapped text from the box's top; returns its height.
float paragraph(ImFont* font, ImU32 color, float x, float y, float width, std::string_view words);
/// The same without drawing it.
float paragraph_height(ImFont* font, float width, std::string_view words);
float text_width(ImFont* font, std::string_view words);

void card(App& app, const Box& box);
/// A thin horizontal line.
void rule(App& app, float x, float y, float width);

/// Places for buttons in rows that wrap.
struct Flow {
  const App& app;
  float left, right, height, gap, x, y;
  Flow(const App& a, float from, float top, float to)
      : app(a), left(from), right(to), height(u(a, 36)), gap(u(a, 8)), x(from), y(top) {}
  Box next(float width) {
    if (x > left && x + width > right) x = left, y += height + gap;
    const Box box{x, y, width < right - left ? width : right - left, height};
    x += width + gap;
    return box;
  }
  Box next(std::string_view label) {  // as wide as a button of this label
    return next(std::ceil(text_width(app.fonts.strong, label) + u(app, 26)));
  }
  float bottom() const { return y + height; }
};

enum class Kind { kPlain, kPrimary, kIdle };  // idle: there is nothing to do just now
enum class Icon { kNone, kPlay, kPause, kUndo, kRedo };
/// True when pressed. `spoken`: what it does, where the label alone does not say.
bool button(App& app, std::string_view name, const Box& box, std::string_view label, Kind kind = Kind::kPlain,
            Icon icon = Icon::kNone, std::string_view spoken = {});
/// A button that stays down while it is on; true when pressed.
bool toggle(App& app, std::string_view name, const Box& box, std::string_view label, bool on);
/// A row of choices, one of them chosen (or -1); returns the chosen one. The part of option i is
/// named "name:i".
int choices(App& app, std::string_view name, std::string_view spoken, const Box& box,
            std::span<const std::string_view> options, int chosen);
int choices(App& app, std::string_view name, std::string_view spoken, const Box& box,
            std::initializer_list<std::string_view> options, int chosen);
/// "- words +": steps through whole numbers lo to hi; returns the new one. The ends are "name:less"
/// and "name:more".
int stepper(App& app, std::string_view name, std::string_view spoken, const Box& box, std::string_view words,
            int value, int lo, int hi);

struct SliderLook {
  ImU32 from, to;         // the track's ends; equal for one color
  bool centered = false;  // filled from the middle
};
/// Moves `value` between lo and hi; true when it changed. A double click gives `rest`. `words`: the value
/// in words.
bool slider(App& app, std::string_view name, std::string_view spoken, const Box& box, float& value, float lo,
            float hi, float rest, const SliderLook& look, std::string_view words);

/// A field for a whole number from 0 to `most`: a click starts typing, Enter or a click elsewhere ends it,
/// Escape leaves it unchanged. True when it changed.
bool number_field(App& app, std::string_view name, std::string_view label, const Box& box,
                  std::uint32_t& value, std::uint32_t most = UINT32_MAX);

/// A picture of the gallery with its ring (0 for none). With something to say it is a button: true when
/// pressed. While its picture is not decoded yet, the last one of the same name stays. `group`: see Item.
bool digit(App& app, std::string_view name, const Box& box, int slot, ImU32 ring = 0,
           std::string_view spoken = {}, std::string_view group = {});
/// The slot to draw where `slot` is wanted: the last one of the same place while it is not decoded yet.
int slot_to_show(App& app, std::uint64_t place, int slot);
/// The picture alone, without tile, ring or name.
void bare_digit(App& app, const Box& box, int slot, ImU32 tint);
/// "Sample 5, looks like 7": what z looks like behind a name, for people who cannot see it.
std::string with_looks(const App& app, std::string_view name, std::span<const float> z);
/// "7", or "4 or 9"; empty when there is none.
std::string class_words(std::span<const int> labels);

/// A small round letter on a corner of a digit.
void badge(App& app, float x, float y, std::string_view letter, ImU32 color, bool filled = true);

/// An area that is drawn on or dragged. Fingers on it do not scroll the page.
struct Pad {
  bool hovered = false, started = false, held = false, ended = false;
  float x = 0, y = 0;    // of the pointer, 0 to 1 inside
  float dx = 0, dy = 0;  // moved since the last frame while held, in fractions of the box
  float zoom = 0;        // doublings asked for over it
};
Pad pad(App& app, std::string_view name, std::string_view spoken, const Box& box);

/// Draws content over a card as high as it (at least `least`); returns the height. content() returns its own.
template <class Content>
float in_card(App& app, float x, float y, float width, float least, Content content) {
  ink().ChannelsSetCurrent(1);
  const float own = content(), height = own > least ? own : least;
  ink().ChannelsSetCurrent(0);
  card(app, {x, y, width, height});
  return height;
}
/// Space inside a card's border, by its width.
float card_padding(const App& app, float width);
/// Title and one line below it; returns the y after them.
float heading(App& app, float x, float y, float width, std::string_view title, std::string_view line);

}  // namespace lab
