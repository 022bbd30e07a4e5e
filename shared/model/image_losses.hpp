// What an image costs under a model: the numbers of the page, of the element and of native_eval --per-image.
#pragma once

#include <optional>
#include <span>

#include "shared/math/pixels.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// Returns how images were read when the model was trained and tested, by metadata `test_pixels`; gray when
/// the file does not say.
Pixels trained_pixels(const Model& model);

/// The two terms of -ELBO for one image and one z, in nats.
struct ImageLosses {
  double reconstruction = 0;  // -log p(x|z), whatever z is
  double kl = 0;              // KL(q(z|x) || p(z)); 0 for a model without a prior
  double total() const { return reconstruction + kl; }
};

/// Returns KL(q(z|x) || p(z)) in nats for the model's prior, mu and log_var (latent); 0 without one. To a
/// mixture it is estimated from 512 draws, always the same, with a standard error below 0.05 nats.
double kl_to_prior(const Model& model, std::span<const float> mu, std::span<const float> log_var);

/// Returns the losses of image x (pixels) with the posterior N(mu, exp(log_var)) and z (latent each). Nothing
/// when memory is short.
std::optional<ImageLosses> image_losses(Model& model, std::span<const float> x, std::span<const float> mu,
                                        std::span<const float> log_var, std::span<const float> z);

}  // namespace vae
