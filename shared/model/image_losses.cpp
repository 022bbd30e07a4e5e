#include "shared/model/image_losses.hpp"

#include "shared/base/enum_names.hpp"
#include "shared/math/elbo.hpp"

namespace vae {

Pixels trained_pixels(const Model& model) {
  Pixels pixels = Pixels::kGray;
  parse_name(model.metadata("test_pixels"), pixels);
  return pixels;
}

double kl_to_prior(const Model& model, std::span<const float> mu, std::span<const float> log_var) {
  constexpr int kDraws = 512;
  if (const Mixture* mixture = model.mixture()) return kl_divergence(*mixture, mu, log_var, kDraws, 0);
  return model.spec().prior == Prior::kNormal ? kl_divergence(mu, log_var) : 0;
}

std::optional<ImageLosses> image_losses(Model& model, std::span<const float> x, std::span<const float> mu,
                                        std::span<const float> log_var, std::span<const float> z) {
  const auto output = model.decode_output(z);
  if (!output) return std::nullopt;
  return ImageLosses{reconstruction_loss(model.spec().likelihood, *output, x),
                     kl_to_prior(model, mu, log_var)};
}

}  // namespace vae
