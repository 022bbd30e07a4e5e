// What the sources of the widgets share.
#pragma once

#include "web/lab/widgets.hpp"

namespace lab {

inline ImDrawList& ink() { return *ImGui::GetWindowDrawList(); }
inline ImVec2 low(const Box& b) { return {b.x, b.y}; }
inline ImVec2 high(const Box& b) { return {b.right(), b.bottom()}; }

/// Makes the box a button; true when pressed and released on it.
bool press(const App& app, std::string_view name, const Box& box);
/// Adds an item of this frame; the reference is good until the next is added.
Item& add_item(App& app, Item::Kind kind, std::string_view name, const Box& box, std::string_view spoken);

}  // namespace lab
