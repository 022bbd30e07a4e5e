// What a model reads in a picture, and what that costs in nats, by the functions that the trainer's numbers
// come from. No ImGui in here: the views keep the last answers, and tests include this too.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shared/model/image_losses.hpp"

namespace lab {

using Nats = vae::ImageLosses;

/// A picture and what the encoder says of it.
struct Encoded {
  std::uint64_t key = 0;           // of the picture, its pixels and the model together
  std::vector<float> pixels;       // (28 * 28) in [0, 1], as the encoder was shown them
  int index = 0;                   // of a test digit in the test set: the key of its noise; 0 for others
  std::vector<float> mu, log_var;  // (latent)
};

/// Returns mu, or mu + sigma * epsilon when `sampled`: with seed 1, epsilon is the noise of that test image
/// in native_eval and in the trainer's own test. A model without a prior draws nothing: always mu.
std::vector<float> code_of(const vae::Model& model, const Encoded& encoded, bool sampled, std::uint32_t seed);

/// Returns what it costs to say `encoded.pixels` by z, (latent). Nothing when memory is short.
std::optional<Nats> nats_of(vae::Model& model, const Encoded& encoded, std::span<const float> z);

}  // namespace lab
