// What the sources of the view "Inside" share. Only they include this.
#pragma once

#include "web/lab/state/model_graph.hpp"
#include "web/lab/views/draw/draw.hpp"

namespace lab {

/// "64 × 14 × 14", or "400".
std::string shape_words(const vae::Shape& shape);
/// "9,834,496"
std::string with_commas(std::int64_t count);

/// "Dense", one sentence on what it does, "784 → 400".
struct NodeTexts {
  std::string_view title, words;
  std::string detail;
};
NodeTexts texts(const Node& node);

/// The numbers a node gives, as the trace in app.inside has them, in a square: the first 16 feature maps as
/// pictures, or a vector as cells. Returns the slot of the first picture, or -1.
int small_values(App& app, const Node& node, int step, const Box& square);
/// All of them, large (a vector's first 1024, 64 maps); returns the height.
float large_values(App& app, const Node& node, int step, float x, float y, float width);

/// The card of the loss with the current numbers in it; returns its height.
float loss_card(App& app, float x, float y, float width);

}  // namespace lab
