// The map as the shell has it: its keys.
#pragma once

#include "web/lab/views/app.hpp"

namespace lab {

/// Does what a key means on the canvas while the map is entered; true when this one was the map's.
bool map_key(App& app, ImGuiKey key);
/// The same for what is typed: + and - zoom.
void map_typed(App& app);

}  // namespace lab
