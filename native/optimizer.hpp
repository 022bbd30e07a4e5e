// LibTorch's optimizers by configuration, and their state by name for checkpoints.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/config.hpp"
#include "native/vae.hpp"
#include "native/workers.hpp"

namespace vae {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(VaeImpl& model, const TrainConfig& config);

/// The rate of step number `step`, counted from 0; for kTfAdam also that step's epsilon.
void set_learning_rate(torch::optim::Optimizer& optimizer, OptimizerKind kind, double rate,
                       std::int64_t step);

/// One step with the gradients that there are: Adam and AdamW in one pass over float32 numbers on the CPU, shared
/// among `workers`; everything else as LibTorch does it. Equal up to rounding, and the state is LibTorch's.
void take_step(torch::optim::Optimizer& optimizer, OptimizerKind kind, Workers& workers);

/// Copies every parameter by name; the models have the same parameters, on any devices.
void copy_parameters(VaeImpl& from, VaeImpl& to);

/// The same from tensors by name. Throws Failure kBadData when one is missing or has another size.
void put_parameters(const std::vector<std::pair<std::string, torch::Tensor>>& from, VaeImpl& to);

/// The optimizer's tensors, named "exp_avg.encoder.0.weight" and so on, and the number of its steps.
struct OptimizerState {
  std::int64_t steps = 0;
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
};
OptimizerState get_state(torch::optim::Optimizer& optimizer, OptimizerKind kind, VaeImpl& model);

/// Puts a state back. Throws Failure kBadData when a tensor is missing or has another size.
void set_state(torch::optim::Optimizer& optimizer, OptimizerKind kind, VaeImpl& model,
               const OptimizerState& state);

}  // namespace vae
