// Training. A Trainer makes one step after another; train() is the loop around it. Nothing here prints:
// callbacks tell the caller what happens, and `stop` lets the caller end the loop between two steps.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/model/vae.hpp"
#include "native/support/workers.hpp"
#include "native/train/batches.hpp"
#include "native/train/optimizer.hpp"
#include "native/train/process_group.hpp"
#include "native/train/step.hpp"
#include "shared/train/losses.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

struct StepReport {
  int epoch;                 // counted from 1
  std::int64_t step, steps;  // of the whole run, counted from 1
  Losses batch;
  double objective;  // what is minimized, without weight penalties; -ELBO by default
  double learning_rate;
  int images;      // in this batch
  double seconds;  // that this step took, without tests and checkpoints
};

struct EpochReport {
  int epoch;
  Losses train;      // averaged over the epoch, while the weights moved
  double objective;  // likewise, as in StepReport
  Losses held_out;   // averaged over the validation images or, without any, the test images
  bool validated;    // were there validation images?
  double
      held_out_loss;  // what is minimized, averaged over the same; of the importance-weighted bound its own
  bool best;          // the lowest such loss on validation images so far
};

/// Should the run end early? All processes of a group ask at the same places and get the same answer.
using Stop = std::function<bool()>;

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// All that a run needs to go on, bit for bit.
struct TrainerState {
  std::int64_t step = 0;
  NamedTensors parameters, average;  // average is empty without --ema
  OptimizerState optimizer;
  Losses sum;  // over the epoch so far
  double sum_objective = 0;
  std::int64_t summed_images = 0;
  double best = 0;            // lowest validation loss at the end of an epoch; infinite before the first
  int epochs_since_best = 0;  // epochs that ended since
  NamedTensors best_parameters = {};  // of result() then, for Keep::kBest
};

/// A batch once more after its step.
struct Replay {
  Losses losses;
  torch::Tensor x, z;  // (n, pixels) as the model saw it, (n, latent) a sample of each image; on the CPU
};

class Trainer {
 public:
  /// Trains `model` in place, on the device that it is on. Shuffling, noise, pixels and dropout are keyed by
  /// (seed, epoch, step), so the same configuration, device and thread count give the same weights, bit for
  /// bit. Threads are as many as LibTorch has now; where a fast path takes them over, LibTorch keeps one. The
  /// processes of `group` share every batch and stay equal; `group` must outlive this.
  Trainer(Vae model, const ImageData& data, const TrainConfig& config, ProcessGroup& group = alone());

  std::int64_t step() const { return step_; }              // done
  std::int64_t steps() const { return batches_.steps(); }  // to do
  bool done() const { return step_ >= steps() || gave_up(); }
  int epochs_since_best() const { return epochs_since_best_; }  // all, while there is no best one
  /// Has the validation loss not become better for config.patience epochs?
  bool gave_up() const { return config_.patience > 0 && epochs_since_best_ >= config_.patience; }
  int epochs() const { return batches_.epochs_before(step_); }  // completed

  /// One step. Throws Failure kDiverged when the loss or its gradient is not finite; the parameters are then
  /// those before the step.
  StepReport advance();

  /// Does an epoch, or the run, end with the last step, and was finish_epoch() not there yet?
  bool epoch_ended() const { return summed_images_ > 0 && batches_.ends_epoch(step_ - 1); }
  /// Averages over the epoch that has ended, and over the validation or test images. Nothing, and the epoch
  /// is still to be finished, where `stop` says so in between.
  std::optional<EpochReport> finish_epoch(const Stop& stop = {});

  /// Averages over the test set, one draw of z for each image (z = mu without a prior); nothing where `stop`,
  /// asked every few hundred images, says so.
  std::optional<Losses> test_losses(const Stop& stop = {});

  /// Returns the last step's batch again with the weights that the step led to: without dropout, with other
  /// noise. A step was made; other processes take no part.
  Replay replay();

  int processes() const { return group_.size(); }
  int train_images() const { return batches_.count(); }

  /// Copies of everything; restore() throws Failure kBadData when a tensor is missing or has another size.
  TrainerState state();
  void restore(const TrainerState& state);

  /// What is evaluated: the model, or the exponential average of its weights.
  Vae& result() { return config_.ema > 0 ? average_ : model_; }
  /// Returns what is to be kept at the end: a copy of result(), or with Keep::kBest of what it was after the
  /// best epoch.
  Vae chosen();

 private:
  static ProcessGroup& alone();
  std::unique_ptr<Step> new_step();
  void update_average();
  /// Averages over a set, and of what is minimized where `samples` above 1 are drawn for the
  /// importance-weighted bound.
  struct HeldOut {
    Losses losses;
    double loss = 0;
  };
  std::optional<HeldOut> losses_of(const ImageSet& set, const Stop& stop);

  Vae model_, average_{nullptr};
  TrainConfig config_;
  const ImageData& data_;
  ProcessGroup& group_;
  torch::Device device_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  Workers workers_;
  Batches batches_;
  std::unique_ptr<Step> stepper_;  // of the restored state, where one was
  std::int64_t step_ = 0;          // done
  Losses sum_;                     // as in TrainerState
  double sum_objective_ = 0;
  std::int64_t summed_images_ = 0;
  double best_;
  int epochs_since_best_ = 0;
  NamedTensors best_parameters_;
};

struct TrainCallbacks {
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(const EpochReport&)> on_epoch = {};
  std::function<void()> after_step = {};  // and after the epoch that it may end
  Stop stop = {};                         // asked after every step and during tests
};

/// Steps until the run is done or stopped. True when it was stopped.
bool train(Trainer& trainer, const TrainCallbacks& callbacks);

}  // namespace vae
