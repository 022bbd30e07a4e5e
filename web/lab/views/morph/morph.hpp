// The cards of "Morph", and what "Generate" shows of it.
#pragma once

#include "web/lab/views/cards.hpp"

namespace lab {

/// A, the digit on the way, B, t and play. Returns the card's height.
float morph_card(App& app, float x, float y, float width);
/// Returns whether the way is played: "Generate" and "Morph" show it.
bool* morph_playing(App& app);

/// The cards of "Morph", without their frames; each returns its height.
float way_card(App& app, float x, float y, float width);
float stops_card(App& app, float x, float y, float width);
float strips_card(App& app, float x, float y, float width);

/// Returns "A", "B", ...; A and B have their own colors, the others that of text.
std::string stop_letter(int stop);
ImU32 stop_color(const App& app, int stop);
/// The slider for t, from the first stop's color to the last one's.
void way_slider(App& app, const Box& box);
/// Digits along the way, `names:i`, in rows over the width, at most `largest` units wide; returns the height.
/// A click goes there.
float film_strip(App& app, std::string_view names, float x, float y, float width, int frames, bool slerp,
                 float largest);

}  // namespace lab
