// The views of the lab. Each draws itself from (x, y) in the given width, cards included, and returns the
// height it took. Only the sources in here include this.
#pragma once

#include "web/lab/ui/widgets.hpp"

namespace lab {

float generate_view(App& app, float x, float y, float width);
float morph_view(App& app, float x, float y, float width);
float bend_view(App& app, float x, float y, float width);
float map_view(App& app, float x, float y, float width);
float draw_view(App& app, float x, float y, float width);
float time_view(App& app, float x, float y, float width);
float compare_view(App& app, float x, float y, float width);
float inside_view(App& app, float x, float y, float width);

/// The canvas's keys while its map is entered: true when this one was the map's.
bool map_key(App& app, ImGuiKey key);
/// The same for what is typed: + and - zoom.
void map_typed(App& app);
/// "z1 = 0.42, z2 = −1.30": where the current digit is on the map, in words; empty without a map.
std::string map_place(const App& app);

/// The bar above every view: which view, which model. Returns its height.
float top_bar(App& app, float x, float y, float width);
/// Two views use it: A, the digit on the way, B, t and play. Returns the card's height.
float morph_card(App& app, float x, float y, float width);
/// The current digit, large, and what can be done with it. Returns the card's height.
float digit_card(App& app, float x, float y, float width);
/// Undo and redo of what a visitor made, at the right end of a card's title.
void undo_buttons(App& app, float right, float y);
/// "z" with its number from 1 on in subscript figures.
std::string latent_name(int index);
/// The cards of "Morph", without their frames; each returns its height.
float way_card(App& app, float x, float y, float width);
float stops_card(App& app, float x, float y, float width);
float strips_card(App& app, float x, float y, float width);
/// "A", "B", ...; A and B have their own colors, the others that of text.
std::string stop_letter(int stop);
ImU32 stop_color(const App& app, int stop);
/// The slider for t, from the first stop's color to the last one's.
void way_slider(App& app, const Box& box);
/// Digits along the way, `names:i`, in rows over the width, at most `largest` units wide; returns the height.
/// A click goes there.
float film_strip(App& app, std::string_view names, float x, float y, float width, int frames, bool slerp,
                 float largest);

/// Rows of digits, one for each dimension of `order`, which goes from -3 to 3 while the others stay; the card
/// "Bend" has below its sliders. Returns its height.
float traversal_card(App& app, float x, float y, float width, std::span<const int> order);
/// How much a dimension tells of a digit: a bar of its KL, and "2.51 nats" or "unused".
void use_bar(App& app, const Box& box, int dimension);

/// A card with a few words, for a view that has nothing to show yet: what is loading, or why there
/// is nothing.
float notice_card(App& app, float x, float y, float width, std::string_view title, std::string_view words);
/// "Loading aevb.bin: 40 %", or why it failed, with a button to try again; empty when the file is there.
std::string loading_words(App& app, std::string_view file);
/// The file of the chosen model where it could not be had; otherwise empty.
std::string_view failed_file(App& app);

/// The same with a bar, and a button once it failed; returns the height.
float loading(App& app, float x, float y, float width, std::string_view file);
/// What the model chooser says of a model, and "1.3 MB".
std::string_view model_words(std::string_view id);
std::string megabytes(double bytes);

/// Space between cards.
inline float card_gap(const App& app, float width) { return width < u(app, 480) ? u(app, 12) : u(app, 20); }
inline bool side_by_side(const App& app, float width) { return width >= u(app, 860); }

std::string_view view_title(View view);

/// The drawing, or the real digit in its place, as the current model's encoder sees it: remembered until one
/// of them changes. Null when there is none, or while the real digits are not there yet.
const Encoded* encoded_drawing(App& app);
/// Its code: mu, or drawn from q(z|x), as the state says; (latent), empty when there is no drawing.
std::vector<float> code_of_drawing(App& app);
/// What that code costs, remembered too; null when there is no drawing. While the pen is down, a slow model's
/// is the one from before.
const Nats* nats_of_drawing(App& app);

// The cards of "Draw", without their frames; each returns its height.
float code_card(App& app, float x, float y, float width);
float nats_card(App& app, float x, float y, float width);

}  // namespace lab
