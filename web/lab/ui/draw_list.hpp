// What the sources of the widgets share.
#pragma once

#include "web/lab/ui/widgets.hpp"

namespace lab {

/// Around all that draw_list() draws in a frame; the fonts are there.
void begin_drawing(const Display& display);
void end_drawing(const Display& display);

inline ImVec2 low(const Box& b) { return {b.x, b.y}; }
inline ImVec2 high(const Box& b) { return {b.right(), b.bottom()}; }

/// Makes the box a button; true when pressed and released on it.
bool press(Ui& ui, std::string_view name, const Box& box);
/// Adds an item of this frame; the reference is good until the next is added.
Item& add_item(Ui& ui, Item::Kind kind, std::string_view name, const Box& box, std::string_view spoken);

}  // namespace lab
