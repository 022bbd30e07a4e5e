// The drawing as a model sees it: the cards of "Draw", and what other views ask of it.
#pragma once

#include "web/lab/views/cards.hpp"

namespace lab {

/// Returns the drawing, or the real digit in its place, as the current model's encoder sees it: remembered
/// until one of them changes. Null when there is none, or while the real digits are not there yet.
const Encoded* encoded_drawing(App& app);
/// Returns its code: mu, or drawn from q(z|x), as the state says; (latent), empty when there is no drawing.
std::vector<float> code_of_drawing(App& app);
/// Returns what that code costs, remembered too; null when there is no drawing. While the pen is down, a slow
/// model's is the one from before.
const Nats* nats_of_drawing(App& app);

/// The cards of "Draw", without their frames; each returns its height.
float code_card(App& app, float x, float y, float width);
float nats_card(App& app, float x, float y, float width);

}  // namespace lab
