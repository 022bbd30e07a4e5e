// "Samples": a grid of digits decoded from random points of the prior. A click uses one as A, as B or for the
// sliders; which of them is chosen above the grid and moves on by itself from A to B.
#include <algorithm>
#include <cmath>

#include "web/lab_cards.hpp"

namespace lab {
namespace {

/// How many columns of which size: at least 44 units a digit where that is possible, whole multiples of 28.
struct Grid {
  int columns = 5;
  float cell = kSide, gap = 0, row_gap = 0;
  Box at(float x, float y, int i) const {
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    return {x + column * (cell + gap), y + row * (cell + row_gap), cell, cell};
  }
};
Grid choose_grid(const App& app, float width) {
  const float least = u(app, 4);
  Grid grid;
  for (int columns = 10; columns >= 5; --columns) {
    const auto n = static_cast<float>(columns);
    const float cell = fit_digit(app, (width - (n - 1) * least) / n);
    if (cell < u(app, 42) && columns > 5) continue;
    grid.columns = columns;
    grid.cell = cell;
    grid.gap = std::min(std::floor((width - n * cell) / std::max(1.0f, n - 1)), u(app, 16));
    break;
  }
  return grid;
}

/// A field for the seed: a click starts typing, Enter or a click elsewhere ends it, Escape leaves it
/// unchanged. Figures only, so ten lines do what ImGui's text input would; on the page a native input lies on
/// top.
void seed_field(App& app, const Box& box) {
  const Theme& c = colors(app);
  ImGui::SetCursorScreenPos({box.x, box.y});
  if (ImGui::InvisibleButton("seed", {box.w, box.h})) {
    app.editing_seed = true;
    app.seed_text.clear();
  } else if (app.editing_seed && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    app.editing_seed = false;
    if (!app.seed_text.empty()) app.commit_seed();
  }
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
  mark(app, "seed", box);
  if (app.editing_seed) {
    for (const char typed : app.typed) {
      if (typed >= '0' && typed <= '9' && app.seed_text.size() < 10) app.seed_text += typed;
    }
    if (app.pressed(ImGuiKey_Backspace) && !app.seed_text.empty()) app.seed_text.pop_back();
    if (app.pressed(ImGuiKey_Escape)) app.editing_seed = false;
    if (app.pressed(ImGuiKey_Enter) || app.pressed(ImGuiKey_KeypadEnter)) {
      app.editing_seed = false;
      if (!app.seed_text.empty()) app.commit_seed();
    }
  }
  ImDrawList& ink = *ImGui::GetWindowDrawList();
  const ImU32 edge = app.editing_seed ? c.ink : ImGui::IsItemHovered() ? c.muted : c.border;
  ink.AddRectFilled({box.x, box.y}, {box.right(), box.bottom()}, edge, u(app, 9));
  const float line = app.editing_seed ? u(app, 2) : std::max(1.0f, std::floor(app.host.scale));
  ink.AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line}, c.card,
                    u(app, 9) - line);
  const Box inner{box.x + u(app, 10), box.y, box.w - u(app, 20), box.h};
  text(app, app.fonts.small, c.muted, inner, "Seed");
  const std::string value = app.editing_seed ? app.seed_text + "|" : std::to_string(app.lab.state().seed);
  text(app, app.fonts.body, c.ink, inner, value, Align::kRight);
}

void cells(App& app, float x, float y, const Grid& grid, int rows) {
  const LabState& state = app.lab.state();
  for (int i = 0; i < grid.columns * rows; ++i) {
    const Box box = grid.at(x, y, i);
    ImU32 ring = 0;
    for (const Slot slot : {kBend, kB, kA}) {
      if (state.from[slot] == i) ring = colors(app).slot[slot];
    }
    ImGui::PushID(i);
    if (digit(app, "sample", box, kFirstSample + i, ring)) app.lab.pick(i);
    ImGui::PopID();
    mark(app, "sample", box, i);
  }
  for (int i = 0; i < grid.columns * rows; ++i) {  // on top of the neighbours' rings
    const Box box = grid.at(x, y, i);
    float at = box.x + u(app, 3);
    for (const Slot slot : {kA, kB, kBend}) {
      if (state.from[slot] != i) continue;
      badge(app, at, box.y + u(app, 3), slot);
      at += u(app, 18);
    }
  }
}

}  // namespace

float samples_card(App& app, float x, float y, float width, float fill_to) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, row = u(app, 38);
  x += pad;
  y = heading(app, x, y + pad, inner, "Samples", "Digits nobody wrote: each is decoded from random numbers.");
  y += u(app, 14);

  const float seed_width = std::min(u(app, 150), std::floor(inner * 0.42f)), gap = u(app, 8);
  const Box fresh{x, y, inner - seed_width - gap, row}, seed{x + inner - seed_width, y, seed_width, row};
  if (button(app, "new", fresh, "New samples", Kind::kPrimary)) app.lab.new_samples();
  mark(app, "new", fresh);
  seed_field(app, seed);
  y += row + u(app, 12);

  static const char* const kIds[kSlots] = {"fill:A", "fill:B", "fill:bend"};
  static const char* const kLabels[kSlots] = {"A", "B", "Sliders"};
  const float words = text_width(app.fonts.small, "Click a digit to use it as") + u(app, 10);
  const bool stacked = words + u(app, 170) > inner;
  text(app, app.fonts.small, c.muted, {x, y, inner, stacked ? u(app, 20) : u(app, 34)},
       "Click a digit to use it as");
  if (stacked) y += u(app, 24);
  const float left = stacked ? 0 : words;
  const Box slots{x + left, y, std::min(inner - left, u(app, 230)), u(app, 34)};
  app.lab.fill_next(
      static_cast<Slot>(choices(app, kIds, slots, kLabels, kSlots, app.lab.state().filling, c.slot)));
  y += u(app, 34) + u(app, 14);

  Grid grid = choose_grid(app, inner);
  const int most = kMaxSamples / grid.columns;
  int rows = std::min(grid.columns > 6 ? 5 : 6, most);
  grid.row_gap = grid.gap;
  if (fill_to > 0) {  // beside another card: as many rows as its height has room for, evenly
    const float room = fill_to - pad - y, least = u(app, 4);
    rows = std::clamp(static_cast<int>((room + least) / (grid.cell + least)), 3, most);
    const float even =
        std::floor((room - static_cast<float>(rows) * grid.cell) / static_cast<float>(rows - 1));
    grid.row_gap = std::clamp(even, least, u(app, 20));
  }
  app.lab.set_count(grid.columns * rows);
  const auto n = static_cast<float>(grid.columns), lines = static_cast<float>(rows);
  const float used = n * grid.cell + (n - 1) * grid.gap;
  const Box area{x + std::floor((inner - used) / 2), y, used, lines * grid.cell + (lines - 1) * grid.row_gap};
  mark(app, "samples", area);
  cells(app, area.x, area.y, grid, rows);
  return area.bottom() + pad - top;
}

}  // namespace lab
