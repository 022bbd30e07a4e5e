#include "native/train/graph_step.hpp"

#ifdef DIGIT_VAE_CUDA_GRAPHS

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <tuple>
#include <variant>

#include "native/train/autograd_step.hpp"
#include "native/train/descent.hpp"
#include "native/train/optimizer.hpp"
#include "shared/base/rng.hpp"

namespace vae {
namespace {

/// Pixels in [0, 1] of bytes, as read_pixels() makes them, drawn on the device.
torch::Tensor pixels_of(Pixels mode, const torch::Tensor& bytes) {
  const torch::Tensor b = bytes.to(torch::kFloat);
  switch (mode) {
    case Pixels::kGray:
      return b / 255;
    case Pixels::kDynamic:
      return (255 * torch::rand_like(b) < b).to(torch::kFloat);
    case Pixels::kThreshold:
      return (b >= 128).to(torch::kFloat);
    case Pixels::kDequantized:
      return (b + torch::rand_like(b)) / 256;
  }
  return b;
}

}  // namespace

struct GraphStep::State {
  StepParts parts;
  VaeImpl& model;
  const TrainConfig& config;
  torch::Device device;
  torch::Tensor bytes;                                              // (images, pixels), all of them
  torch::Tensor rate, found_inf;                                    // numbers
  std::vector<torch::Tensor> parameters, averages, squares, steps;  // of Adam: those that get a gradient
  double beta1 = 0, beta2 = 0, epsilon = 0;

  struct Recorded {
    at::cuda::CUDAGraph graph;
    torch::Tensor images;   // (count) numbers, written before every replay
    torch::Tensor results;  // (4): three averages, and whether anything was not finite
  };
  std::map<std::size_t, std::unique_ptr<Recorded>>
      graphs;  // one for every size of batch: the last is smaller

  BatchLoss loss(const torch::Tensor& images) {
    const torch::Tensor x = pixels_of(config.pixels, bytes.index_select(0, images));
    const std::int64_t n = images.size(0);
    return batch_loss(parts, config.beta, x,
                      torch::randn({config.samples, n, model.spec.latent}, rate.options()),
                      static_cast<int>(n));
  }

  std::vector<torch::Tensor> gradient(const BatchLoss& l) {
    std::vector<torch::Tensor> all = torch::autograd::grad({l.total}, parameters);
    for (torch::Tensor& one : all) one = one.contiguous();  // in the order that Adam has
    return all;
  }

  /// Leaves the other parameters to themselves, as LibTorch's optimizers do.
  void keep_those_with_gradient() {
    const BatchLoss l = loss(torch::zeros({1}, torch::TensorOptions(device).dtype(torch::kLong)));
    const auto all = torch::autograd::grad({l.total}, parameters, {}, c10::nullopt, false, true);
    std::vector<torch::Tensor> kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].defined()) kept.push_back(parameters[i]);
    }
    parameters = std::move(kept);
  }

  torch::Tensor record(const torch::Tensor& images) {
    const BatchLoss l = loss(images);
    std::vector<torch::Tensor> gradients = gradient(l);
    const torch::NoGradGuard no_grad;
    const torch::Tensor norm = torch::stack(at::_foreach_norm(gradients)).norm();
    const torch::Tensor sum = norm + l.total;
    found_inf.copy_(torch::isfinite(sum).logical_not().to(torch::kFloat));
    if (config.clip > 0) at::_foreach_mul_(gradients, torch::clamp_max(config.clip / (norm + 1e-6), 1.0));
    at::_foreach_add_(steps, 1);
    if (config.optimizer == OptimizerKind::kAdamW) {
      at::_fused_adamw_(parameters, gradients, averages, squares, {}, steps, rate, beta1, beta2,
                        config.weight_decay, epsilon, false, false, {}, found_inf);
    } else {
      at::_fused_adam_(parameters, gradients, averages, squares, {}, steps, rate, beta1, beta2, 0, epsilon,
                       false, false, {}, found_inf);
    }
    return torch::cat({l.averages, found_inf.view({1})});
  }

  template <class Options, class ParamState>
  void adopt() {
    const auto& options = static_cast<const Options&>(parts.optimizer.param_groups().front().options());
    std::tie(beta1, beta2) = options.betas();
    epsilon = options.eps();
    for (const torch::Tensor& p : parameters) {
      ParamState& state = adam_state<ParamState>(parts.optimizer, p);
      averages.push_back(state.exp_avg());
      squares.push_back(state.exp_avg_sq());
      steps.push_back(torch::full({}, static_cast<double>(state.step()), rate.options()));
    }
  }

  template <class ParamState>
  void count_step() {
    for (const torch::Tensor& p : parameters) {
      ParamState& state = adam_state<ParamState>(parts.optimizer, p);
      state.step(state.step() + 1);
    }
  }

  Recorded& recorded(std::size_t count) {
    std::unique_ptr<Recorded>& slot = graphs[count];
    if (slot) return *slot;
    slot = std::make_unique<Recorded>();
    slot->images =
        torch::zeros({static_cast<std::int64_t>(count)}, torch::TensorOptions(device).dtype(torch::kLong));
    torch::cuda::synchronize();
    const c10::cuda::CUDAStreamGuard guard(c10::cuda::getStreamFromPool(false, device.index()));
    for (int warm = 0; warm < 3; ++warm) gradient(loss(slot->images));  // libraries set themselves up
    torch::cuda::synchronize();
    slot->graph.capture_begin();
    slot->results = record(slot->images);
    slot->graph.capture_end();
    torch::cuda::synchronize();
    return *slot;
  }
};

