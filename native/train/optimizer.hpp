// LibTorch's optimizers by configuration, and their state by name for checkpoints.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "native/model/vae.hpp"
#include "native/support/workers.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(VaeImpl& model, const TrainConfig& config);

/// The rate of step number `step`, counted from 0; for kTfAdam also that step's epsilon.
void set_learning_rate(torch::optim::Optimizer& optimizer, OptimizerKind kind, double rate,
                       std::int64_t step);

/// One step with the gradients that there are: Adam and AdamW in one pass over float32 numbers on the
/// CPU, shared among `workers`; everything else as LibTorch does it. Equal up to rounding, and the state
/// is LibTorch's.
void take_step(torch::optim::Optimizer& optimizer, OptimizerKind kind, Workers& workers);

/// The key of a parameter's state: its address, which LibTorch 1 streams into a string.
template <class Map>
auto key_of(const Map&, const torch::Tensor& p) {
  using Key = typename Map::key_type;
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream address;
    address << p.unsafeGetTensorImpl();
    return address.str();
  } else {
    return static_cast<Key>(p.unsafeGetTensorImpl());
  }
}

/// The state of a parameter, AdamParamState or AdamWParamState; that before the first step where there
/// is none.
template <class State>
State& adam_state(torch::optim::Optimizer& optimizer, const torch::Tensor& p) {
  auto& slot = optimizer.state()[key_of(optimizer.state(), p)];
  if (!slot) {
    auto fresh = std::make_unique<State>();
    fresh->step(0);
    fresh->exp_avg(torch::zeros_like(p));
    fresh->exp_avg_sq(torch::zeros_like(p));
    slot = std::move(fresh);
  }
  return static_cast<State&>(*slot);
}

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
