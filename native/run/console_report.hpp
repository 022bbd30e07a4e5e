// What native_train prints: the settings, progress, a line per epoch, the result.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "native/eval/evaluate.hpp"
#include "native/run/train_options.hpp"
#include "native/support/progress.hpp"
#include "native/train/process_group.hpp"
#include "native/train/trainer.hpp"

namespace vae {

/// What a run found on its way, for people.
struct StartNotes {
  bool keeps_all;                    // the preset would leave out more training images than there are
  std::vector<std::string> ignored;  // tensors in the file of --init that the model has no place for
};

void print_start(const TrainOptions& o, const VaeImpl& model, const ImageData& data, const StartNotes& notes,
                 const torch::Device& device, const ProcessGroup& group);

void print_test(const Evaluation& e, Pixels pixels, Prior prior);

/// Shows progress on the terminal, a line per epoch, and one every --log-every steps.
class Reporter {
 public:
  Reporter(const Trainer& trainer, std::int64_t log_every);
  void step(const StepReport& r);
  void epoch(const EpochReport& r);
  /// Returns the rate of the steps alone; tests and checkpoints do not count.
  double images_per_second() const;

 private:
  double seconds() const;
  std::string rate() const;

  ProgressLine line_;
  std::int64_t first_step_, log_every_, done_ = 0;
  int width_;  // of a step's number
  long long images_ = 0;
  double training_seconds_ = 0, seconds_left_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace vae
