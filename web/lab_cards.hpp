// The three cards of the page. Each draws itself from (x, y) in the given width, card padding included, and
// returns the height it needs; draw() puts the background behind and places them. Only lab_*.cpp include
// this.
#pragma once

#include "web/lab_widgets.hpp"

namespace lab {

/// `fill_to`: the y that the grid's last row may reach, 0 for as many rows as the grid likes.
float samples_card(App& app, float x, float y, float width, float fill_to);
float morph_card(App& app, float x, float y, float width);
float latents_card(App& app, float x, float y, float width);

/// Space inside a card's border, by its width.
inline float card_padding(const App& app, float width) {
  return width < u(app, 480) ? u(app, 14) : u(app, 24);
}
/// Title and one line below it; returns the y after them.
float heading(App& app, float x, float y, float width, std::string_view title, std::string_view line);

}  // namespace lab