bool GraphStep::covers(VaeImpl& model, const TrainConfig& config) {
  return model.parameters().front().is_cuda() && graph_obstacle(model.spec, config, 1).empty();
}

GraphStep::GraphStep(const StepParts& parts) {
  const TrainConfig& config = parts.config;
  const std::vector<torch::Tensor> parameters = parts.model.parameters();
  const torch::Device device = parameters.front().device();
  const auto number = torch::TensorOptions(device).dtype(torch::kFloat);
  const torch::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(parts.train.pixels.data()),
                       {parts.batches.count(), parts.train.shape.size()}, torch::kByte);
  state_.reset(new State{parts,
                         parts.model,
                         config,
                         device,
                         bytes.to(device),
                         torch::zeros({}, number),
                         torch::zeros({}, number),
                         parameters,
                         {},
                         {},
                         {},
                         0,
                         0,
                         0,
                         {}});
  state_->keep_those_with_gradient();
  if (config.optimizer == OptimizerKind::kAdamW) {
    state_->adopt<torch::optim::AdamWOptions, torch::optim::AdamWParamState>();
  } else {
    state_->adopt<torch::optim::AdamOptions, torch::optim::AdamParamState>();
  }
}

GraphStep::~GraphStep() = default;

StepLosses GraphStep::take(std::int64_t step, double rate) {
  std::vector<std::int64_t> images = state_->parts.batches.images(step);
  State::Recorded& recorded = state_->recorded(images.size());
  recorded.images.copy_(
      torch::from_blob(images.data(), {static_cast<std::int64_t>(images.size())}, torch::kLong));
  state_->rate.fill_(rate);
  Rng key(state_->config.seed, Stream::kNoise, {static_cast<std::uint64_t>(step)});
  const std::uint64_t high = key.next(), seed = high << 32 | key.next();
  at::Generator generator = at::globalContext().defaultGenerator(state_->device);
  {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
  }
  recorded.graph.replay();
  const torch::Tensor r = recorded.results.to(torch::kCPU);
  const float* values = r.data_ptr<float>();
  const StepLosses losses{{values[0], values[1]}, values[2]};
  if (values[3] != 0)  // no parameter has moved
    diverged(std::isfinite(losses.objective) ? "the gradient" : "the loss", step + 1, state_->config);
  if (state_->config.optimizer == OptimizerKind::kAdamW) {
    state_->count_step<torch::optim::AdamWParamState>();
  } else {
    state_->count_step<torch::optim::AdamParamState>();
  }
  return losses;
}

}  // namespace vae

#else  // a LibTorch without CUDA

namespace vae {

struct GraphStep::State {};
bool GraphStep::covers(VaeImpl&, const TrainConfig&) { return false; }
GraphStep::GraphStep(const StepParts&) {}
GraphStep::~GraphStep() = default;
StepLosses GraphStep::take(std::int64_t, double) { return {}; }

}  // namespace vae

#endif
