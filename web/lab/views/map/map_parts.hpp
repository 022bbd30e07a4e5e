// What the sources of the map share.
#pragma once

#include <string>

#include "web/lab/views/bend/bend.hpp"
#include "web/lab/views/draw/draw.hpp"
#include "web/lab/views/map/map.hpp"

namespace lab {

/// Of Lab::set_z, beyond the tags of the sliders in "Bend": one drag is one step to undo.
inline constexpr int kMapTag = 1 << 20;

/// "z₂", or "PC1" for a principal axis.
std::string axis_name(int axis);
/// Whether equal shares of the prior mean anything here: the model has one, and the axes are dimensions.
bool map_may_have_shares(const App& app);
/// How coordinates become places in this map.
Scale map_scale(const App& app);
/// The plane through the current digit; call it before the rest, once per frame.
void update_plane(App& app);

/// The map in a square, as wide as `box` and with the numbers of its axes inside. Works by pointer.
void map_area(App& app, const Box& box);
/// Circles of the prior, test digits, the drawing's ellipse and the current digit, over the pictures.
void map_marks(App& app, const Window& window);
/// Grid lines (where there are no pictures), numbers and names of the axes around the window.
void map_axes(App& app, const Window& window, bool grid);
/// Encodes a few more of the test digits, if they are to be seen.
void encode_test_digits(App& app);

/// "3" in its class's color; a ring only when `filled` is false.
void class_dot(App& app, float x, float y, float radius, int label, bool filled);
/// Which classes of test digits are shown. Returns the height.
float map_legend(App& app, float x, float y, float width);

/// The digit under the pointer, large and with its z, beside the pointer and within the map's area.
void map_lens(App& app, const Box& area);
/// What its native mirror was told by keys: "left", "right", "up", "down", "in", "out".
void map_remote(App& app);
/// The map after the current digit, when that has left it.
void follow_digit(App& app);

/// Where the current digit is on the two axes, by sliders, and which axes these are. Returns the height.
float map_controls(App& app, float x, float y, float width);

}  // namespace lab
