#include "web/lab/state/encoding_cost.hpp"

#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"

namespace lab {

std::vector<float> code_of(const vae::Model& model, const Encoded& encoded, bool sampled,
                           std::uint32_t seed) {
  if (!sampled || model.spec().prior == vae::Prior::kNone) return encoded.mu;
  return vae::reparameterize(encoded.mu, encoded.log_var, vae::sample_prior(model.latent(), seed));
}

std::optional<Nats> nats_of(vae::Model& model, const Encoded& encoded, std::span<const float> z) {
  const vae::ModelSpec& spec = model.spec();
  const auto output = model.decode_output(z);
  if (!output) return std::nullopt;
  Nats nats;
  nats.reconstruction = vae::reconstruction_loss(spec.likelihood, *output, encoded.pixels);
  if (spec.prior == vae::Prior::kNormal) nats.kl = vae::kl_divergence(encoded.mu, encoded.log_var);
  if (const vae::Mixture* mixture = model.mixture()) {
    constexpr int kDraws = 512;  // a standard error below 0.05 nats
    nats.kl = vae::kl_divergence(*mixture, encoded.mu, encoded.log_var, kDraws, 0);
  }
  return nats;
}

}  // namespace lab
