#include "shared/model.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "shared/encoding.hpp"
#include "shared/parameters.hpp"

namespace vae {
namespace {

constexpr float kGoldenTolerance = 1e-4f;

Error error(ErrorCode code, std::string message) { return {code, std::move(message)}; }
Error out_of_memory() { return error(ErrorCode::kMemory, "not enough memory for this model"); }

/// Decodes the file's own golden sample and compares.
std::optional<Error> check_golden(const WeightsView& view, Model& model) {
  std::vector<float> z, x;
  if (!decode_floats(view.get("golden_z"), z) || !decode_floats(view.get("golden_x"), x) ||
      z.size() != static_cast<std::size_t>(model.latent()) ||
      x.size() != static_cast<std::size_t>(model.pixels())) {
    return error(ErrorCode::kGolden, "golden_z and golden_x are missing or have the wrong size");
  }
  const auto image = model.decode(z);
  if (!image)
    return image.error().code == ErrorCode::kMemory ? image.error()
                                                    : error(ErrorCode::kGolden, image.error().message);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(std::fabs((*image)[i] - x[i]) <= kGoldenTolerance)) {
      return error(ErrorCode::kGolden, "the model does not draw its own golden sample: pixel " +
                                           std::to_string(i) + " differs by more than 0.0001");
    }
  }
  return std::nullopt;
}

bool gaussian(const ModelSpec& spec) { return spec.likelihood == Likelihood::kGaussian; }

/// The softplus floor of a Gaussian pixel's log-variance: smooth, so that its gradient never dies.
float floored_log_variance(float x) {
  const float above = x - kMinLogVariance;
  return kMinLogVariance + std::max(above, 0.0f) + std::log1p(std::exp(-std::fabs(above)));
}

}  // namespace

Model::Model(ModelSpec spec, Metadata metadata, Floats weights, std::vector<LayerParameters> encoder,
             std::vector<LayerParameters> decoder, LayerParameters mu, LayerParameters log_var,
             std::vector<LayerParameters> log_var_decoder)
    : spec_(std::move(spec)),
      metadata_(std::move(metadata)),
      weights_(std::move(weights)),
      encoder_(spec_.encoder, encoder_input(spec_.encoder, spec_.image), std::move(encoder)),
      mu_({Linear{encoder_features(spec_), spec_.latent}}, {encoder_features(spec_), 1, 1}, {mu}),
      log_var_({Linear{encoder_features(spec_), spec_.latent}}, {encoder_features(spec_), 1, 1}, {log_var}),
      decoder_(spec_, std::move(decoder)),
      log_var_decoder_(gaussian(spec_) ? vae::log_var_decoder(spec_) : LayerList{}, {spec_.latent, 1, 1},
                       std::move(log_var_decoder)) {}

Result<Model> Model::load(std::span<const std::byte> file) {
  const auto view = read_weights(file);
  if (!view) return view.error();
  const auto spec = parse_model_spec(view->get("model"));
  if (!spec) return spec.error();
  const std::vector<ParameterSpec> expected = parameters(*spec);
  if (const auto problem = check_names(*view, expected)) return *problem;

  auto weights = read_parameters(*view, expected);
  if (!weights) return weights.error();
  const float* next = weights->get();
  std::vector<LayerParameters> encoder = layer_parameters(spec->encoder, next);
  const LayerList head{Linear{encoder_features(*spec), spec->latent}};
  const LayerParameters mu = layer_parameters(head, next)[0], log_var = layer_parameters(head, next)[0];
  std::vector<LayerParameters> decoder = layer_parameters(spec->decoder, next), log_var_decoder;
  if (gaussian(*spec)) {  // shares all layers but its last one
    const std::ptrdiff_t last = last_linear(spec->decoder);
    log_var_decoder.assign(decoder.begin(), decoder.begin() + last);
    log_var_decoder.push_back(layer_parameters({spec->decoder[static_cast<int>(last)]}, next)[0]);
  }
  Metadata metadata;
  for (const auto& [key, value] : view->metadata) metadata.emplace_back(key, value);

  Model model(*spec, std::move(metadata), std::move(*weights), std::move(encoder), std::move(decoder), mu,
              log_var, std::move(log_var_decoder));
  if (const auto problem = check_golden(*view, model)) return *problem;
  return model;
}

std::string_view Model::fact(std::string_view key) const {
  for (const auto& [k, value] : metadata_) {
    if (k == key) return value;
  }
  return {};
}

Result<Posterior> Model::encode(std::span<const float> images) {
  const auto n = count_samples(images, pixels(), "pixels");
  if (!n) return n.error();
  std::vector<float> features(*n * static_cast<std::size_t>(encoder_features(spec_)));
  Posterior q{std::vector<float>(*n * static_cast<std::size_t>(latent())),
              std::vector<float>(*n * static_cast<std::size_t>(latent()))};
  if (!encoder_.run(images, features) || !mu_.run(features, q.mu) || !log_var_.run(features, q.log_var)) {
    return out_of_memory();
  }
  return q;
}

Result<std::vector<float>> Model::decode_output(std::span<const float> latents) {
  auto means = decoder_.means(latents);
  if (!means || !gaussian(spec_)) return means;
  const std::vector<float> z = clamped(latents);
  std::vector<float> log_variances(means->size());
  if (!log_var_decoder_.run(z, log_variances)) return out_of_memory();
  for (float& x : log_variances) x = floored_log_variance(x);
  std::vector<float> output;  // (n, 2 * pixels)
  output.reserve(2 * means->size());
  for (auto at = std::ptrdiff_t{0}; at < std::ssize(*means); at += pixels()) {
    for (const std::vector<float>* part : {&*means, &log_variances}) {
      output.insert(output.end(), part->begin() + at, part->begin() + at + pixels());
    }
  }
  return output;
}

Result<std::vector<float>> Model::decode(std::span<const float> latents) { return decoder_.images(latents); }

Result<Trace> Model::trace(std::span<const float> image, std::span<const float> z) {
  const auto images = count_samples(image, pixels(), "pixels"),
             points = count_samples(z, latent(), "latents");
  if (!images) return images.error();
  if (!points) return points.error();
  if (*images > 1 || *points > 1) return error(ErrorCode::kShape, "a trace takes one image and one z");
  Trace t;
  if (*images == 1) {
    if (!encoder_.run_traced(image, t.encoder)) return out_of_memory();
    const std::vector<float>& features = t.encoder.back();
    t.posterior.mu.resize(static_cast<std::size_t>(latent()));
    t.posterior.log_var.resize(static_cast<std::size_t>(latent()));
    if (!mu_.run(features, t.posterior.mu) || !log_var_.run(features, t.posterior.log_var)) {
      return out_of_memory();
    }
  }
  if (*points == 1 && !decoder_.layers().run_traced(clamped(z), t.decoder)) return out_of_memory();
  return t;
}

}  // namespace vae
