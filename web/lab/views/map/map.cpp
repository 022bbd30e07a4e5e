// "Map": latent space, or a plane through it, as a chart: what the decoder makes of every place, where the
// encoder puts real digits, and where the current digit is.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/map/map_parts.hpp"

namespace lab {

std::string axis_name(int axis) {
  return axis >= kPrincipalAxis ? "PC" + std::to_string(axis - kPrincipalAxis + 1) : latent_name(axis);
}

bool map_may_have_shares(const App& app) {
  const LabState& state = app.lab.state();
  return app.lab.current()->model.spec().prior == vae::Prior::kNormal && state.axis_x < kPrincipalAxis &&
         state.axis_y < kPrincipalAxis;
}

Scale map_scale(const App& app) {
  const LoadedModel& model = *app.lab.current();
  if (map_may_have_shares(app)) return {!app.lab.state().even_steps, 1};
  if (model.model.spec().prior != vae::Prior::kNone || !model.anchors) return {};
  float square = 0;  // without a prior: of the codes themselves
  for (const auto* part : {&model.anchors->mean, &model.anchors->std}) {
    for (const float value : *part) square += value * value;
  }
  const float unit = std::sqrt(square / static_cast<float>(model.anchors->mean.size()));
  return {false, unit > 0 ? unit : 1};
}

void update_plane(App& app) {
  MapView& view = app.map;
  const LoadedModel& model = *app.lab.current();
  const LabState& state = app.lab.state();
  const bool same =
      view.axis_x == state.axis_x && view.axis_y == state.axis_y && view.decoder == model.decoder;
  if (same && view.plane.contains(state.z)) return;
  view.axis_x = state.axis_x;
  view.axis_y = state.axis_y;
  view.decoder = model.decoder;
  view.plane = plane_through(state.z, state.axis_x, state.axis_y, model.axes ? &*model.axes : nullptr);
  view.under = std::move(view.cells);
  view.cells.clear();
}

namespace {

/// "Pictures", "Test digits", "Prior", and how near one looks.
float tools(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float row = u(app, 36), gap = u(app, 8), top = y;
  float at = x;
  const auto layer = [&](std::string_view name, Text label, bool& on) {
    const float need = std::ceil(text_width(app.fonts.strong, say(label)) + u(app, 24));
    if (toggle(app, name, {at, y, need, row}, say(label), on)) on = !on;
    at += need + gap;
  };
  layer("map_pictures", Text::kMapPictures, state.map_pictures);
  layer("map_points", Text::kMapPoints, state.map_points);
  if (app.lab.current()->model.spec().prior == vae::Prior::kNormal) {
    layer("map_circles", Text::kMapCircles, state.map_circles);
  }
  const float reset = std::ceil(text_width(app.fonts.strong, say(Text::kMapReset)) + u(app, 24));
  const float need = reset + 2 * (row + gap);
  if (at + need > x + width) {
    at = x, y += row + gap;
  } else {
    at = x + width - need;
  }
  Window window{0, 0, 2, state.map_x, state.map_y, state.map_zoom, map_scale(app)};
  if (button(app, "map_out", {at, y, row, row}, "−", Kind::kPlain, Icon::kNone, say(Text::kMapZoomOut))) {
    window.zoom_at({1, 1}, -1);
  }
  at += row + gap;
  if (button(app, "map_in", {at, y, row, row}, "+", Kind::kPlain, Icon::kNone, say(Text::kMapZoomIn))) {
    window.zoom_at({1, 1}, 1);
  }
  at += row + gap;
  if (button(app, "map_reset", {at, y, reset, row}, say(Text::kMapReset)))
    window.x = window.y = 0, window.zoom = 1;
  state.map_x = window.x;
  state.map_y = window.y;
  state.map_zoom = window.zoom;
  return y + row - top;
}

float map_card(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, gap = u(app, 12);
  const bool whole = app.lab.latent() == 2;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kMap), say(whole ? Text::kMapLine : Text::kMapPlaneLine)) +
      gap;
  const Box box{x, y, inner, inner};
  map_area(app, box);
  const Item& area = *find_item(app, "map");
  y = area.box.bottom() + u(app, 26) + u(app, 8);
  y += tools(app, x, y, inner);
  if (state.map_points) y += u(app, 6) + map_legend(app, x, y + u(app, 6), inner);
  return y + pad - top;
}

float position_card(App& app, float x, float y, float width) {
  const float pad = card_padding(app, width), inner = width - 2 * pad;
  return map_controls(app, x + pad, y + pad, inner) + 2 * pad;
}

}  // namespace

float map_view(App& app, float x, float y, float width) {
  const float gap = card_gap(app, width), top = y;
  if (app.lab.latent() < 2) return notice_card(app, x, y, width, say(Text::kMap), say(Text::kMapTooSmall));
  update_plane(app);
  if (app.lab.state().map_points) encode_test_digits(app);
  app.lab.picture(app.lab.state().z);  // before the map's own
  if (!side_by_side(app, width)) {
    y += in_card(app, x, y, width, 0, [&] { return map_card(app, x, y, width); }) + gap;
    y += in_card(app, x, y, width, 0, [&] { return position_card(app, x, y, width); }) + gap;
    y += in_card(app, x, y, width, 0, [&] { return digit_card(app, x, y, width); });
    return y - top;
  }
  const float seen = app.display.view_height > 0 ? app.display.view_height : u(app, 900);
  const float left = std::clamp(seen - u(app, 40), u(app, 480), std::floor((width - gap) * 0.6f));
  const float right = width - gap - left, x2 = x + left + gap;
  const float height = in_card(app, x, y, left, 0, [&] { return map_card(app, x, y, left); });
  float y2 = y + in_card(app, x2, y, right, 0, [&] { return digit_card(app, x2, y, right); }) + gap;
  y2 += in_card(app, x2, y2, right, 0, [&] { return position_card(app, x2, y2, right); });
  return std::max(height, y2 - top);
}

}  // namespace lab
