// native_train's --log-dir: which metrics and pictures are logged when, and their names. `lowerbound` is
// -ELBO = reconstruction + KL, a loss (lower is better), because the source of tf-mlp logs it under this
// name. `objective` is what is minimized, without weight penalties: the same unless --objective or --beta
// change it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "native/run/log_folder.hpp"
#include "native/run/train_options.hpp"
#include "native/run/train_pictures.hpp"
#include "native/train/trainer.hpp"

namespace vae {

class RunMetrics {
 public:
  /// Opens the log at the trainer's step if --log-dir names a folder; otherwise nothing is written. Throws
  /// Failure kIo, kLocked or kBadData. A log that cannot be written later ends with a warning.
  RunMetrics(const TrainOptions& options, Trainer& trainer, const ImageSet& test);

  /// Logs a step if it is due. Called after every step, before epoch().
  void step(const StepReport& r, double images_per_second);
  /// Logs the last step of an epoch with averages over the epoch and over the test set.
  void epoch(const EpochReport& r);
  /// Draws the figures of a finished run; returns whether there is a log that has them.
  bool finish();

 private:
  template <class Write>
  void write(Write what);
  std::vector<Metric> metrics_of_step() const;
  std::int64_t last_step() const { return trainer_.step() - (o_.after_update ? 1 : 0); }  // as it is counted
  TrainPictures pictures(VaeImpl& model) const;

  const TrainOptions& o_;
  Trainer& trainer_;
  const ImageSet& test_;
  std::optional<LogFolder> log_;
  StepReport last_{};
  double images_per_second_ = 0;
};

}  // namespace vae
