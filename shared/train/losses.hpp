// The two terms of -ELBO as averages over images, as training and tests report them.
#pragma once

namespace vae {

/// Averages in nats per image, z sampled.
struct Losses {
  double reconstruction = 0, kl = 0;
  double neg_elbo() const { return reconstruction + kl; }
};

}  // namespace vae
