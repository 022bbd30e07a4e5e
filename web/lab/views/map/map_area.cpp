// The map's square: pictures of a lattice of codes, and what the pointer does there. A click makes a place
// the current digit; a drag moves the map, or the current digit when that is what it takes hold of.
#include <algorithm>
#include <cmath>
#include <utility>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/map/map_parts.hpp"

namespace lab {
namespace {

constexpr float kMostPitch =
    1.15f;                       // of a cell, in sides of its picture: beyond that the picture is stretched
constexpr int kMostAcross = 25;  // 676 pictures with those half outside: the gallery has room for 1024

/// An odd number of pictures across, each about 28 units or a little more, that fill the room.
struct Layout {
  int across = 1;
  float side = kSide;
};
Layout lay_out(const App& app, float room) {
  float least = fit_digit(u(app, 28));
  while (room / least > kMostAcross + 1) least += kSide;
  const int fit = static_cast<int>(room / least), across = std::max(1, fit - 1 + fit % 2);
  const auto n = static_cast<float>(across);
  return {across, n * std::floor(std::min(room / n, least * kMostPitch))};
}

void move_digit(App& app, const Window& window, Spot pointer) {
  app.lab.set_z(app.map.plane.at(window.coordinates(pointer)), kMapTag);
}

void follow_pointer(App& app, const Pad& pad, Window& window) {
  MapView& view = app.map;
  if (app.pointer.there()) {
    view.pointer = {window.left + pad.x * window.side, window.top + pad.y * window.side};
  }
  const Spot pointer = view.pointer;  // the last there was: a finger is gone when it is lifted
  const float still = u(app, 5), reach = u(app, 16);
  if (pad.zoom != 0) window.zoom_at(pointer, pad.zoom);
  if (pad.started) {
    const Spot at = window.screen(view.plane.coordinates(app.lab.state().z));
    view.holding = std::hypot(at.x - pointer.x, at.y - pointer.y) < reach;
    view.moved = 0;
    view.before = {window.x, window.y};
  }
  if (app.canceled && (pad.held || pad.ended)) {
    if (view.holding && view.moved > still) app.lab.take_back();
    if (!view.holding) window.x = view.before.x, window.y = view.before.y;
    view.holding = false;
    view.moved = window.side;  // no click
  } else if (pad.held) {
    const float dx = pad.dx * window.side, dy = pad.dy * window.side;
    view.moved += std::fabs(dx) + std::fabs(dy);
    if (view.moved > still && view.holding) move_digit(app, window, pointer);
    if (view.moved > still && !view.holding) window.pan(dx, dy);
  } else if (pad.ended) {
    app.lab.end_tag();
    if (view.moved <= still) move_digit(app, window, pointer);
    app.lab.end_tag();
    view.holding = false;
  }
  view.hover.clear();
  const bool whole = window.scale.shares && window.zoom == 1;  // nowhere to move: a finger may look around
  const bool panning = pad.held && view.moved > still && !view.holding && !whole;
  if ((pad.hovered || pad.held) && !panning && app.pointer.there()) {
    view.hover = view.plane.at(window.coordinates(pointer));
  }
}

Box cell_box(const Window& window, const Cell& cell) {
  const float pixels = window.side / (2 * window.half());
  const auto across = [&](float place) {
    return std::round(window.left + window.side / 2 + (place - window.x) * pixels);
  };
  const auto down = [&](float place) {
    return std::round(window.top + window.side / 2 - (place - window.y) * pixels);
  };
  const float x = across(cell.x), y = down(cell.y + cell.size);
  return {x, y, across(cell.x + cell.size) - x, down(cell.y) - y};
}

/// Asks for the pictures of this window, the middle first; true when all of them are there.
bool ask_for_cells(App& app, const Window& window, int across) {
  MapView& view = app.map;
  std::vector<MapView::Shown> cells;
  bool ready = true;
  for (const Cell& cell : cells_in(window, across)) {
    const int slot = app.lab.picture(view.plane.at(cell.middle));
    cells.push_back({cell, slot, app.lab.gallery().key(slot)});
    ready = ready && app.lab.gallery().ready(slot);
  }
  const bool others = !view.cells.empty() && (view.cells[0].cell.size != cells[0].cell.size ||
                                              view.scale.shares != window.scale.shares);
  if (others) view.under = std::move(view.cells);
  if (ready || view.scale.shares != window.scale.shares || view.scale.unit != window.scale.unit)
    view.under.clear();
  view.cells = std::move(cells);
  view.scale = window.scale;
  return ready;
}

void draw_cells(App& app, const Window& window, std::span<const MapView::Shown> cells, ImU32 tint) {
  const Gallery& gallery = app.lab.gallery();
  for (const auto& [cell, slot, key] : cells) {
    if (!gallery.ready(slot) || gallery.key(slot) != key) continue;
    const Box box = cell_box(window, cell);
    if (!app.map.under.empty()) draw_list().AddRectFilled(low(box), high(box), colors(app).tile);
    const float side = fit_digit(box.w), inset = std::floor((box.w - side) / 2);
    const bool crisp = box.w == box.h && box.w >= side && box.w <= side * kMostPitch;
    bare_digit(app, crisp ? Box{box.x + inset, box.y + inset, side, side} : box, slot, tint);
  }
}

void pictures(App& app, const Window& window, int across) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  if (!app.map.hover.empty()) app.lab.picture(app.map.hover);  // before the others
  app.behind = !ask_for_cells(app, window, across) || app.behind;
  const ImU32 tint = state.map_points ? mix(c.tile, c.digit, 0.6f) : c.digit;
  draw_cells(app, window, app.map.under, tint);
  draw_cells(app, window, app.map.cells, tint);
  Item& middle = add_item(app, Item::kPlace, "cell", cell_box(window, app.map.cells[0].cell), {});
  middle.slot = app.map.cells[0].slot;
}

}  // namespace

void map_area(App& app, const Box& box) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const float gutter = u(app, 34), line = std::max(1.0f, std::floor(app.display.scale));
  const Layout layout = lay_out(app, box.w - gutter - line);
  const float left = box.right() - line - layout.side;
  map_remote(app);
  Window window{left, box.y + line, layout.side, state.map_x, state.map_y, state.map_zoom, map_scale(app)};
  window.keep_in_bounds();
  const Box area{window.left, window.top, window.side, window.side};
  const Pad touched = pad(app, "map", say(Text::kMapPad), area);
  app.items.back().keys = true;
  app.zooms = touched.hovered || touched.held;
  follow_pointer(app, touched, window);
  state.map_x = window.x;
  state.map_y = window.y;
  state.map_zoom = window.zoom;

  const float edge = app.map.entered ? u(app, 3) : line;
  draw_list().AddRectFilled({area.x - edge, area.y - edge}, {area.right() + edge, area.bottom() + edge},
                            app.map.entered ? c.accent[kAccentZ] : c.border);
  draw_list().AddRectFilled(low(area), high(area), c.tile);
  map_axes(app, window, !state.map_pictures);
  draw_list().PushClipRect(low(area), high(area), true);
  if (state.map_pictures) pictures(app, window, layout.across);
  map_marks(app, window);
  draw_list().PopClipRect();
  if (!app.map.hover.empty()) map_lens(app, area);
}

}  // namespace lab
