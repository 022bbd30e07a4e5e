#include "shared/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/elementary.hpp"
#include "shared/base/encoding.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/parameters.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

constexpr float kGoldenTolerance = 1e-4f;

Error no_encoder() { return make_error(ErrorCode::kNames, {"this model's encoder is not loaded"}); }

/// The file's golden sample and its image.
struct Golden {
  std::vector<float> z, x;
};
std::optional<Golden> golden(const WeightsView& view, const Model& model) {
  Golden g;
  if (decode_floats(view.get("golden_z"), g.z) && decode_floats(view.get("golden_x"), g.x) &&
      g.z.size() == static_cast<std::size_t>(model.latent()) &&
      g.x.size() == static_cast<std::size_t>(model.pixels())) {
    return g;
  }
  return std::nullopt;
}
Error no_golden() {
  return make_error(ErrorCode::kGolden, {"golden_z and golden_x are missing or have the wrong size"});
}

/// Returns an error where two numbers differ by more than the tolerance. `what` is "draw" or "encode",
/// `number` "pixel" or "mu".
std::optional<Error> check_same(const char* what, const char* number, std::span<const float> a,
                                std::span<const float> b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::fabs(a[i] - b[i]) <= kGoldenTolerance) continue;
    return make_error(ErrorCode::kGolden, {"the model does not ", what, " its own golden sample: ", number,
                                           " ", i, " differs by more than 0.0001"});
  }
  return std::nullopt;
}

Error as_golden(const Error& problem) {
  return problem.code == ErrorCode::kMemory ? problem : make_error(ErrorCode::kGolden, {problem.message});
}

/// Decodes the golden sample and compares the image.
std::optional<Error> check_golden(const WeightsView& view, Model& model) {
  const auto g = golden(view, model);
  if (!g) return no_golden();
  const auto image = model.decode(g->z);
  return image ? check_same("draw", "pixel", *image, g->x) : as_golden(image.error());
}

/// Encodes the golden image of an encoder's file and compares mu.
std::optional<Error> check_golden_mu(const WeightsView& view, Model& model) {
  const auto g = golden(view, model);
  if (!g) return no_golden();
  const auto q = model.encode(g->x);
  return q ? check_same("encode", "mu", q->mu, g->z) : as_golden(q.error());
}

bool learns_variance(const ModelSpec& spec) { return traits(spec.likelihood).learned_variance; }

/// The softplus floor of a Gaussian pixel's log-variance: smooth, so that its gradient never dies.
float floored_log_variance(float x) {
  const float above = x - kMinLogVariance;
  return kMinLogVariance + std::max(above, 0.0f) + std::log1p(std::exp(-std::fabs(above)));
}

}  // namespace

Model::Model(ModelSpec spec, Metadata metadata, Floats weights, std::vector<LayerParameters> decoder,
             std::vector<LayerParameters> log_var_decoder)
    : spec_(std::move(spec)),
      metadata_(std::move(metadata)),
      weights_(std::move(weights)),
      decoder_(spec_, std::move(decoder)),
      log_var_decoder_(learns_variance(spec_) ? vae::log_var_decoder(spec_) : LayerList{},
                       {spec_.latent, 1, 1}, std::move(log_var_decoder)) {}

Model::Encoder Model::make_encoder(const ModelSpec& spec, Parameters weights) {
  const Parameter* next = weights.list.data();
  std::vector<LayerParameters> layers = layer_parameters(spec.encoder, next);
  const LayerList head{Linear{encoder_features(spec), spec.latent}};
  const Shape features{encoder_features(spec), 1, 1};
  Sequential mu(head, features, layer_parameters(head, next));
  Sequential log_var(head, features, layer_parameters(head, next));
  return {std::move(weights.memory),
          {spec.encoder, encoder_input(spec.encoder, spec.image), std::move(layers)},
          std::move(mu),
          std::move(log_var)};
}

namespace {

/// Bound of a prior's |log-variance|: beyond it, the standard deviation or the precision overflows a float.
constexpr float kMostLogVariance = 50;

/// Reads the prior of a file whose names were checked; the weights are the softmax of the logits.
std::optional<Error> read_mixture(const ModelSpec& spec, const WeightsView& view, Mixture& mixture) {
  const auto count = static_cast<std::size_t>(spec.components),
             size = count * static_cast<std::size_t>(spec.latent);
  if (!allocate_floats(3 * size)) return out_of_memory();  // where a vector's allocation would abort
  mixture = {std::vector<float>(size), std::vector<float>(size), std::vector<float>(count)};
  bool good = true;
  for (const auto& [name, values] :
       {std::pair("prior.mean", &mixture.mean), std::pair("prior.log_var", &mixture.log_var),
        std::pair("prior.logit", &mixture.weight)}) {
    good = good && dequantize(*view.find(name), view.find(std::string(name) + "_scale"), *values);
  }
  for (const float l : mixture.log_var) good = good && std::fabs(l) <= kMostLogVariance;
  if (!good)
    return make_error(ErrorCode::kNonfinite, {"the prior has numbers that are not finite or out of range"});
  const float largest = *std::max_element(mixture.weight.begin(), mixture.weight.end());
  for (float& weight : mixture.weight)
    weight = exponential<float, std::int32_t>(std::max(weight - largest, -87.0f));
  const float sum = std::accumulate(mixture.weight.begin(), mixture.weight.end(), 0.0f);
  for (float& weight : mixture.weight) weight /= sum;
  return std::nullopt;
}

}  // namespace

