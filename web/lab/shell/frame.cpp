// draw(): the page as a whole. Commands by keyboard, the bar, the view, then the pictures of what changed, so
// that a slider and its digit move in the same frame.
#include <algorithm>
#include <cmath>
#include <utility>

#include "web/lab/shell/shell.hpp"
#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/cards.hpp"
#include "web/lab/views/map/map.hpp"
#include "web/lab/views/table.hpp"

namespace lab {
namespace {

bool is_control(const Item& item) {
  return item.kind != Item::kPlace && (item.kind != Item::kPad || item.keys);
}

/// Puts the keys' focus on the control `step` places further in reading order; a group is one place.
void move_focus(App& app, int step) {
  std::vector<const Item*> controls;
  int now = -1;
  for (const Item& item : app.items) {
    if (!is_control(item)) continue;
    if (item.name == app.focus) now = static_cast<int>(controls.size());
    controls.push_back(&item);
  }
  const auto count = static_cast<int>(controls.size());
  if (count == 0) return;
  const int next = now < 0 ? (step > 0 ? 0 : count - 1) : (now + step + count) % count;
  app.focus = controls[static_cast<std::size_t>(next)]->name;
}

/// Moves the focused slider, stepper or choice; `steps` beyond its range go to its end.
void change_focused(App& app, float steps) {
  const Item* item = find_item(app, app.focus);
  if (item == nullptr) return;
  if (item->kind == Item::kRange) {
    app.remote.push_back({item->name, std::clamp(item->value + steps * item->step, item->lo, item->hi), {}});
  } else if (item->kind == Item::kChoice && !item->options.empty()) {
    const auto last = static_cast<float>(item->options.size() - 1);
    app.remote.push_back({item->name, std::clamp(item->value + steps, 0.0f, last), {}});
  } else {
    move_focus(app, steps > 0 ? 1 : -1);
  }
}

void press_focused(App& app) {
  const Item* item = find_item(app, app.focus);
  if (item == nullptr) return;
  if (item->kind == Item::kField) {
    app.editing = item->name;
    app.edited.clear();
    std::erase(app.keys, ImGuiKey_Enter);
  } else if (item->kind == Item::kPad) {
    app.map.entered = true;
  } else if (item->kind != Item::kRange) {
    app.remote.push_back({item->name, item->value, {}});
  }
}

/// Returns what plays in the view that is shown, or null.
bool* playing_flag(App& app) {
  const View* view = find_view(app.lab.state().view);
  return view == nullptr || view->playing == nullptr ? nullptr : view->playing(app);
}

void play_or_pause(App& app) {
  bool* const here = playing_flag(app);
  bool& playing = here != nullptr ? *here : app.lab.state().playing;
  playing = !playing;
}

void keyboard(App& app) {
  const bool clicked = app.pointer.clicked();
  if (clicked) app.keyboard = false;
  if (!app.editing.empty()) return;
  if (clicked || app.focus != "map" || app.lab.state().view != "map") app.map.entered = false;
  if (app.map.entered) map_typed(app);
  constexpr float kToTheEnd = 1000;
  const std::vector<ImGuiKey> keys = app.keys;
  for (const ImGuiKey key : keys) {
    if (key != ImGuiKey_Space && key != ImGuiKey_P) app.keyboard = true;
    if (app.map.entered && map_key(app, key)) continue;
    switch (key) {
      case ImGuiKey_Space:
        if (app.samples) app.lab.new_samples();
        break;
      case ImGuiKey_P:
        play_or_pause(app);
        break;
      case ImGuiKey_Z:
        app.lab.undo();
        break;
      case ImGuiKey_Y:
        app.lab.redo();
        break;
      case ImGuiKey_Escape:
        app.choosing_model = false;
        break;
      case ImGuiKey_LeftArrow:
        change_focused(app, -1);
        break;
      case ImGuiKey_RightArrow:
        change_focused(app, 1);
        break;
      case ImGuiKey_Home:
        change_focused(app, -kToTheEnd);
        break;
      case ImGuiKey_End:
        change_focused(app, kToTheEnd);
        break;
      case ImGuiKey_UpArrow:
        move_focus(app, -1);
        break;
      case ImGuiKey_DownArrow:
      case ImGuiKey_Tab:
        app.map.entered = false;
        move_focus(app, 1);
        break;
      case ImGuiKey_Enter:
      case ImGuiKey_KeypadEnter:
        press_focused(app);
        break;
      default:
        break;
    }
  }
}

/// Everything, from the window's corner on; returns the y after it.
float content(App& app, float left, float top, float room) {
  const float margin = app.display.window ? u(app, 20) : 0, width = std::min(room - 2 * margin, u(app, 1240));
  const float x = left + std::floor((room - width) / 2);
  draw_list().ChannelsSplit(2);
  draw_list().ChannelsSetCurrent(1);
  float y = top + margin;
  y += top_bar(app, x, y, width) + card_gap(app, width);
  y += find_view(app.lab.state().view)->draw(app, x, y, width);
  draw_list().ChannelsMerge();
  if (app.display.window) {
    y += u(app, 14);
    y += paragraph(app.fonts.small, colors(app).muted, x, y, width, facts(app)) + margin;
  }
  return y;
}

/// Scrolls a window by the wheel and by a bar at its right side; returns the bar's width.
float scroll_bar(App& app) {
  const float seen = app.display.height, most = std::max(0.0f, app.content_height - seen);
  app.scroll = std::clamp(app.scroll + app.scrolled, 0.0f, most);
  if (most == 0) return 0;
  const float width = u(app, 12), grab = std::max(seen * seen / app.content_height, 2 * width);
  const float way = seen - grab, edge = u(app, 2), x = app.display.width - width;
  press(app, "scroll", {x, 0, width, seen});
  if (app.pointer.held()) {
    const float off = app.pointer.y() - app.scroll / most * way - grab / 2;  // from the grab's middle
    const bool jumps = app.pointer.started() && std::fabs(off) > grab / 2;
    app.scroll = std::clamp(app.scroll + (jumps ? off : app.pointer.dy()) * most / way, 0.0f, most);
  }
  const float y = app.scroll / most * way;
  draw_list().AddRectFilled({x + edge, y + edge}, {x + width - edge, y + grab - edge}, colors(app).track,
                            u(app, 4));
  return width;
}

}  // namespace

void draw(App& app, float seconds) {
  app.seconds = seconds;
  ++app.pass;
  LabState& state = app.lab.state();
  if (find_view(state.view) == nullptr) state.view = views().front().name;
  app.pointer.begin_frame(8 * app.display.scale);
  if (playing_flag(app) == &state.playing) app.lab.advance(seconds);
  keyboard(app);
  app.items.clear();
  app.behind = false;
  app.unfinished = false;
  app.samples = false;
  app.nats.reset();
  app.lab.gallery().begin_frame();

  app.zooms = false;
  begin_drawing(app.display);
  if (app.lab.loaded()) {
    const float bar = app.display.window ? scroll_bar(app) : 0, top = -std::floor(app.scroll);
    app.content_height = content(app, 0, top, app.display.width - bar) - top;
  }
  end_drawing(app.display);
  app.pointer.end_frame();
  if (std::exchange(app.drag_ended, false)) app.lab.end_tag();

  app.scrolled = 0;
  app.canceled = false;
  app.keys.clear();
  app.typed.clear();
  app.zoom = 0;
  app.remote.clear();
  // A map fills soon, and follows the hand meanwhile; where frames take long to paint, decoding may take
  // as long.
  app.more = app.lab.refresh(app.display.now, std::clamp(seconds / 2.0, 0.03, 0.12)) || app.unfinished;
  app.behind = app.behind && !app.more && !app.lab.short_of_memory();
  for (int row = 0; row < kAtlasRows; ++row) {
    if (app.lab.gallery().take_dirty(row)) app.atlas_rows |= 1ul << row;
  }
}

bool wants_frame(App& app) {
  const bool* const playing = playing_flag(app);
  return app.more || (playing != nullptr && *playing);
}

}  // namespace lab
