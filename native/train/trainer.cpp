#include "native/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "native/model/objectives.hpp"
#include "native/train/descent.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

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
  stepper_ = new_step();
  if (config.ema > 0) {
    average_ = Vae(model_->spec);
    average_->to(device_);
    copy_parameters(*model_, *average_);
  }
}

std::unique_ptr<Step> Trainer::new_step() {
  return make_step({*model_, config_, data_.train, batches_, *optimizer_, group_, workers_});
}

StepReport Trainer::advance() {
  const auto start = std::chrono::steady_clock::now();
  const int n = batches_.size(step_);
  const double rate = learning_rate_at(config_, step_, steps());
  const StepLosses losses = stepper_->take(step_, rate);
  if (config_.ema > 0) update_average();
  sum_.reconstruction += losses.batch.reconstruction * n;
  sum_.kl += losses.batch.kl * n;
  sum_objective_ += losses.objective * n;
  summed_images_ += n;
  ++step_;
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return {batches_.epoch(step_ - 1), step_, steps(), losses.batch, losses.objective, rate, n, time.count()};
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
  stepper_ = new_step();
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
