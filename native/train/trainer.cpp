#include "native/train/trainer.hpp"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "native/model/objectives.hpp"
#include "native/support/failure.hpp"
#include "native/support/process_settings.hpp"
#include "shared/train/schedule.hpp"

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

[[noreturn]] void diverged(const char* what, std::int64_t step, const TrainConfig& config) {
  char text[160];
  std::snprintf(text, sizeof text,
                "training diverged: %s of step %lld is not finite; try a smaller learning rate than --lr %g",
                what, static_cast<long long>(step), config.learning_rate);
  throw Failure(Exit::kDiverged, text);
}

constexpr int kTestChunk = 500;  // images; some hundred milliseconds for the slowest presets

}  // namespace

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
      workers_(device_.is_cpu() && !config.plain ? torch::get_num_threads() : 1),
      batches_(data.train, config, model_->spec.latent),
      best_(std::numeric_limits<double>::infinity()) {
  model_->train();
  if (!config.plain && MlpStep::covers(*model_, config)) {
    fast_.emplace(*model_, config, workers_);
    set_threads(1);  // the workers are the threads; LibTorch's would wait awake on their processors
  }
  if (config.ema > 0) {
    average_ = Vae(model_->spec);
    average_->to(device_);
    copy_parameters(*model_, *average_);
  }
}

StepReport Trainer::advance() {
  const int n = batches_.size(step_);
  const double rate = learning_rate_at(config_, step_, steps());
  const bool graph = group_.size() == 1 && GraphStep::covers(*model_, config_);
  const torch::Tensor means = graph ? replay(rate) : descend(rate, n);  // (3)
  if (config_.ema > 0) update_average();

  const StepReport report{
      batches_.epoch(step_),   step_ + 1, steps(), {means[0].item<double>(), means[1].item<double>()},
      means[2].item<double>(), rate,      n};
  sum_.reconstruction += report.batch.reconstruction * n;
  sum_.kl += report.batch.kl * n;
  sum_objective_ += report.objective * n;
  summed_images_ += n;
  ++step_;
  return report;
}

/// A step of this process and its group; returns the averages of the whole batch.
torch::Tensor Trainer::descend(double rate, int n) {
  const Rows rows = share_of(n, group_.rank(), group_.size());
  const Batch batch = batches_.batch(step_, rows, workers_);
  *model_->key = {config_.seed, step_, rows.first, rows.count, n};
  Gradient g = gradient(batch, rows, n);
  sum_gradients(g.losses);
  const torch::Tensor means = g.losses.to(torch::kCPU, torch::kDouble);
  check_finite(means.sum().item<double>(), g.sum && group_.size() == 1 ? *g.sum : gradient_sum());
  if (config_.clip > 0) torch::nn::utils::clip_grad_norm_(model_->parameters(), config_.clip);
  set_learning_rate(*optimizer_, config_.optimizer, rate, step_);
  if (config_.plain) {
    optimizer_->step();
  } else {
    take_step(*optimizer_, config_.optimizer, workers_);
  }
  return means;
}

/// The same on a GPU by itself.
torch::Tensor Trainer::replay(double rate) {
  if (!graph_) {
    graph_.emplace(*model_, *optimizer_, config_, data_.train, batches_.count(),
                   [this](const torch::Tensor& x, const torch::Tensor& epsilon) {
                     return loss(x, epsilon, static_cast<int>(x.size(0)), true);
                   });
  }
  const GraphStep::Result r = graph_->step(batches_.images(step_), rate, step_);
  if (!r.finite) diverged(std::isfinite(r.objective) ? "the gradient" : "the loss", step_ + 1, config_);
  return torch::tensor({r.reconstruction, r.kl, r.objective}, torch::kDouble);
}

Trainer::Gradient Trainer::gradient(const Batch& batch, const Rows& rows, int n) {
  if (!fast_) return gradient_by_autograd(batch, rows, n);
  const double counted = rows.counted ? 1 : 0;
  const Penalty whole = penalty();
  const MlpStep::Sums sums = fast_->gradient(batch, beta_at(config_, step_), counted / n,
                                             {whole.weights / group_.size(), whole.biases / group_.size()});
  return {torch::tensor({sums.reconstruction, sums.kl, sums.loss}, torch::kDouble)
              .mul_(counted / n)
              .to(torch::kFloat),
          sums.gradient};
}

Trainer::Gradient Trainer::gradient_by_autograd(const Batch& batch, const Rows& rows, int n) {
  for (torch::Tensor& p : model_->parameters()) p.mutable_grad().reset();  // none, not zeros to be added to
  const GraphStep::Loss l = loss(batch.x.to(device_), batch.epsilon.to(device_), n, rows.counted);
  l.total.backward();
  return {l.averages, std::nullopt};
}

/// This process' part of the averages over a batch of n, and of what is to be minimized.
GraphStep::Loss Trainer::loss(const torch::Tensor& x, const torch::Tensor& epsilon, int n, bool counted) {
  const Bf16 bf16(config_.bf16, device_);
  const Terms terms = objective(*model_, config_, beta_at(config_, step_), x, epsilon);  // (count) each
  torch::Tensor averages = torch::stack({terms.reconstruction.sum(), terms.kl.sum(), terms.loss.sum()}) / n;
  if (!counted) averages = 0 * averages;
  return {averages.detach(), averages[2] + weight_penalty() / group_.size()};
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
  graph_.reset();
  step_ = s.step;
  sum_ = s.sum;
  sum_objective_ = s.sum_objective;
  summed_images_ = s.summed_images;
  best_ = s.best;
}

