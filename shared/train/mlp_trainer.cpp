#include "shared/train/mlp_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/rng.hpp"
#include "shared/math/latent.hpp"
#include "shared/nn/kernels.hpp"
#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "shared/train/arrays.hpp"
#include "shared/train/initialize.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

constexpr int kMaxBatch = 60000, kMaxSamples = 100000;
constexpr double kMaxRate = 1000, kMaxFactor = 1e6;  // of penalties and beta: beyond, floats soon overflow

bool within(double x, double low, double high) { return x >= low && x <= high; }  // false for NaN

std::string rate_problem(double rate, const TrainConfig& c) {
  if (!(rate > 0 && rate <= kMaxRate)) return "the learning rate must be above 0 and at most 1000";
  const bool decays = c.optimizer == OptimizerKind::kAdamW;
  return decays && !(rate * c.weight_decay <= 1) ? "learning rate times weight decay must be at most 1" : "";
}
std::string beta_problem(double beta) {
  return within(beta, 0, kMaxFactor) ? "" : "beta must be 0 to 1000000";
}

/// Empty where a configuration can be trained with.
std::string problem_of(const ModelSpec& spec, const TrainConfig& c) {
  if (std::string text = check(spec); !text.empty()) return text;
  if (!MlpGradient::covers(spec, c)) {
    return "only Linear layers with activations whose derivative is known from their output (not silu) can "
           "be trained "
           "here, with a Bernoulli or a squared-error likelihood, as a VAE with its KL term in closed form "
           "or as an "
           "autoencoder";
  }
  if ((spec.prior == Prior::kNone) != (c.objective == Objective::kAutoencoder))
    return "an autoencoder has no prior, and a model without prior is trained as an autoencoder";
  if (c.mean_bias && output_bias(spec).empty())
    return "mean_bias needs a decoder that ends in a Linear layer of logits";
  if (c.skip_images != 0) return "leave images out of those that are given, not by skip_images";
  if (c.clip != 0 || c.ema != 0) return "clipping and averaged weights are native_train's alone";
  if (!within(c.batch_size, 1, kMaxBatch)) return concat({"a batch must have 1 to ", kMaxBatch, " images"});
  if (!within(c.samples, 1, kMaxSamples)) return concat({"samples must be 1 to ", kMaxSamples});
  if (c.steps < 0 || c.epochs < 0 || c.train_images < 0 || c.beta_warmup < 0)
    return "steps, epochs, images and beta's warm-up must not be negative";
  if (!within(c.l2, 0, kMaxFactor) || !within(c.weight_decay, 0, kMaxFactor))
    return "weight decay and l2 must be 0 to 1000000";
  if (!(c.momentum >= 0 && c.momentum < 1)) return "the momentum must be at least 0 and below 1";
  if (std::string text = rate_problem(c.learning_rate, c); !text.empty()) return text;
  return beta_problem(c.beta);
}

std::optional<Error> image_problem(std::span<const std::uint8_t> images, const ModelSpec& spec) {
  const auto pixels = static_cast<std::size_t>(spec.image.size());
  if (!images.empty() && images.size() % pixels == 0) return std::nullopt;
  return Error{ErrorCode::kShape, concat({"got ", images.size(), " bytes of images; expected some of ",
                                          to_string(spec.image), ", a byte a pixel"})};
}

}  // namespace

Result<MlpTrainer> MlpTrainer::make(const ModelSpec& spec, const TrainConfig& config,
                                    std::span<const std::uint8_t> images, Backend& backend) {
  if (std::string text = problem_of(spec, config); !text.empty())
    return Error{ErrorCode::kModel, std::move(text)};
  if (auto problem = image_problem(images, spec)) return *problem;
  const auto pixels = static_cast<std::size_t>(spec.image.size());
  BatchStream batches({images, pixels}, config, spec.latent);
  const int rows = batches.size(0);

  std::vector<std::int64_t> counts;
  std::int64_t numbers = 0;
  for (const ParameterSpec& p : parameters(spec)) numbers += counts.emplace_back(p.shape.count());
  if (numbers > static_cast<std::int64_t>((FileLimits{}.bytes - kMaxHeaderBytes) / sizeof(float)))
    return Error{ErrorCode::kTooLarge, concat({"a model of ", numbers, " weights is too large for a file"})};
  const std::vector<std::ptrdiff_t> sizes(counts.begin(), counts.end());
  counts.insert(counts.end(),
                {std::int64_t{rows} * spec.image.size(), std::int64_t{rows} * config.samples * spec.latent});
  std::vector<float*> places;
  Floats memory = allocate_arrays(counts, places);
  if (!memory) return Error{ErrorCode::kMemory, "not enough memory to train this model"};

  const std::vector<std::vector<float>> initial = first_parameters(spec, config, {images, pixels});
  for (std::size_t i = 0; i < initial.size(); ++i) std::copy(initial[i].begin(), initial[i].end(), places[i]);
  auto gradient =
      MlpGradient::make(spec, config, {places.begin(), places.begin() + std::ssize(sizes)}, rows, backend);
  if (!gradient) return gradient.error();
  auto optimizer = Optimizer::make(config, sizes);
  if (!optimizer) return optimizer.error();
  return MlpTrainer(spec, config, std::move(batches), backend, std::move(memory), std::move(places),
                    *std::move(gradient), *std::move(optimizer));
}

