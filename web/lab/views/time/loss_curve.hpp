// The losses along a training as a chart: reconstruction and KL on top of one another, so that their upper
// edge is their sum, -ELBO. The view "Time" includes this.
#pragma once

#include "web/lab/views/app.hpp"

namespace lab {

/// Colors of the two areas.
ImU32 reconstruction_color(const App& app);
ImU32 kl_color(const App& app);

/// The chart, with snapshot `now` marked; returns the snapshot that was clicked, or `now`.
int loss_curve(App& app, const Box& box, const vae::Snapshots& snapshots, int now);

}  // namespace lab
