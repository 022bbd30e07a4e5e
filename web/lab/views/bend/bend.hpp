// Latent dimensions as "Bend" and other views show them.
#pragma once

#include "web/lab/views/cards.hpp"

namespace lab {

/// Returns "z" with its number from 1 on in subscript figures.
std::string latent_name(int index);
/// How much a dimension tells of a digit: a bar of its KL, and "2.51 nats" or "unused".
void use_bar(App& app, const Box& box, int dimension);
/// Rows of digits, one for each dimension of `order`, which goes from -3 to 3 while the others stay; the card
/// "Bend" has below its sliders. Returns its height.
float traversal_card(App& app, float x, float y, float width, std::span<const int> order);

}  // namespace lab
