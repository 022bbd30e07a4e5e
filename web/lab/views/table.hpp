// The views of the lab: one row each. The bar above them, links, keys and the mirror go by the rows.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "web/lab/views/app.hpp"

namespace lab {

struct View {
  std::string_view name;  // in links and in LabState::view
  Text title;
  /// Draws the view from (x, y) in this width, cards included; returns the height it took.
  float (*draw)(App& app, float x, float y, float width);
  /// Says in a sentence what is to be seen, for people who cannot see it.
  std::string (*describe)(const App& app);
  /// Returns what the key P starts and stops, and what needs a frame after the other; null where nothing
  /// moves.
  bool* (*playing)(App& app) = nullptr;
};

std::span<const View> views();
/// Returns the view of this name, or null.
const View* find_view(std::string_view name);

}  // namespace lab
