// The lab as it is drawn: one ImGui page, the same in a desktop window and in the browser. The host
// (main.cpp) sets `host`, feeds ImGui's pointer and our keys, calls draw() between NewFrame() and Render(),
// uploads the atlas where it changed, and asks wants_frame() whether to come back. All lengths in here are
// device pixels, so that text and digits stay sharp at any density; u() turns design units (CSS pixels) into
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "web/lab.hpp"

namespace lab {

/// Colours of one theme. Every slot has its own: A, B and the sliders.
struct Theme {
  ImU32 page, card, border, ink, muted, digit, tile, control, control_hover, control_active, track, primary,
      primary_hover, on_primary, slot[kSlots], on_slot;
};
const Theme& theme(bool dark);

struct Fonts {
  ImFont *tiny = nullptr, *small = nullptr, *body = nullptr, *strong = nullptr, *title = nullptr;
};

/// All pictures in one texture, (kAtlasHeight, kAtlasWidth) RGBA: white with the digit in alpha, so that the
/// theme tints it. Row 0 holds what changes while something is dragged.
inline constexpr int kAtlasColumns = 16;
inline constexpr int kAtlasRows = (kPictures + kAtlasColumns - 1) / kAtlasColumns;
inline constexpr int kAtlasWidth = kAtlasColumns * kSide, kAtlasHeight = kAtlasRows * kSide;

struct Box {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
};

/// What only the host knows.
struct Host {
  float scale = 1;      // device pixels per design unit
  bool dark = false;    // theme of the system
  bool window = false;  // a desktop window: margins, scrolling inside, the model's facts at the end
  ImTextureID atlas{};
};

/// The control that arrow keys move: t or one of the latents.
inline constexpr int kFocusT = -1;

struct App {
  Lab lab;
  Host host;

  // For the host, after draw().
  std::vector<unsigned char> atlas = std::vector<unsigned char>(std::size_t{4} * kAtlasWidth * kAtlasHeight);
  bool atlas_dirty[kAtlasRows] = {};  // rows of pictures to upload
  float content_height = 0;           // device pixels
  bool more = false;                  // draw again at once

  // The view's own.
  Fonts fonts;
  float font_scale = 0;
  int focus = kFocusT;
  bool keyboard = false;       // the last input was a key: show what it acts on
  std::vector<ImGuiKey> keys;  // pressed since the last frame, repeats included
  std::string typed;           // characters since the last frame
  bool cancelled = false;      // the browser took a touch away, for scrolling: undo what it did so far
  float before_drag = 0;       // value of the slider that is held, when it was taken
  bool at_rest = false;        // it was double-clicked: it stays where that put it
  bool editing_seed = false;
  std::string seed_text;
  struct Item {
    char name[16];
    Box box;
  };
  std::vector<Item> items;  // where things are, for tests and for the page's own controls

  bool pressed(ImGuiKey key) const;
  void commit_seed();
};

/// Builds the fonts for this density when it changed; true if the host must upload ImGui's font texture
/// again.
bool update_fonts(App& app);

void draw(App& app);
bool wants_frame(const App& app);
/// ImGui has queued input that the last draw() did not see yet.
bool input_left();

/// Where a control is, in design units from the canvas's corner; w = 0 when there is none of this name.
Box find_item(const App& app, std::string_view name);
/// Index of the picture with this name ("A", "B", "morph", "bend", "sample:3", "strip:0"), or -1.
int find_picture(const App& app, std::string_view name);
/// The state as JSON, for tests and for the page; `frames` is the host's count of frames drawn.
std::string state_json(const App& app, long frames);
/// One line on the loaded weights.
std::string facts(const App& app);

}  // namespace lab
