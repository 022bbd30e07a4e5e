#include "shared/nn/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/nn/kernels.hpp"

namespace vae {
namespace {

constexpr float kLatentLimit = 1e4f;

/// Clamps to [0, 1]. NaN, which overflowing weights can cause, becomes 0.
float to_pixel(float p) { return p >= 0 ? std::min(p, 1.0f) : 0.0f; }

}  // namespace

Result<std::size_t> count_samples(std::span<const float> values, int each, const char* what) {
  if (values.size() % static_cast<std::size_t>(each) != 0) {
    return make_error(ErrorCode::kShape,
                      {"got ", values.size(), " numbers; expected a multiple of ", each, " ", what});
  }
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    return make_error(ErrorCode::kNonfinite, {"one of the ", what, " is NaN or infinite"});
  }
  return values.size() / static_cast<std::size_t>(each);
}

Error out_of_memory() { return make_error(ErrorCode::kMemory, {"not enough memory for this model"}); }

std::vector<float> clamped(std::span<const float> latents) {
  std::vector<float> z(latents.begin(), latents.end());
  for (float& value : z) value = std::clamp(value, -kLatentLimit, kLatentLimit);
  return z;
}

ImageDecoder::ImageDecoder(const ModelSpec& spec, std::vector<LayerParameters> parameters)
    : likelihood_(spec.likelihood), layers_(spec.decoder, {spec.latent, 1, 1}, std::move(parameters)) {}

Result<std::vector<float>> ImageDecoder::means(std::span<const float> latents) {
  const auto n = count_samples(latents, layers_.input_shape().channels, "latents");
  if (!n) return n.error();
  std::vector<float> means(*n * static_cast<std::size_t>(layers_.output_shape().size()));
  if (!layers_.run(clamped(latents), means)) return out_of_memory();
  return means;
}

Result<std::vector<float>> ImageDecoder::images(std::span<const float> latents) {
  auto image = means(latents);
  if (!image) return image;
  if (traits(likelihood_).logits) sigmoid(image->data(), std::ssize(*image));
  for (float& x : *image) x = to_pixel(x);
  return image;
}

}  // namespace vae
