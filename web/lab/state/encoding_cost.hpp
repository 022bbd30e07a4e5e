// What a model reads in a picture, and what that costs in nats, by the functions that the trainer's numbers
// come from. No ImGui in here: the views keep the last answers, and tests include this too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "shared/model/model.hpp"

namespace lab {

/// A picture and what the encoder says of it.
struct Encoded {
  std::uint64_t key = 0;           // of the picture and the model together
  std::vector<float> pixels;       // (28 * 28) in [0, 1]
  std::vector<float> mu, log_var;  // (latent)
};

/// The two terms of -ELBO for one picture.
struct Nats {
  double reconstruction = 0;  // -log p(x|z), whatever z is
  double kl = 0;              // KL(q(z|x) || p(z)); 0 for a model without a prior
  double total() const { return reconstruction + kl; }
};

/// mu, or mu + sigma * epsilon when `sampled`: epsilon is sample 0 of the sheet of N(0, I) with this seed. A
/// model without a prior draws nothing: always mu.
std::vector<float> code_of(const vae::Model& model, const Encoded& encoded, bool sampled, std::uint32_t seed);

/// What it costs to say `encoded.pixels` by z, (latent). Nothing when memory is short.
std::optional<Nats> nats_of(vae::Model& model, const Encoded& encoded, std::span<const float> z);

}  // namespace lab