/// Makes the decoder of a file whose names were checked.
Result<Model> Model::make(const ModelSpec& spec, const WeightsView& view) {
  std::vector<ParameterSpec> names = decoder_parameters(spec);
  for (std::size_t i = prior_parameters(spec).size(); i > 0; --i) names.pop_back();
  auto weights = read_parameters(view, names);
  if (!weights) return weights.error();
  const Parameter* next = weights->list.data();
  std::vector<LayerParameters> decoder = layer_parameters(spec.decoder, next), log_var_decoder;
  if (learns_variance(spec)) {  // shares all layers except the last
    const std::ptrdiff_t last = last_linear(spec.decoder);
    log_var_decoder.assign(decoder.begin(), decoder.begin() + last);
    log_var_decoder.push_back(layer_parameters({spec.decoder[static_cast<int>(last)]}, next)[0]);
  }
  Metadata metadata;
  for (const auto& [key, value] : view.metadata) metadata.emplace_back(key, value);
  Model model(spec, std::move(metadata), std::move(weights->memory), std::move(decoder),
              std::move(log_var_decoder));
  if (spec.prior == Prior::kMixture) {
    auto mixture = std::make_unique<Mixture>();
    if (const auto problem = read_mixture(spec, view, *mixture)) return *problem;
    model.mixture_ = std::move(mixture);
  }
  return model;
}

Result<Model> Model::load(std::span<const std::byte> file) {
  const auto view = read_weights(file);
  if (!view) return view.error();
  const auto spec = parse_model_spec(view->get("model"));
  if (!spec) return spec.error();
  const std::string_view part = view->get(kPartKey);
  if (part == kEncoderPart) {
    return make_error(ErrorCode::kNames, {"this file holds only an encoder; load its decoder's file first"});
  }
  const bool complete = part != kDecoderPart;
  if (const auto problem = check_names(*view, complete ? parameters(*spec) : decoder_parameters(*spec))) {
    return *problem;
  }
  auto encoder =
      complete ? read_parameters(*view, encoder_parameters(*spec)) : Result<Parameters>(Parameters());
  if (!encoder) return encoder.error();
  auto model = make(*spec, *view);
  if (!model) return model;
  if (complete) model->encoder_ = make_encoder(*spec, std::move(*encoder));
  if (const auto problem = check_golden(*view, *model)) return *problem;
  return model;
}

std::optional<Error> Model::add_encoder(std::span<const std::byte> file) {
  const auto view = read_weights(file);
  if (!view) return view.error();
  if (view->get(kPartKey) != kEncoderPart || metadata(kPartOfKey).empty() ||
      view->get(kPartOfKey) != metadata(kPartOfKey) || view->get("model") != metadata("model")) {
    return make_error(ErrorCode::kNames, {"this is not the encoder of this decoder"});
  }
  const std::vector<ParameterSpec> expected = encoder_parameters(spec_);
  if (auto problem = check_names(*view, expected)) return problem;
  auto weights = read_parameters(*view, expected);
  if (!weights) return weights.error();
  auto before = std::exchange(encoder_, make_encoder(spec_, std::move(*weights)));
  if (const auto problem = check_golden_mu(*view, *this)) {
    encoder_ = std::move(before);
    return problem;
  }
  return std::nullopt;
}

std::string_view Model::metadata(std::string_view key) const {
  for (const auto& [k, value] : metadata_) {
    if (k == key) return value;
  }
  return {};
}

double Model::log_prior(std::span<const float> z) const {
  if (mixture_) return log_density(*mixture_, z);
  return spec_.prior == Prior::kNormal ? log_standard_normal(z) : 0;
}

std::vector<float> Model::sample_prior(std::uint64_t seed, std::uint64_t index, float temperature) const {
  if (mixture_) {
    Rng rng(seed, Stream::kSample, {index});
    return sample(*mixture_, rng, temperature);
  }
  std::vector<float> z = vae::sample_prior(latent(), seed, index);
  for (float& value : z) value *= temperature;
  return z;
}

Result<Posterior> Model::encode(std::span<const float> images) {
  if (!encoder_) return no_encoder();
  const auto n = count_samples(images, pixels(), "pixels");
  if (!n) return n.error();
  std::vector<float> features(*n * static_cast<std::size_t>(encoder_features(spec_)));
  Posterior q{std::vector<float>(*n * static_cast<std::size_t>(latent())),
              std::vector<float>(*n * static_cast<std::size_t>(latent()))};
  if (!encoder_->layers.run(images, features) || !encoder_->mu.run(features, q.mu) ||
      !encoder_->log_var.run(features, q.log_var)) {
    return out_of_memory();
  }
  return q;
}

Result<std::vector<float>> Model::decode_output(std::span<const float> latents) {
  auto means = decoder_.means(latents);
  if (!means || !learns_variance(spec_)) return means;
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
  if (*images > 1 || *points > 1) return make_error(ErrorCode::kShape, {"a trace takes one image and one z"});
  Trace t;
  if (*images == 1) {
    if (!encoder_) return no_encoder();
    if (!encoder_->layers.run_traced(image, t.encoder)) return out_of_memory();
    const std::vector<float>& features = t.encoder.back();
    t.posterior.mu.resize(static_cast<std::size_t>(latent()));
    t.posterior.log_var.resize(static_cast<std::size_t>(latent()));
    if (!encoder_->mu.run(features, t.posterior.mu) ||
        !encoder_->log_var.run(features, t.posterior.log_var)) {
      return out_of_memory();
    }
  }
  if (*points == 1 && !decoder_.layers().run_traced(clamped(z), t.decoder)) return out_of_memory();
  return t;
}

}  // namespace vae
