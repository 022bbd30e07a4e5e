#include "native/train.hpp"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "native/elbo.hpp"
#include "native/evaluate.hpp"
#include "native/failure.hpp"
#include "shared/rng.hpp"

namespace vae {
namespace {

/// Matrix products and convolutions in bfloat16 while this lives.
class Bf16 {
 public:
  Bf16(bool on, torch::Device device) : on_(on), device_(device) { set(on_); }
  ~Bf16() {
    set(false);
    if (on_) at::autocast::clear_cache();
  }
  Bf16(const Bf16&) = delete;
  Bf16& operator=(const Bf16&) = delete;

 private:
  void set(bool on) {
    if (!on_) return;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(device_.type(), at::kBFloat16);
    at::autocast::set_autocast_enabled(device_.type(), on);
#else
    if (device_.is_cpu()) {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(on);
    } else {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(on);
    }
#endif
  }
  bool on_;
  torch::Device device_;
};

/// Standard normal (samples, n, latent), keyed by the step it is for.
torch::Tensor noise(int samples, int n, int latent, std::uint64_t seed, std::int64_t step) {
  Rng rng(seed, Stream::kNoise, {static_cast<std::uint64_t>(step)});
  torch::Tensor epsilon = torch::empty({samples, n, latent});
  float* out = epsilon.data_ptr<float>();
  for (std::int64_t i = 0; i < epsilon.numel(); ++i) out[i] = rng.normal();
  return epsilon;
}

/// (1, n, latent), as native_eval draws it.
torch::Tensor test_noise(int first, int n, int latent) {
  torch::Tensor epsilon = torch::empty({1, n, latent});
  for (int i = 0; i < n; ++i) {
    const std::vector<float> row = evaluation_noise(latent, first + i);
    std::copy(row.begin(), row.end(), epsilon.data_ptr<float>() + std::int64_t{i} * latent);
  }
  return epsilon;
}

/// Image number `index` of a set, as bytes.
std::span<const std::uint8_t> bytes_of(const ImageSet& set, std::int64_t index) {
  const auto size = static_cast<std::size_t>(set.shape.size());
  return {set.pixels.data() + static_cast<std::size_t>(index) * size, size};
}

std::span<float> row_of(torch::Tensor& x, std::int64_t i) {
  const auto size = static_cast<std::size_t>(x.size(1));
  return {x.data_ptr<float>() + static_cast<std::size_t>(i) * size, size};
}

[[noreturn]] void diverged(const char* what, std::int64_t step, const TrainConfig& config) {
  char text[160];
  std::snprintf(text, sizeof text,
                "training diverged: %s of step %lld is not finite; try a smaller learning rate than --lr %g",
                what, static_cast<long long>(step), config.learning_rate);
  throw Failure(Exit::kDiverged, text);
}

/// Half a cosine: 1 at progress 0, 0 at progress 1.
double cosine(double progress) { return (1 + std::cos(std::numbers::pi * progress)) / 2; }

}  // namespace

double learning_rate_at(const TrainConfig& config, std::int64_t step, std::int64_t steps) {
  const auto at = static_cast<double>(step), end = static_cast<double>(steps);
  if (config.schedule == Schedule::kConstant) return config.learning_rate;
  if (config.schedule == Schedule::kCosine) return config.learning_rate * cosine(at / end);
  constexpr double kRise = 0.3, kStart = 1.0 / 25, kEnd = 1e-4 / 25;
  const double peak = kRise * end;
  const bool rising = at < peak;
  const double progress = rising ? at / peak : (at - peak) / std::max(1.0, end - peak);
  const double from = rising ? kStart : 1, to = rising ? 1 : kEnd;
  return config.learning_rate * (to + (from - to) * cosine(progress));
}

double beta_at(const TrainConfig& config, std::int64_t step) {
  if (step >= config.beta_warmup) return config.beta;
  return config.beta * static_cast<double>(step) / static_cast<double>(config.beta_warmup);
}

std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed, Stream::kShuffle, {static_cast<std::uint64_t>(epoch)});
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  return order;
}

ProcessGroup& Trainer::alone() {
  static ProcessGroup group;
  return group;
}

Trainer::Trainer(Vae model, const ImageData& data, const TrainConfig& config, ProcessGroup& group)
    : model_(std::move(model)),
      config_(config),
      data_(data),
      group_(group),
      device_(model_->parameters().front().device()),
      optimizer_(make_optimizer(*model_, config)),
      count_(config.train_images > 0 ? std::min(config.train_images, data.train.count())
                                     : data.train.count()),
      best_(std::numeric_limits<double>::infinity()) {
  const std::int64_t size = config.batch_size;
  const std::int64_t images = std::int64_t{count_} * config.epochs;
  steps_ = config.last_batch == LastBatch::kWrap ? (images + size - 1) / size
                                                 : (count_ + size - 1) / size * config.epochs;
  if (config.steps > 0) steps_ = config.steps;
  model_->train();
  if (config.ema > 0) {
    average_ = Vae(model_->spec);
    average_->to(device_);
    copy_parameters(*model_, *average_);
  }
}