std::optional<EpochReport> Trainer::finish_epoch(const Stop& stop) {
  const std::optional<Losses> test = test_losses(stop);
  if (!test) return std::nullopt;
  const auto images = static_cast<double>(summed_images_);
  EpochReport report{batches_.epoch(step_ - 1),
                     {sum_.reconstruction / images, sum_.kl / images},
                     sum_objective_ / images,
                     *test,
                     false};
  if (!std::isfinite(report.test.neg_elbo())) diverged("the test loss", step_, config_);
  report.best = report.test.neg_elbo() < best_;
  best_ = std::min(best_, report.test.neg_elbo());
  sum_ = {};
  sum_objective_ = 0;
  summed_images_ = 0;
  return report;
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
  group_.sum(all, "adding up gradients");
  std::int64_t at = 0;
  for (torch::Tensor& part : parts) {
    part.copy_(all.narrow(0, at, part.numel()).view(part.sizes()));
    at += part.numel();
  }
}

/// L2 on the weights, and on weights and biases -log N(w; 0, 1) spread over the training images.
Penalty Trainer::penalty() const {
  const double prior = config_.weight_prior ? 1.0 / batches_.count() : 0;
  return {config_.l2 + prior, prior};
}

torch::Tensor Trainer::weight_penalty() const {
  const Penalty all = penalty();
  torch::Tensor sum = torch::zeros({}, torch::TensorOptions(device_));
  for (auto& named : model_->named_parameters()) {
    if (named.key().rfind("prior.", 0) == 0) continue;  // where z lies is no weight
    const torch::Tensor& p = named.value();
    const double weight = p.dim() > 1 ? all.weights : all.biases;
    if (weight > 0) sum = sum + weight / 2 * p.square().sum();
  }
  return sum;
}

double Trainer::gradient_sum() const {
  torch::Tensor sum = torch::zeros({}, torch::TensorOptions(device_));
  for (const torch::Tensor& p : model_->parameters())
    if (p.grad().defined()) sum = sum + p.grad().sum();
  return sum.item<double>();
}

void Trainer::check_finite(double loss, double gradient) const {
  if (!std::isfinite(loss)) diverged("the loss", step_ + 1, config_);
  if (!std::isfinite(gradient)) diverged("the gradient", step_ + 1, config_);
}

void Trainer::update_average() {
  torch::NoGradGuard no_grad;
  const auto steps = static_cast<double>(step_);
  const double decay = std::min(config_.ema, (1 + steps) / (10 + steps));  // short memory at the start
  const std::vector<torch::Tensor> from = model_->parameters(), to = average_->parameters();
  if (device_.is_cuda()) {  // two kernels for all of them
    at::_foreach_mul_(to, decay);
    return at::_foreach_add_(to, from, 1 - decay);
  }
  for (std::size_t i = 0; i < to.size(); ++i) to[i].lerp_(from[i], 1 - decay);
}

std::optional<Losses> Trainer::test_losses(const Stop& stop) {
  torch::NoGradGuard no_grad;
  VaeImpl& model = *result();
  model.eval();
  TrainConfig test = config_;  // one sample of z, whatever training takes
  if (test.objective == Objective::kIwae) test.objective = Objective::kElbo;
  test.estimator = Estimator::kB;
  torch::Tensor sums = torch::zeros({2}, torch::kDouble);  // reconstruction and kl of this process' chunks
  bool stopped = false;
  for (int round = 0; round < data_.test.count() && !stopped; round += kTestChunk * group_.size()) {
    stopped = stop && stop();
    const int first = round + kTestChunk * group_.rank(),
              n = std::min(kTestChunk, data_.test.count() - first);
    if (stopped || n <= 0) continue;
    const Batch batch = test_batch(data_.test, config_.pixels, first, n, model.spec.latent);
    const Terms terms = objective(model, test, 1, batch.x.to(device_), batch.epsilon.to(device_));
    sums += torch::stack({terms.reconstruction.sum(), terms.kl.sum()}).to(torch::kCPU, torch::kDouble);
  }
  model.train();
  if (stopped) return std::nullopt;
  group_.sum(sums, "testing");
  sums /= data_.test.count();
  return Losses{sums[0].item<double>(), sums[1].item<double>()};
}

bool train(Trainer& trainer, const TrainCallbacks& callbacks) {
  const auto finish_epoch = [&] {  // false when stopped in between
    if (!trainer.epoch_ended()) return true;
    const std::optional<EpochReport> epoch = trainer.finish_epoch(callbacks.stop);
    if (epoch && callbacks.on_epoch) callbacks.on_epoch(*epoch);
    return epoch.has_value();
  };
  if (!finish_epoch()) return true;  // of a run that was stopped there
  while (!trainer.done()) {
    const StepReport step = trainer.advance();
    if (callbacks.on_step) callbacks.on_step(step);
    if (!finish_epoch()) return true;
    if (callbacks.after_step) callbacks.after_step();
    if (callbacks.stop && callbacks.stop()) return true;
  }
  return false;
}

}  // namespace vae
