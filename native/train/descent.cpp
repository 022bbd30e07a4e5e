#include "native/train/descent.hpp"

#include <cmath>
#include <cstdio>
#include <vector>

#include "native/support/failure.hpp"
#include "native/train/optimizer.hpp"
#include "shared/train/optimizer.hpp"

namespace vae {
namespace {

/// Adds up all gradients, and the losses behind them, over the processes: one flat tensor on the wire.
void sum_over_processes(const StepParts& s, torch::Tensor& losses) {
  if (s.group.size() == 1) return;
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& p : s.model.parameters())
    if (p.grad().defined()) parts.push_back(p.grad());
  parts.push_back(losses);
  std::vector<torch::Tensor> flat;
  for (const torch::Tensor& part : parts) flat.push_back(part.reshape({-1}));
  torch::Tensor all = torch::cat(flat);
  s.group.sum(all, "adding up gradients");
  std::int64_t at = 0;
  for (torch::Tensor& part : parts) {
    part.copy_(all.narrow(0, at, part.numel()).view(part.sizes()));
    at += part.numel();
  }
}

/// Returns the gradient's largest magnitude, NaN where a number is.
float largest_gradient(VaeImpl& model) {
  std::vector<torch::Tensor> most;
  for (const torch::Tensor& p : model.parameters())
    if (p.grad().defined()) most.push_back(p.grad().abs().max().to(torch::kFloat));
  return most.empty() ? 0 : torch::stack(most).max().item<float>();
}

}  // namespace

void diverged(const char* what, std::int64_t step, const TrainConfig& config) {
  char text[180];
  std::snprintf(text, sizeof text,
                "training diverged: %s of step %lld is not finite or too large; try a smaller learning rate "
                "than --lr %g",
                what, static_cast<long long>(step), config.learning_rate);
  throw Failure(Exit::kDiverged, text);
}

StepLosses descend(const StepParts& s, torch::Tensor losses, std::optional<float> gradient, std::int64_t step,
                   double rate) {
  sum_over_processes(s, losses);
  const torch::Tensor means = losses.to(torch::kCPU, torch::kDouble);
  if (!std::isfinite(means.sum().item<double>())) diverged("the loss", step + 1, s.config);
  if (!((gradient && s.group.size() == 1 ? *gradient : largest_gradient(s.model)) <= kMaxGradient))
    diverged("the gradient", step + 1, s.config);
  if (s.config.clip > 0) torch::nn::utils::clip_grad_norm_(s.model.parameters(), s.config.clip);
  set_learning_rate(s.optimizer, s.config.optimizer, rate, step);
  if (s.config.plain) {
    s.optimizer.step();
  } else {
    take_step(s.optimizer, s.config.optimizer, s.workers);
  }
  return {{means[0].item<double>(), means[1].item<double>()}, means[2].item<double>()};
}

}  // namespace vae
