#include "shared/train/initialize.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "shared/base/concat.hpp"
#include "shared/base/rng.hpp"

namespace vae {
namespace {

/// Numbers that go into, and come out of, one unit of a layer: (out, in) or (out, in, kh, kw).
struct Fans {
  double in = 1, out = 1;
};
Fans fans(const Dims& weight) {
  const auto kernel = static_cast<double>(weight.count() / (std::int64_t{weight.size[0]} * weight.size[1]));
  return {weight.size[1] * kernel, weight.size[0] * kernel};
}

/// Standard normal, drawn again beyond two standard deviations, as TensorFlow's truncated_normal.
float truncated_normal(Rng& rng) {
  for (;;) {
    if (const float x = rng.normal(); std::fabs(x) <= 2) return x;
  }
}

/// One number of a weight (or of the bias behind it, whose layer has the same fans).
float draw(Rng& rng, Init init, const Fans& f, bool bias) {
  const auto uniform = [&](double bound) { return static_cast<float>((2 * rng.uniform() - 1) * bound); };
  switch (init) {
    case Init::kPytorch:
      return uniform(1 / std::sqrt(f.in));
    case Init::kGlorot:
      return bias ? 0 : uniform(std::sqrt(6 / (f.in + f.out)));
    case Init::kTruncatedNormal:
      return bias ? 0 : 0.001f * truncated_normal(rng);
    case Init::kNormal:
      return 0.01f * rng.normal();
  }
  return 0;
}

}  // namespace

std::vector<std::vector<float>> initial_parameters(const ModelSpec& spec, std::uint64_t seed, Init init) {
  Rng rng(seed, Stream::kInit);
  Fans layer;
  const std::vector<ParameterSpec> all = parameters(spec);
  std::vector<std::vector<float>> values;
  // Every weight comes right before its bias (the prior: below).
  for (const ParameterSpec& p : all) {
    const bool bias = p.shape.rank == 1;
    if (!bias) layer = fans(p.shape);
    std::vector<float>& numbers = values.emplace_back(static_cast<std::size_t>(p.shape.count()));
    for (float& x : numbers) x = draw(rng, init, layer, bias);
  }
  const auto named = [&](const char* name) -> std::vector<float>& {
    std::size_t i = 0;
    while (all[i].name != name) ++i;
    return values[i];
  };
  const auto fill = [](std::vector<float>& numbers, float x) {
    std::fill(numbers.begin(), numbers.end(), x);
  };
  if (spec.prior == Prior::kMixture) {
    fill(named("prior.log_var"), 0);
    fill(named("prior.logit"), 0);
    for (float& x : named("prior.mean")) x = rng.normal();
  }
  if (spec.prior == Prior::kNone) {
    fill(named("log_var.weight"), 0);
    fill(named("log_var.bias"), -20);
  }
  return values;
}

std::string output_bias(const ModelSpec& spec) {
  const int last = spec.decoder.size() - 1;
  if (!traits(spec.likelihood).logits || last_linear(spec.decoder) != last) return "";
  return concat({"decoder.", last, ".bias"});
}

std::vector<std::vector<float>> first_parameters(const ModelSpec& spec, const TrainConfig& config,
                                                 const ImageBytes& images) {
  std::vector<std::vector<float>> values = initial_parameters(spec, config.seed, config.init);
  const std::string bias = config.mean_bias ? output_bias(spec) : "";
  if (bias.empty()) return values;
  const std::vector<ParameterSpec> all = parameters(spec);
  const auto place = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.name == bias; });
  std::vector<float>& numbers = values[static_cast<std::size_t>(place - all.begin())];
  for (std::size_t pixel = 0; pixel < numbers.size(); ++pixel) {
    double sum = 0;
    for (int i = 0; i < images.count(); ++i) sum += images.image(i)[pixel];
    const double mean = std::clamp(sum / 255 / images.count(), 0.001, 0.999);
    numbers[pixel] = static_cast<float>(std::log(mean / (1 - mean)));
  }
  return values;
}

}  // namespace vae
