#include "shared/model.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "shared/encoding.hpp"

namespace vae {
namespace {

constexpr float kGoldenTolerance = 1e-4f, kLatentLimit = 1e4f;

Error error(ErrorCode code, std::string message) { return {code, std::move(message)}; }
Error out_of_memory() { return error(ErrorCode::kMemory, "not enough memory for this model"); }

std::string words(const Dims& dims) {
  std::string text;
  for (int i = 0; i < dims.rank; ++i) {
    text += (i > 0 ? "x" : "") + std::to_string(dims.size[static_cast<std::size_t>(i)]);
  }
  return text;
}

/// The file must hold exactly the tensors of the model, with scales where they are int8.
std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected) {
  std::size_t used = 0;
  for (const ParameterSpec& parameter : expected) {
    const TensorView* tensor = view.find(parameter.name);
    if (tensor == nullptr) {
      return error(ErrorCode::kNames,
                   "the model needs a tensor \"" + parameter.name + "\", which is not in the file");
    }
    if (tensor->shape != parameter.shape) {
      return error(ErrorCode::kNames, "tensor \"" + parameter.name + "\" has the shape " +
                                          words(tensor->shape) + "; the model needs " +
                                          words(parameter.shape));
    }
    ++used;
    if (tensor->dtype != Dtype::kI8) continue;
    const TensorView* scale = view.find(parameter.name + "_scale");
    if (scale == nullptr || scale->dtype != Dtype::kF32 ||
        scale->shape != Dims{1, {parameter.shape.size[0]}}) {
      return error(ErrorCode::kNames, "int8 tensor \"" + parameter.name + "\" needs one F32 scale per row");
    }
    ++used;
  }
  if (used != view.tensors.size()) {
    return error(ErrorCode::kNames, "the file holds " + std::to_string(view.tensors.size()) +
                                        " tensors; its model uses " + std::to_string(used));
  }
  return std::nullopt;
}

/// Entries for every layer of a list, taken from `next`, which then points behind the list's last parameter.
std::vector<LayerParameters> layer_parameters(const LayerList& layers, const float*& next) {
  std::vector<LayerParameters> all;
  for (const Layer& layer : layers) {
    const ParameterShapes shapes = parameter_shapes(layer);
    LayerParameters p;
    if (shapes.weight.rank > 0) p.weight = std::exchange(next, next + shapes.weight.count());
    if (shapes.bias.rank > 0) p.bias = std::exchange(next, next + shapes.bias.count());
    all.push_back(p);
  }
  return all;
}

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

/// The number of samples in `values`, or why it cannot be told.
Result<std::size_t> count_samples(std::span<const float> values, int each, const char* what) {
  if (values.size() % static_cast<std::size_t>(each) != 0) {
    return error(ErrorCode::kShape, "got " + std::to_string(values.size()) +
                                        " numbers; expected a multiple of " + std::to_string(each) + ' ' +
                                        what);
  }
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    return error(ErrorCode::kNonfinite, std::string("one of the ") + what + " is NaN or infinite");
  }
  return values.size() / static_cast<std::size_t>(each);
}

bool gaussian(const ModelSpec& spec) { return spec.likelihood == Likelihood::kGaussian; }

/// The softplus floor of a Gaussian pixel's log-variance: smooth, so that its gradient never dies.
float floored_log_variance(float x) {
  const float above = x - kMinLogVariance;
  return kMinLogVariance + std::max(above, 0.0f) + std::log1p(std::exp(-std::fabs(above)));
}

std::vector<float> clamped(std::span<const float> latents) {
  std::vector<float> z(latents.begin(), latents.end());
  for (float& value : z) value = std::clamp(value, -kLatentLimit, kLatentLimit);
  return z;
}

/// Always a pixel: NaN, which weights that overflow could make, becomes 0.
float to_pixel(float p) { return p >= 0 ? std::min(p, 1.0f) : 0.0f; }

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
      decoder_(spec_.decoder, {spec_.latent, 1, 1}, std::move(decoder)),
      log_var_decoder_(gaussian(spec_) ? vae::log_var_decoder(spec_) : LayerList{}, {spec_.latent, 1, 1},
                       std::move(log_var_decoder)) {}

Result<Model> Model::load(std::span<const std::byte> file) {
  const auto view = read_weights(file);
  if (!view) return view.error();
  const auto spec = parse_model_spec(view->get("model"));
  if (!spec) return spec.error();
  const std::vector<ParameterSpec> expected = parameters(*spec);
  if (const auto problem = check_names(*view, expected)) return *problem;

  std::size_t total = 0;
  for (const ParameterSpec& parameter : expected) total += static_cast<std::size_t>(parameter.shape.count());
  Floats weights = allocate_floats(total);
  if (!weights) return out_of_memory();
  float* out = weights.get();
  for (const ParameterSpec& parameter : expected) {
    const auto count = static_cast<std::size_t>(parameter.shape.count());
    if (!dequantize(*view->find(parameter.name), view->find(parameter.name + "_scale"), {out, count})) {
      return error(ErrorCode::kNonfinite, "tensor \"" + parameter.name + "\" holds NaN or infinity");
    }
    out += count;
  }
  const float* next = weights.get();
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

  Model model(*spec, std::move(metadata), std::move(weights), std::move(encoder), std::move(decoder), mu,
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

Result<std::vector<float>> Model::decode_means(std::span<const float> latents) {
  const auto n = count_samples(latents, latent(), "latents");
  if (!n) return n.error();
  const std::vector<float> z = clamped(latents);
  std::vector<float> means(*n * static_cast<std::size_t>(pixels()));
  if (!decoder_.run(z, means)) return out_of_memory();
  return means;
}

Result<std::vector<float>> Model::decode_output(std::span<const float> latents) {
  auto means = decode_means(latents);
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

Result<std::vector<float>> Model::decode(std::span<const float> latents) {
  auto image = decode_means(latents);
  if (!image) return image;
  if (spec_.likelihood == Likelihood::kBernoulli) {
    for (float& x : *image) x = 1 / (1 + std::exp(-x));
  }
  for (float& x : *image) x = to_pixel(x);
  return image;
}

}  // namespace vae
