#include "native/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "native/model/objectives.hpp"
#include "native/train/descent.hpp"
#include "shared/base/rng.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

constexpr int kTestChunk = 500;  // images; some hundred milliseconds for the slowest presets

NamedTensors copies(VaeImpl& model) {
  NamedTensors all;
  for (auto& named : model.named_parameters()) all.emplace_back(named.key(), named.value().detach().clone());
  return all;
}

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
    average_ = Vae(model_->spec, model_->sigma_head);
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
  TrainerState s{step_,
                 copies(*model_),
                 {},
                 get_state(*optimizer_, config_.optimizer, *model_),
                 sum_,
                 sum_objective_,
                 summed_images_,
                 best_,
                 epochs_since_best_,
                 best_parameters_};
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
  epochs_since_best_ = s.epochs_since_best;
  best_parameters_ = s.best_parameters;
}

Vae Trainer::chosen() {
  torch::NoGradGuard no_grad;
  Vae model(model_->spec, model_->sigma_head);
  if (best_parameters_.empty()) {
    copy_parameters(*result(), *model);
  } else {
    put_parameters(best_parameters_, *model);
  }
  return model;
}

std::optional<EpochReport> Trainer::finish_epoch(const Stop& stop) {
  const bool validated = data_.validation.count() > 0;
  const std::optional<HeldOut> held_out = losses_of(validated ? data_.validation : data_.test, stop);
  if (!held_out) return std::nullopt;
  if (!std::isfinite(held_out->losses.neg_elbo()))
    diverged(validated ? "the validation loss" : "the test loss", step_, config_);
  const auto images = static_cast<double>(summed_images_);
  const EpochReport report{batches_.epoch(step_ - 1),
                           {sum_.reconstruction / images, sum_.kl / images},
                           sum_objective_ / images,
                           held_out->losses,
                           validated,
                           held_out->loss,
                           validated && held_out->loss < best_};
  ++epochs_since_best_;
  if (report.best) {
    best_ = held_out->loss;
    epochs_since_best_ = 0;
    if (config_.keep == Keep::kBest) best_parameters_ = copies(*result());
  }
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
  const std::optional<HeldOut> test = losses_of(data_.test, stop);
  return test ? std::optional(test->losses) : std::nullopt;
}

std::optional<Trainer::HeldOut> Trainer::losses_of(const ImageSet& set, const Stop& stop) {
  torch::NoGradGuard no_grad;
  VaeImpl& model = *result();
  model.eval();
  const bool bound = config_.objective == Objective::kIwae && &set == &data_.validation;
  TrainConfig test = config_;  // one sample of z, whatever training takes
  if (test.objective == Objective::kIwae) test.objective = Objective::kElbo;
  test.estimator = Estimator::kB;
  torch::Tensor sums = torch::zeros({3}, torch::kDouble);  // reconstruction, kl, loss of this process' chunks
  bool stopped = false;
  for (int round = 0; round < set.count() && !stopped; round += kTestChunk * group_.size()) {
    stopped = stop && stop();
    const int first = round + kTestChunk * group_.rank(), n = std::min(kTestChunk, set.count() - first);
    if (stopped || n <= 0) continue;
    const Batch batch =
        test_batch(set, config_.pixels, first, n, model.spec.latent, bound ? config_.samples : 1);
    const torch::Tensor x = batch.x.to(device_), epsilon = batch.epsilon.to(device_);
    const Terms terms = objective(model, test, config_.beta, x, epsilon.narrow(0, 0, 1));
    const torch::Tensor loss = bound ? objective(model, config_, 1, x, epsilon).loss : terms.loss;
    sums += torch::stack({terms.reconstruction.sum(), terms.kl.sum(), loss.sum()})
                .to(torch::kCPU, torch::kDouble);
  }
  model.train();
  if (stopped) return std::nullopt;
  group_.sum(sums, "testing");
  sums /= set.count();
  return HeldOut{{sums[0].item<double>(), sums[1].item<double>()}, sums[2].item<double>()};
}

Replay Trainer::replay() {
  const torch::NoGradGuard no_grad;
  const int n = batches_.size(step_ - 1);
  const Batch batch = batches_.batch(step_ - 1, {0, n, true}, workers_);
  torch::Tensor epsilon = torch::empty({1, n, model_->spec.latent});
  Rng rng(config_.seed, Stream::kReplay, {static_cast<std::uint64_t>(step_ - 1)});
  const bool sampled = config_.objective != Objective::kAutoencoder;
  for (float& e : std::span(epsilon.data_ptr<float>(), static_cast<std::size_t>(epsilon.numel())))
    e = sampled ? rng.normal() : 0;
  const torch::Tensor x = batch.x.to(device_);
  model_->eval();
  const Draws d = draw(*model_, x, epsilon.to(device_));
  const Terms terms = sampled ? elbo_b(d) : autoencoder(*model_, x);
  model_->train();
  return {{terms.reconstruction.mean().item<double>(), terms.kl.mean().item<double>()},
          batch.x,
          d.z[0].to(torch::kCPU)};
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
