// The map by keys: arrows move the current digit, + and - zoom. On the canvas Enter gives the map its keys
// and Escape takes them away; its native mirror has them while it has the focus.
#include <algorithm>
#include <cmath>
#include <string>

#include "web/lab/views/map/map_parts.hpp"

namespace lab {
namespace {

constexpr float kKeyStep = 1.0f / 24;  // of the map's side

Window unit_window(const App& app) {
  const LabState& state = app.lab.state();
  return {0, 0, 1, state.map_x, state.map_y, state.map_zoom, map_scale(app)};
}

/// By fractions of the map's side. Until another key ends it, all steps are one to undo.
void step(App& app, float right, float up) {
  const Window window = unit_window(app);
  const Spot at = window.screen(app.map.plane.coordinates(app.lab.state().z));
  app.lab.set_z(app.map.plane.at(window.coordinates({at.x + right, at.y - up})), kMapTag);
  follow_digit(app);
}

/// Around the current digit where that is to be seen, otherwise around the middle.
void zoom(App& app, float doublings) {
  LabState& state = app.lab.state();
  Window window = unit_window(app);
  const Spot at = window.screen(app.map.plane.coordinates(state.z));
  const bool seen = std::max(std::fabs(at.x - 0.5f), std::fabs(at.y - 0.5f)) <= 0.5f;
  window.zoom_at(seen ? at : Spot{0.5f, 0.5f}, doublings);
  state.map_x = window.x;
  state.map_y = window.y;
  state.map_zoom = window.zoom;
}

}  // namespace

void follow_digit(App& app) {
  LabState& state = app.lab.state();
  const Scale scale = map_scale(app);
  const Spot at = app.map.plane.coordinates(state.z);
  const float half = kMapHalf / state.map_zoom, x = scale.place(at.x), y = scale.place(at.y);
  if (std::fabs(x - state.map_x) > half) state.map_x = x;
  if (std::fabs(y - state.map_y) > half) state.map_y = y;
}

bool map_key(App& app, ImGuiKey key) {
  switch (key) {
    case ImGuiKey_LeftArrow:
      return step(app, -kKeyStep, 0), true;
    case ImGuiKey_RightArrow:
      return step(app, kKeyStep, 0), true;
    case ImGuiKey_UpArrow:
      return step(app, 0, kKeyStep), true;
    case ImGuiKey_DownArrow:
      return step(app, 0, -kKeyStep), true;
    case ImGuiKey_Escape:
    case ImGuiKey_Enter:
    case ImGuiKey_KeypadEnter:
      app.map.entered = false;
      app.lab.end_tag();
      return true;
    default:
      return false;
  }
}

void map_typed(App& app) {
  for (const char typed : app.typed) {
    if (typed == '+' || typed == '=') zoom(app, 1);
    if (typed == '-' || typed == '_') zoom(app, -1);
  }
}

void map_remote(App& app) {
  Remote remote;
  while (app.take_remote("map", &remote)) {
    if (remote.text == "left") step(app, -kKeyStep, 0);
    if (remote.text == "right") step(app, kKeyStep, 0);
    if (remote.text == "up") step(app, 0, kKeyStep);
    if (remote.text == "down") step(app, 0, -kKeyStep);
    if (remote.text == "in") zoom(app, 1);
    if (remote.text == "out") zoom(app, -1);
    if (remote.text == "leave") app.lab.end_tag();
  }
}

/// "z1 = 0.42, z2 = −1.30": where the current digit is on the map; and what it looks like.
std::string describe_map(const App& app) {
  const LabState& state = app.lab.state();
  std::string words;
  if (app.map.plane.origin.size() == state.z.size()) {
    const Spot at = app.map.plane.coordinates(state.z);
    words = say(Text::kSayPlace, {axis_name(state.axis_x), number(static_cast<double>(at.x), 2),
                                  axis_name(state.axis_y), number(static_cast<double>(at.y), 2)});
  }
  append_looks(words, app, state.z);
  return words;
}

}  // namespace lab
