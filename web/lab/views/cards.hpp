// Cards that several views show, and what they say of files.
#pragma once

#include <string>
#include <string_view>

#include "web/lab/views/app.hpp"
#include "web/lab/views/pictures.hpp"

namespace lab {

/// The current digit, large, and what can be done with it. Returns the card's height.
float digit_card(App& app, float x, float y, float width);
/// Undo and redo of what a visitor made, at the right end of a card's title.
void undo_buttons(App& app, float right, float y);

/// A card with a few words, for a view that has nothing to show yet: what is loading, or why there is
/// nothing.
float notice_card(App& app, float x, float y, float width, std::string_view title, std::string_view words);
/// Returns "Loading aevb.bin: 40 %", or why it failed; empty when the file is there.
std::string loading_words(const App& app, std::string_view file);
/// The same with a bar, and a button to try again once it failed; returns the height.
float loading(App& app, float x, float y, float width, std::string_view file);
/// Returns the file of the chosen model where it could not be had; otherwise empty.
std::string_view failed_file(const App& app);
/// Returns what the model chooser says of a model, and "1.3 MB".
std::string_view model_words(std::string_view id);
std::string megabytes(double bytes);

/// Returns the sentence on the current digit: what it costs where a view shows that, and what it looks like.
std::string describe_digit(const App& app);
/// Appends what z looks like, if the model knows.
void append_looks(std::string& words, const App& app, std::span<const float> z);

/// Space between cards.
inline float card_gap(const App& app, float width) { return width < u(app, 480) ? u(app, 12) : u(app, 20); }
inline bool side_by_side(const App& app, float width) { return width >= u(app, 860); }

}  // namespace lab