StepReport Trainer::advance() {
  const int n = batch_images(step_);
  const Rows rows = rows_of(n);
  const Batch batch = batch_of(step_, rows);
  const double rate = learning_rate_at(config_, step_, steps_);
  *model_->key = {config_.seed, step_, rows.first, rows.count, n};
  optimizer_->zero_grad();
  Terms terms;  // (count) each
  {
    const Bf16 bf16(config_.bf16, device_);
    terms = objective(*model_, config_, beta_at(config_, step_), batch.x, batch.epsilon);
  }
  torch::Tensor losses =  // (3), this process' part of the mean over the whole batch
      torch::stack({terms.reconstruction.sum(), terms.kl.sum(), terms.loss.sum()}) / n;
  if (!rows.counted) losses = 0 * losses;
  (losses[2] + weight_penalty() / group_.size()).backward();
  losses = losses.detach();
  sum_gradients(losses);
  const torch::Tensor means = losses.to(torch::kCPU, torch::kDouble);
  check_finite(means.sum().item<double>());
  if (config_.clip > 0) torch::nn::utils::clip_grad_norm_(model_->parameters(), config_.clip);
  set_learning_rate(*optimizer_, config_.optimizer, rate, step_);
  optimizer_->step();
  if (config_.ema > 0) update_average();

  const int epoch = static_cast<int>(first_position(step_) / count_) + 1;
  const Losses mean{means[0].item<double>(), means[1].item<double>()};
  sum_.reconstruction += mean.reconstruction * n;
  sum_.kl += mean.kl * n;
  sum_objective_ += means[2].item<double>() * n;
  summed_images_ += n;
  ++step_;
  return {epoch, step_, steps_, mean, means[2].item<double>(), rate, n};
}

TrainerState Trainer::state() {
  const auto copies = [](VaeImpl& model) {
    NamedTensors all;
    for (auto& named : model.named_parameters())
      all.emplace_back(named.key(), named.value().detach().clone());
    return all;
  };
  TrainerState s{
      step_,          copies(*model_), {},   get_state(*optimizer_, config_.optimizer, *model_), sum_,
      sum_objective_, summed_images_,  best_};
  if (config_.ema > 0) s.average = copies(*average_);
  for (auto& [name, tensor] : s.optimizer.tensors) tensor = tensor.clone();
  return s;
}

void Trainer::restore(const TrainerState& s) {
  put_parameters(s.parameters, *model_);
  if (config_.ema > 0) put_parameters(s.average, *average_);
  set_state(*optimizer_, config_.optimizer, *model_, s.optimizer);
  step_ = s.step;
  sum_ = s.sum;
  sum_objective_ = s.sum_objective;
  summed_images_ = s.summed_images;
  best_ = s.best;
}

int Trainer::epochs() const { return static_cast<int>(first_position(step_) / count_); }

bool Trainer::epoch_ended() const {
  return step_ > 0 && (done() || first_position(step_) / count_ > first_position(step_ - 1) / count_);
}

EpochReport Trainer::finish_epoch() {
  const auto images = static_cast<double>(summed_images_);
  EpochReport report{static_cast<int>(first_position(step_ - 1) / count_) + 1,
                     {sum_.reconstruction / images, sum_.kl / images},
                     sum_objective_ / images,
                     test_losses(),
                     false};
  if (!std::isfinite(report.test.neg_elbo())) diverged("the test loss", step_, config_);
  report.best = report.test.neg_elbo() < best_;
  best_ = std::min(best_, report.test.neg_elbo());
  sum_ = {};
  sum_objective_ = 0;
  summed_images_ = 0;
  return report;
}

std::int64_t Trainer::first_position(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return step * config_.batch_size;
  const std::int64_t per_epoch = (count_ + config_.batch_size - 1) / config_.batch_size;
  return step / per_epoch * count_ + step % per_epoch * config_.batch_size;
}

int Trainer::batch_images(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return config_.batch_size;
  return static_cast<int>(std::min<std::int64_t>(config_.batch_size, count_ - first_position(step) % count_));
}

std::int64_t Trainer::image_at(std::int64_t position) {
  const int epoch = static_cast<int>(position / count_) + 1;
  if (epoch != order_epoch_) order_ = shuffled(count_, config_.seed, order_epoch_ = epoch);
  return order_[static_cast<std::size_t>(position % count_)];
}

/// Equal shares, in order; the first process always has a row.
Trainer::Rows Trainer::rows_of(int n) const {
  const int size = group_.size();
  const auto begin = [&](int rank) { return static_cast<int>((std::int64_t{n} * rank + size - 1) / size); };
  const int first = begin(group_.rank()), count = begin(group_.rank() + 1) - first;
  return count > 0 ? Rows{first, count, true} : Rows{0, 1, false};
}

