#include "web/lab/state/encoding_cost.hpp"

#include "shared/math/latent.hpp"

namespace lab {

std::vector<float> code_of(const vae::Model& model, const Encoded& encoded, bool sampled,
                           std::uint32_t seed) {
  if (!sampled || model.spec().prior == vae::Prior::kNone) return encoded.mu;
  return vae::reparameterize(encoded.mu, encoded.log_var,
                             vae::evaluation_noise(model.latent(), encoded.index, seed));
}

std::optional<Nats> nats_of(vae::Model& model, const Encoded& encoded, std::span<const float> z) {
  return vae::image_losses(model, encoded.pixels, encoded.mu, encoded.log_var, z);
}

}  // namespace lab
