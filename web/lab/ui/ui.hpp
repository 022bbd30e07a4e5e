// What the lab's controls share from frame to frame, the same in a desktop window and in the browser: the
// display, input, fonts, and the items of the frame. All lengths in here are device pixels, so that text and
// digits stay sharp at any density; u() turns design units (CSS pixels) into them.
//
// Every control is also an Item of the frame: the page mirrors the items as native controls beside the
// canvas, for screen readers and keyboards, and tests find things by their names. What such a mirror does
// comes back as `remote` and acts when the control of that name is drawn next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "web/lab/ui/pointer.hpp"
#include "web/lab/ui/strings.hpp"

namespace lab {

/// What keeps its color everywhere: the ends of a morph, and the current digit.
enum Accent { kAccentA, kAccentB, kAccentZ, kAccents };

/// Colors of one theme.
struct Theme {
  ImU32 background, card, border, text, muted, digit, tile, control, control_hover, control_active, track,
      primary, primary_hover, on_primary, accent[kAccents], on_accent;
};
const Theme& theme(bool dark);
/// A theme of the system's forced colors, 0xrrggbb each. Between background and text are shades of both.
Theme forced_theme(unsigned page, unsigned ink, unsigned border, unsigned control, unsigned highlight,
                   unsigned on_highlight, unsigned link);

struct Fonts {
  ImFont *tiny = nullptr, *small = nullptr, *body = nullptr, *strong = nullptr, *title = nullptr;
};

struct Box {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
};

/// What only the host knows.
struct Display {
  float width = 0, height = 0;  // of the picture
  float scale = 1;              // device pixels per design unit
  bool dark = false;            // theme of the system
  bool forced = false;          // the system forces its own colors:
  Theme forced_theme{};         // these
  bool window = false;          // a desktop window: margins, scrolling inside, the model's facts at the end
  float view_height = 0;        // what is visible at once, in device pixels; 0: unknown
  bool still = false;           // the visitor wants nothing to move by itself
  ImTextureID atlas{};
  double (*now)() = nullptr;  // seconds by a clock that never goes back
};

/// One thing on the screen: a control, a picture or a place that has a name.
struct Item {
  enum Kind { kPlace, kButton, kToggle, kRange, kChoice, kField, kPad } kind = kPlace;
  std::string name;
  Box box;
  int slot = -1;                     // of the picture shown, or -1
  std::string label;                 // what it is, for those who do not see it
  float value = 0, lo = 0, hi = 1;   // kRange; kChoice: the chosen option; kToggle: 1 or 0
  float step = 0;                    // kRange
  std::string words;                 // the value in words; kField: its text
  std::vector<std::string> options;  // kChoice
  std::string group;                 // items of one group are one stop of the Tab key
  bool idle = false;                 // kButton: there is nothing to do just now
  bool keys = false;                 // kPad: can have the focus, and takes arrow keys, + and - then
};

/// What a mirror of a control did: a press, a new value, or a text.
struct Remote {
  std::string name;
  float value = 0;
  std::string text;
};

/// State of the user interface. The host fills in the display and the input before a frame; the frame clears
/// the input.
struct Ui {
  Display display;

  // Input
  Pointer pointer;
  float scrolled = 0;          // by the wheel, in device pixels; in a window
  std::vector<ImGuiKey> keys;  // pressed since the last frame, repeats included
  std::string typed;           // characters since the last frame
  std::vector<Remote> remote;  // from the controls' mirrors
  bool canceled = false;       // the browser took a touch away, for scrolling: undo what it did so far
  float zoom = 0;              // doublings asked for over the pointer, by wheel or pinch
  bool zooms = false;          // was there, in the last frame, anything under the pointer that zooms?

  // The frame
  std::vector<Item> items;  // in reading order
  float seconds = 0;        // since the last frame
  bool drag_ended = false;  // a slider was let go of

  // What controls remember
  Fonts fonts;
  float font_scale = 0;
  Language font_language = Language::kEnglish;
  std::string focus;      // name of the control that keys move
  bool keyboard = false;  // the last input was a key: show what it acts on
  float before_drag = 0;  // value of the slider that is held, when it was taken
  bool at_rest = false;   // it was double-clicked: it stays where that put it
  std::string editing;    // name of the text field that is typed into
  std::string edited;     // its text

  bool pressed(ImGuiKey key) const;
  /// Takes the remote action on this control, if there is one, out of the list.
  bool take_remote(std::string_view name, Remote* remote);
};

/// Returns the item of this name in the last frame, or null.
const Item* find_item(const Ui& ui, std::string_view name);

ImFontAtlas& font_atlas();
/// Builds the fonts for this density and language when they changed, in OpenGL's present texture.
void update_fonts(Ui& ui);
/// Returns what the last frame drew, until the next.
const ImDrawData& drawn();

}  // namespace lab