Trainer::Batch Trainer::batch_of(std::int64_t step, const Rows& rows) {
  const std::int64_t first = first_position(step) + rows.first;
  torch::Tensor x = torch::empty({rows.count, data_.train.shape.size()});
  for (int i = 0; i < rows.count; ++i) {
    const std::int64_t image = image_at(first + i);
    const int epoch = order_epoch_;
    read_pixels(config_.pixels, bytes_of(data_.train, image), config_.seed, epoch, image, row_of(x, i));
  }
  const torch::Tensor epsilon =
      noise(config_.samples, batch_images(step), model_->spec.latent, config_.seed, step);
  return {x.to(device_), epsilon.narrow(1, rows.first, rows.count).to(device_)};
}

/// Adds up all gradients, and the losses behind them, over the processes: one flat tensor on the wire.
void Trainer::sum_gradients(torch::Tensor& losses) {
  if (group_.size() == 1) return;
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& p : model_->parameters())
    if (p.grad().defined()) parts.push_back(p.grad());
  parts.push_back(losses);
  std::vector<torch::Tensor> flat;
  for (const torch::Tensor& part : parts) flat.push_back(part.reshape({-1}));
  torch::Tensor all = torch::cat(flat);
  group_.sum(all);
  std::int64_t at = 0;
  for (torch::Tensor& part : parts) {
    part.copy_(all.narrow(0, at, part.numel()).view(part.sizes()));
    at += part.numel();
  }
}

/// 1/2 sum(w^2) over the weights times l2, and over all parameters divided by the number of training images:
/// -log N(w; 0, 1) spread over the images.
torch::Tensor Trainer::weight_penalty() const {
  torch::Tensor penalty = torch::zeros({}, torch::TensorOptions(device_));
  for (const torch::Tensor& p : model_->parameters()) {
    const double weight = (p.dim() > 1 ? config_.l2 : 0) + (config_.weight_prior ? 1.0 / count_ : 0);
    if (weight > 0) penalty = penalty + weight / 2 * p.square().sum();
  }
  return penalty;
}

void Trainer::check_finite(double loss) const {
  if (!std::isfinite(loss)) diverged("the loss", step_ + 1, config_);
  torch::Tensor sum = torch::zeros({}, torch::TensorOptions(device_));
  for (const torch::Tensor& p : model_->parameters())
    if (p.grad().defined()) sum = sum + p.grad().sum();
  if (!std::isfinite(sum.item<double>())) diverged("the gradient", step_ + 1, config_);
}

void Trainer::update_average() {
  torch::NoGradGuard no_grad;
  const auto steps = static_cast<double>(step_);
  const double decay = std::min(config_.ema, (1 + steps) / (10 + steps));  // short memory at the start
  const std::vector<torch::Tensor> from = model_->parameters(), to = average_->parameters();
  for (std::size_t i = 0; i < to.size(); ++i) to[i].lerp_(from[i], 1 - decay);
}

Losses Trainer::test_losses() {
  torch::NoGradGuard no_grad;
  VaeImpl& model = *result();
  model.eval();
  TrainConfig test = config_;  // one sample of z, whatever training takes
  if (test.objective == Objective::kIwae) test.objective = Objective::kElbo;
  test.estimator = Estimator::kB;
  constexpr int kChunk = 1000;
  torch::Tensor sums = torch::zeros({2}, torch::kDouble);  // reconstruction and kl of this process' chunks
  for (int first = 0; first < data_.test.count(); first += kChunk) {
    if (first / kChunk % group_.size() != group_.rank()) continue;
    const int n = std::min(kChunk, data_.test.count() - first);
    torch::Tensor x = torch::empty({n, data_.test.shape.size()});
    for (int i = 0; i < n; ++i) {
      read_pixels(config_.pixels, bytes_of(data_.test, first + i), kTestPixelSeed, kTestPixelEpoch, first + i,
                  row_of(x, i));
    }
    const Terms terms =
        objective(model, test, 1, x.to(device_), test_noise(first, n, model.spec.latent).to(device_));
    sums += torch::stack({terms.reconstruction.sum(), terms.kl.sum()}).to(torch::kCPU, torch::kDouble);
  }
  model.train();
  group_.sum(sums);
  sums /= data_.test.count();
  return {sums[0].item<double>(), sums[1].item<double>()};
}

bool train(Trainer& trainer, const TrainCallbacks& callbacks) {
  while (!trainer.done()) {
    const StepReport step = trainer.advance();
    if (callbacks.on_step) callbacks.on_step(step);
    if (trainer.epoch_ended()) {
      const EpochReport epoch = trainer.finish_epoch();
      if (callbacks.on_epoch) callbacks.on_epoch(epoch);
    }
    if (callbacks.stop && callbacks.stop()) return true;
  }
  return false;
}

}  // namespace vae
