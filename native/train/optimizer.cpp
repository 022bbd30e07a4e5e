#include "native/train/optimizer.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <type_traits>

#include "native/support/failure.hpp"
#include "shared/train/optimizer.hpp"

namespace vae {
namespace {

namespace optim = torch::optim;

/// The tensors of one parameter's state, by name.
template <class State>
std::vector<std::pair<std::string, torch::Tensor*>> tensors_of(State& s) {
  if constexpr (std::is_same_v<State, optim::AdagradParamState>) {
    return {{"sum", &s.sum()}};
  } else if constexpr (std::is_same_v<State, optim::SGDParamState>) {
    return {{"momentum_buffer", &s.momentum_buffer()}};
  } else {
    return {{"exp_avg", &s.exp_avg()}, {"exp_avg_sq", &s.exp_avg_sq()}};
  }
}

template <class State>
OptimizerState state_of(optim::Optimizer& optimizer, VaeImpl& model) {
  OptimizerState result;
  for (auto& named : model.named_parameters()) {
    auto& all = optimizer.state();
    const auto found = all.find(key_of(all, named.value()));
    if (found == all.end()) continue;  // no step yet, or a parameter that gets no gradient
    auto& state = static_cast<State&>(*found->second);
    if constexpr (!std::is_same_v<State, optim::SGDParamState>)
      result.steps = std::max(result.steps, state.step());
    for (auto& [name, tensor] : tensors_of(state)) {
      if (tensor->defined()) result.tensors.emplace_back(name + '.' + named.key(), *tensor);
    }
  }
  return result;
}

template <class State>
void put_state(optim::Optimizer& optimizer, VaeImpl& model, const OptimizerState& from) {
  for (auto& named : model.named_parameters()) {
    auto state = std::make_unique<State>();
    const auto tensors = tensors_of(*state);
    std::size_t count = 0;
    for (auto& [name, tensor] : tensors) {
      const std::string wanted = name + '.' + named.key();
      const auto found = std::find_if(from.tensors.begin(), from.tensors.end(),
                                      [&](const auto& t) { return t.first == wanted; });
      if (found == from.tensors.end()) continue;
      if (found->second.sizes() != named.value().sizes())
        throw Failure(Exit::kBadData, "the optimizer's " + wanted + " has another size than its parameter");
      *tensor = found->second.to(named.value().options()).clone();
      ++count;
    }
    if (count == 0) continue;  // a parameter that got no gradient
    if (count < tensors.size())
      throw Failure(Exit::kBadData, "the optimizer's state of " + named.key() + " is incomplete");
    if constexpr (!std::is_same_v<State, optim::SGDParamState>) state->step(from.steps);
    auto& all = optimizer.state();
    all[key_of(all, named.value())] = std::move(state);
  }
}

/// A parameter with its gradient and its state, and what this step does to them.
struct AdamWork {
  AdamStep step;
  const float* gradient;
  float *parameter, *average, *average_of_squares;
  std::int64_t count;
};

/// Counts the step in the state of every parameter that has a gradient. Nothing where one is not float32 in
/// the CPU's memory.
template <class Options, class State>
std::optional<std::vector<AdamWork>> adam_work(optim::Optimizer& optimizer) {
  const auto plain = [](const torch::Tensor& t) {
    return t.is_cpu() && t.scalar_type() == torch::kFloat && t.is_contiguous();
  };
  std::vector<AdamWork> all;
  for (auto& group : optimizer.param_groups()) {
    for (const torch::Tensor& p : group.params())
      if (p.grad().defined() && !(plain(p) && plain(p.grad()))) return std::nullopt;
  }
  for (auto& group : optimizer.param_groups()) {
    const auto& o = static_cast<const Options&>(group.options());
    const double decay = std::is_same_v<Options, optim::AdamWOptions> ? o.weight_decay() : 0;
    for (const torch::Tensor& p : group.params()) {
      if (!p.grad().defined()) continue;
      State& state = adam_state<State>(optimizer, p);
      state.step(state.step() + 1);
      const auto [beta1, beta2] = o.betas();
      const AdamStep step = adam_step(beta1, beta2, o.eps(), o.lr(), decay, state.step());
      all.push_back({step, p.grad().data_ptr<float>(), p.data_ptr<float>(),
                     state.exp_avg().template data_ptr<float>(),
                     state.exp_avg_sq().template data_ptr<float>(), p.numel()});
    }
  }
  return all;
}

}  // namespace

std::unique_ptr<optim::Optimizer> make_optimizer(VaeImpl& model, const TrainConfig& c) {
  const std::vector<torch::Tensor> p = model.parameters();
  switch (c.optimizer) {
    case OptimizerKind::kAdam:
    case OptimizerKind::kTfAdam:
      return std::make_unique<optim::Adam>(p, optim::AdamOptions(c.learning_rate));
    case OptimizerKind::kAdamW:
      return std::make_unique<optim::AdamW>(
          p, optim::AdamWOptions(c.learning_rate).weight_decay(c.weight_decay));
    case OptimizerKind::kAdagrad:
      return std::make_unique<optim::Adagrad>(p, optim::AdagradOptions(c.learning_rate));
    case OptimizerKind::kSgd:
      return std::make_unique<optim::SGD>(p, optim::SGDOptions(c.learning_rate).momentum(c.momentum));
  }
  return nullptr;
}

void set_learning_rate(optim::Optimizer& optimizer, OptimizerKind kind, double rate, std::int64_t step) {
  for (auto& group : optimizer.param_groups()) {
    switch (kind) {
      case OptimizerKind::kAdam:
        static_cast<optim::AdamOptions&>(group.options()).lr(rate);
        break;
      case OptimizerKind::kAdamW:
        static_cast<optim::AdamWOptions&>(group.options()).lr(rate);
        break;
      case OptimizerKind::kAdagrad:
        static_cast<optim::AdagradOptions&>(group.options()).lr(rate);
        break;
      case OptimizerKind::kSgd:
        static_cast<optim::SGDOptions&>(group.options()).lr(rate);
        break;
      case OptimizerKind::kTfAdam:
        static_cast<optim::AdamOptions&>(group.options()).lr(rate);
        static_cast<optim::AdamOptions&>(group.options()).eps(tf_epsilon(step + 1));
        break;
    }
  }
}

void take_step(optim::Optimizer& optimizer, OptimizerKind kind, Workers& workers) {
  const torch::NoGradGuard no_grad;
  std::optional<std::vector<AdamWork>> work;
  if (kind == OptimizerKind::kAdam || kind == OptimizerKind::kTfAdam)
    work = adam_work<optim::AdamOptions, optim::AdamParamState>(optimizer);
  if (kind == OptimizerKind::kAdamW) work = adam_work<optim::AdamWOptions, optim::AdamWParamState>(optimizer);
  if (!work) {
    optimizer.step();
    return;
  }
  workers.run([&](int index) {
    for (const AdamWork& w : *work) {
      const auto [first, last] = part_of(w.count, index, workers.count());
      adam(w.step, w.gradient + first, last - first, w.parameter + first, w.average + first,
           w.average_of_squares + first);
    }
  });
}

void copy_parameters(VaeImpl& from, VaeImpl& to) {
  torch::NoGradGuard no_grad;
  auto values = from.named_parameters();
  for (auto& named : to.named_parameters()) named.value().copy_(values[named.key()]);
}

void put_parameters(const std::vector<std::pair<std::string, torch::Tensor>>& from, VaeImpl& to) {
  torch::NoGradGuard no_grad;
  for (auto& named : to.named_parameters()) {
    const auto found =
        std::find_if(from.begin(), from.end(), [&](const auto& t) { return t.first == named.key(); });
    if (found == from.end()) throw Failure(Exit::kBadData, "the parameter " + named.key() + " is missing");
    if (found->second.sizes() != named.value().sizes())
      throw Failure(Exit::kBadData, "the parameter " + named.key() + " has another size");
    named.value().copy_(found->second);
  }
}

OptimizerState get_state(optim::Optimizer& optimizer, OptimizerKind kind, VaeImpl& model) {
  switch (kind) {
    case OptimizerKind::kAdam:
    case OptimizerKind::kTfAdam:
      return state_of<optim::AdamParamState>(optimizer, model);
    case OptimizerKind::kAdamW:
      return state_of<optim::AdamWParamState>(optimizer, model);
    case OptimizerKind::kAdagrad:
      return state_of<optim::AdagradParamState>(optimizer, model);
    case OptimizerKind::kSgd:
      return state_of<optim::SGDParamState>(optimizer, model);
  }
  return {};
}

void set_state(optim::Optimizer& optimizer, OptimizerKind kind, VaeImpl& model, const OptimizerState& state) {
  switch (kind) {
    case OptimizerKind::kAdam:
    case OptimizerKind::kTfAdam:
      return put_state<optim::AdamParamState>(optimizer, model, state);
    case OptimizerKind::kAdamW:
      return put_state<optim::AdamWParamState>(optimizer, model, state);
    case OptimizerKind::kAdagrad:
      return put_state<optim::AdagradParamState>(optimizer, model, state);
    case OptimizerKind::kSgd:
      return put_state<optim::SGDParamState>(optimizer, model, state);
  }
}

}  // namespace vae
