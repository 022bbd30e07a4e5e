// One step of training: from a batch of images to new weights. The textbook's way is autograd_step; mlp_step
// computes the same faster on a CPU, graph_step on a GPU, and tests hold both to the first.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "native/data/dataset.hpp"
#include "native/model/vae.hpp"
#include "native/support/workers.hpp"
#include "native/train/batches.hpp"
#include "native/train/process_group.hpp"
#include "shared/train/losses.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// Averages over a batch, of all processes together.
struct StepLosses {
  Losses batch;
  double objective;  // what is minimized, without weight penalties; -ELBO by default
};

/// What a step works with; all of it must outlive the step.
struct StepParts {
  VaeImpl& model;
  const TrainConfig& config;
  const ImageSet& train;
  Batches& batches;  // of `train`
  torch::optim::Optimizer& optimizer;
  ProcessGroup& group;
  Workers& workers;
};

class Step {
 public:
  virtual ~Step() = default;

  /// Takes step number `step`, counted from 0, with this learning rate. Throws Failure kDiverged when the
  /// loss or its gradient is not finite; the parameters are then those before the step.
  virtual StepLosses take(std::int64_t step, double rate) = 0;
};

/// Returns what keeps the steps of a run on a GPU from being recorded as a CUDA graph, "--optimizer sgd", or
/// "".
std::string graph_obstacle(const ModelSpec& spec, const TrainConfig& config, int processes);

/// The fastest way that covers the model, the configuration and the group. A model is trained by one step at
/// a time; after its optimizer's state was replaced it needs a new one.
std::unique_ptr<Step> make_step(const StepParts& parts);

}  // namespace vae
