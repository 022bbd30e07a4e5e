// native_train's --log-dir: when training is logged and drawn, and under which names. For every preset
// `lowerbound` is -ELBO = reconstruction + KL, a loss: lower is better, as the source of tf-mlp logs it under
// this name. `objective` is what is minimized, without weight penalties: the same unless --objective or
// --beta say otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "native/run/log_folder.hpp"
#include "native/run/train_options.hpp"
#include "native/run/train_pictures.hpp"
#include "native/train/trainer.hpp"

namespace vae {

class TrainLog {
 public:
  /// Opens the log after the steps that `trainer` has done, where --log-dir names a folder; without one
  /// nothing is ever written. All throw Failure kIo, this also kLocked or kBadData.
  TrainLog(const TrainOptions& options, Trainer& trainer, const ImageSet& test);

  /// After every step, before epoch(): numbers and pictures that are due.
  void step(const StepReport& r, double images_per_second);
  /// At the end of an epoch: its last step, with averages over the epoch and over the test set.
  void epoch(const EpochReport& r);
  /// Draws the figures of a run that is done.
  void finish();

 private:
  std::vector<Metric> metrics_of_step() const;
  TrainPictures pictures() const;

  const TrainOptions& o_;
  Trainer& trainer_;
  const ImageSet& test_;
  std::optional<RunLog> log_;
  StepReport last_{};
  double images_per_second_ = 0;
};

}  // namespace vae
