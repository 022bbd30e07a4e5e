// The lab as it is drawn with Dear ImGui's draw lists, the same in a desktop window and in the browser. The
// host (main.cpp) sets `host`, feeds pointer and keys, calls draw() and shows what drawn() has, uploads the
// atlas where it changed, and asks wants_frame() whether to come back. All lengths in here are device pixels,
// so that text and digits stay sharp at any density; u() turns design units (CSS pixels) into them.
//
// Every control is also an Item of the frame: the page mirrors the items as native controls beside the
// canvas, for screen readers and keyboards, and tests find things by their names. What such a mirror does
// comes back as `remote` and acts when the control of that name is drawn next.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "imgui.h"
#include "web/lab/state/encoding_cost.hpp"
#include "web/lab/state/lab.hpp"
#include "web/lab/ui/pointer.hpp"
#include "web/lab/ui/strings.hpp"
#include "web/lab/views/map/map_view.hpp"

namespace lab {

/// What keeps its color everywhere: the ends of a morph, and the current digit.
enum Accent { kAccentA, kAccentB, kAccentZ, kAccents };

/// Colors of one theme.
struct Theme {
  ImU32 page, card, border, ink, muted, digit, tile, control, control_hover, control_active, track, primary,
      primary_hover, on_primary, accent[kAccents], on_accent;
};
const Theme& theme(bool dark);
/// A theme of the system's forced colors, 0xrrggbb each. Between page and ink are shades of both.
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
struct Host {
  float width = 0, height = 0;  // of the picture
  float scale = 1;              // device pixels per design unit
  bool dark = false;            // theme of the system
  bool forced = false;          // the system forces its own colors:
  Theme forced_theme{};         // these
  bool window = false;          // a desktop window: margins, scrolling inside, the model's facts at the end
  float view_height = 0;        // what is visible at once, in device pixels; 0: unknown
  bool still = false;           // the visitor wants nothing to move by itself
  ImTextureID atlas{};
  Clock now = nullptr;
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

/// Of "Morph": the stop that is chosen, and whether it is to become a real digit once those are there.
struct MorphView {
  int stop = 0;
  bool real = false;
};

/// Of "Bend".
struct BendView {
  int chosen = -1;           // the dimension moved last
  int page = 0;              // of a model with more dimensions than fit
  std::vector<float> table;  // the z that the traversal starts from
};

/// Of the view "Time": whether it plays, and how long it has shown this snapshot, in seconds.
struct TimeView {
  bool playing = false;
  bool complete = false;  // every picture of this snapshot was there in the last frame
  std::vector<std::pair<int, std::uint64_t>> map;  // slots and keys of the last moment whose map was complete
  float waited = 0;
};

/// Of the view "Compare": what the encoders made of pictures, so that nothing is encoded twice.
struct CompareView {
  struct Reading {
    Encoded encoded;
    std::optional<Nats> nats;  // at z = mu, once that was asked for
  };
  Reading readings[16];
  std::size_t next = 0;  // to be written over
  std::string spoken;    // the losses of both, for people who cannot see them
};

/// What the views that look at a drawing keep of it.
struct DrawView {
  bool drawing = false;        // the pen is down, and draws the last stroke
  std::size_t strokes = 0;     // of this many
  bool take = false;           // the code becomes the current digit once the pen is up
  int frame = -1;              // the last one that showed the view, and
  int decoder = -1;            // the model it showed
  Encoded encoded;             // see encoded_drawing()
  Nats nats;                   // of the drawing,
  std::uint64_t nats_key = 0;  // for this code of it
};

/// What "Inside" keeps of the digit that it looks at.
struct InsideView {
  std::uint64_t key = 0;  // of the model, x and z
  int decoder = -1;       // the model
  std::vector<float> x;   // (28 * 28), what the encoder is given
  bool own = false;       // x is what the decoder makes of z, not a digit that somebody wrote
  vae::Trace trace;       // of x and the current z
  Nats nats;
};

struct App {
  Lab lab;
  Host host;

  // For the host, after draw().
  float content_height = 0;  // device pixels
  bool more = false;         // something is left to decode: draw again with the next frame
  bool unfinished = false;   // a view has work of its own left for the next frame
  bool behind = false;  // an old picture was drawn in place of one that is decoded by now: draw again at once
  std::vector<Item> items;  // of this frame, in reading order
  std::string request;  // what only the host can do: "open", "png", "apng", "json", "link"; host clears it
  unsigned long atlas_rows = 0;  // rows of pictures to upload, one bit each; host clears it

  // From the host, before draw().
  Pointer pointer;
  float scrolled = 0;          // by the wheel, in device pixels; in a window
  std::vector<ImGuiKey> keys;  // pressed since the last frame, repeats included
  std::string typed;           // characters since the last frame
  std::vector<Remote> remote;  // from the controls' mirrors
  bool reveal = false;         // "layer_card" is new, and the page is to show it
  bool cancelled = false;      // the browser took a touch away, for scrolling: undo what it did so far
  float zoom = 0;              // doublings asked for over the pointer, by wheel or pinch

  // The view's own.
  float seconds = 0;  // since the last frame
  int pass = 0;       // counts draw()
  float scroll = 0;   // of a window, in device pixels
  Fonts fonts;
  float font_scale = 0;
  Language font_language = Language::kEnglish;
  std::string focus;      // name of the control that keys move
  bool keyboard = false;  // the last input was a key: show what it acts on
  float before_drag = 0;  // value of the slider that is held, when it was taken
  bool at_rest = false;   // it was double-clicked: it stays where that put it
  std::string editing;    // name of the text field that is typed into
  std::string edited;     // its text
  bool choosing_model = false;
  MorphView morph;
  BendView bend;
  TimeView time;
  CompareView compare;
  MapView map;
  DrawView draw;
  InsideView inside;
  std::unordered_map<std::uint64_t, std::pair<int, std::uint64_t>> shown;  // by item: the last slot and key

  bool pressed(ImGuiKey key) const;
  /// The remote action on this control, if there is one; it is used up.
  bool take_remote(std::string_view name, Remote* remote);
};

ImFontAtlas& font_atlas();
/// Builds the fonts for this density and language when they changed, in OpenGL's present texture.
void update_fonts(App& app);

/// Draws everything, `seconds` after the last time.
void draw(App& app, float seconds);
/// What the last draw() drew, until the next.
const ImDrawData& drawn();
bool wants_frame(const App& app);

/// The item of this name in the last frame, or null.
const Item* find_item(const App& app, std::string_view name);
/// One sentence on what is to be seen, for people who cannot see it.
std::string describe(App& app);
/// The state as JSON, for tests and for the page; `frames` is the host's count of frames drawn.
std::string state_json(const App& app, long frames);
/// The items that are controls, as JSON, boxes in design units.
std::string controls_json(const App& app);
/// One line on the loaded weights.
std::string facts(const App& app);

}  // namespace lab
