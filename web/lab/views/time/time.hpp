// The view "Time" in two files: time.cpp has the moments of the training, time_pictures.cpp what they draw.
#pragma once

#include "web/lab/views/cards.hpp"

namespace lab {

/// The snapshots of the current model, and the one that is shown.
struct Moment {
  vae::Snapshots& snapshots;
  int now;
  int last() const { return snapshots.count() - 1; }
};

/// The slot of z's picture by the decoder of this moment.
int picture(App& app, const Moment& moment, std::span<const float> z);

/// The plane of two latents. Returns the card's height, as the next does.
float time_map_card(App& app, const Moment& moment, float x, float y, float width);
/// A sheet of samples: the same z at every moment.
float time_samples_card(App& app, const Moment& moment, float x, float y, float width);

}  // namespace lab