MlpTrainer::MlpTrainer(const ModelSpec& spec, const TrainConfig& config, BatchStream batches,
                       Backend& backend, Floats memory, std::vector<float*> places, MlpGradient gradient,
                       Optimizer optimizer)
    : spec_(spec),
      config_(config),
      batches_(std::move(batches)),
      backend_(&backend),
      names_(parameters(spec)),
      memory_(std::move(memory)),
      values_(places.begin(), places.begin() + std::ssize(names_)),
      x_(places[names_.size()]),
      epsilon_(places[names_.size() + 1]),
      gradient_(std::move(gradient)),
      optimizer_(std::move(optimizer)) {}

Result<MlpTrainer::Report> MlpTrainer::step() {
  const std::int64_t planned = std::max<std::int64_t>(1, batches_.steps());
  const double rate = learning_rate_at(config_, std::min(steps_, planned - 1), planned);
  const double beta = beta_at(config_, steps_);
  const int n = batches_.size(steps_);
  batches_.pixels(steps_, 0, n, x_);
  if (noise_ && spec_.prior != Prior::kNone) {
    batches_.noise(steps_, epsilon_);
  } else {
    std::fill_n(epsilon_, std::ptrdiff_t{n} * config_.samples * spec_.latent, 0.0f);
  }
  const MlpGradient::Sums sums =
      gradient_.differentiate({n, config_.samples, x_, epsilon_, n * spec_.latent}, beta, 1.0 / n,
                              penalty_of(config_, batches_.count()));
  if (!std::isfinite(sums.loss)) return diverged("the loss");
  if (!(sums.gradient <= kMaxGradient)) return diverged("the gradient");
  optimizer_.step(rate, values_, gradient_.gradient(), *backend_);
  const int epoch = batches_.epoch(steps_);
  return Report{++steps_, epoch, n, {sums.reconstruction / n, sums.kl / n}, sums.loss / n, rate, beta};
}

Error MlpTrainer::diverged(const char* what) const {
  return {ErrorCode::kNonfinite, concat({"training diverged: ", what, " of step ", steps_ + 1,
                                         " is not finite or too large; take a smaller learning rate"})};
}

std::optional<Error> MlpTrainer::set_beta(double beta) {
  if (std::string text = beta_problem(beta); !text.empty()) return Error{ErrorCode::kModel, std::move(text)};
  config_.beta = beta;
  return std::nullopt;
}

std::optional<Error> MlpTrainer::set_learning_rate(double rate) {
  if (std::string text = rate_problem(rate, config_); !text.empty())
    return Error{ErrorCode::kModel, std::move(text)};
  config_.learning_rate = rate;
  return std::nullopt;
}

std::size_t MlpTrainer::index_of(std::string_view name) const {
  const auto found =
      std::find_if(names_.begin(), names_.end(), [&](const ParameterSpec& p) { return p.name == name; });
  return static_cast<std::size_t>(found - names_.begin());
}

std::span<float> MlpTrainer::parameter(std::string_view name) {
  const std::size_t i = index_of(name);
  if (i == names_.size()) return {};
  return {values_[i], static_cast<std::size_t>(names_[i].shape.count())};
}

std::span<const float> MlpTrainer::gradient(std::string_view name) const {
  const std::size_t i = index_of(name);
  const std::vector<float*>& all = gradient_.gradient();
  if (i >= all.size() || all[i] == nullptr) return {};
  return {all[i], static_cast<std::size_t>(names_[i].shape.count())};
}

Result<Losses> MlpTrainer::evaluate(std::span<const std::uint8_t> images, int draws, std::uint64_t seed) {
  if (auto problem = image_problem(images, spec_)) return *problem;
  const ImageBytes set{images, static_cast<std::size_t>(spec_.image.size())};
  const auto latent = static_cast<std::size_t>(spec_.latent);
  Losses sums;
  for (int first = 0, n = 0; first < set.count(); first += n) {
    n = std::min(batches_.size(0), set.count() - first);
    std::vector<Rng> noise;
    for (int i = 0; i < n; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * set.size;
      read_pixels(config_.pixels, set.image(first + i), kTestPixelSeed, kTestPixelEpoch, first + i,
                  {x_ + at, set.size});
      noise.emplace_back(seed, Stream::kEvaluation,
                         std::initializer_list<std::uint64_t>{static_cast<std::uint64_t>(first + i)});
    }
    for (int draw = 0; draw < std::max(1, draws); ++draw) {
      float* out = epsilon_;
      for (Rng& rng : noise) out = std::generate_n(out, latent, [&] { return draws > 0 ? rng.normal() : 0; });
      const MlpGradient::Sums batch = gradient_.evaluate({n, 1, x_, epsilon_, 0});
      sums.reconstruction += batch.reconstruction / std::max(1, draws);
      sums.kl += batch.kl / std::max(1, draws);
    }
  }
  return Losses{sums.reconstruction / set.count(), sums.kl / set.count()};
}

std::vector<std::byte> MlpTrainer::weights(const Metadata& more) {
  const std::vector<float> z = sample_prior(spec_.latent, 0);
  const std::span<const float> output = gradient_.decode(z);
  std::vector<float> image(output.begin(), output.end());
  if (traits(spec_.likelihood).logits) sigmoid(image.data(), std::ssize(image));
  for (float& pixel : image) pixel = std::clamp(pixel, 0.0f, 1.0f);
  Metadata metadata = {{"model", to_string(spec_)},
                       {"golden_z", encode_floats(z)},
                       {"golden_x", encode_floats(image)},
                       {"seed", concat({config_.seed})},
                       {"epochs", concat({batches_.epochs_before(steps_)})},
                       {"steps", concat({steps_})},
                       {"train_images", concat({batches_.count()})}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const ParameterSpec& p = names_[i];
    tensors.push_back({p.name, p.shape, {values_[i], values_[i] + p.shape.count()}});
  }
  return write_weights(metadata, tensors);
}

}  // namespace vae
