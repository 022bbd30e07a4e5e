// The lab's frame around the views, for the host. The host (main.cpp) sets `display`, feeds pointer and keys,
// calls draw() and shows what drawn() has, uploads the atlas where it changed, and asks wants_frame() whether
// to come back.
#pragma once

#include <string>

#include "web/lab/views/app.hpp"

namespace lab {

/// Draws everything, `seconds` after the last time.
void draw(App& app, float seconds);
bool wants_frame(App& app);

/// The bar above every view: which view, which model. Returns its height.
float top_bar(App& app, float x, float y, float width);

/// Returns one sentence on what is to be seen, for people who cannot see it.
std::string describe(const App& app);
/// Returns the state as JSON, for tests and for the page; `frames` is the host's count of frames drawn.
std::string state_json(const App& app, long frames);
/// Returns the items that are controls, as JSON, boxes in design units.
std::string controls_json(const App& app);
/// Returns one line on the loaded weights.
std::string facts(const App& app);

}  // namespace lab
