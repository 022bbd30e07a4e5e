#include "native/train/autograd_step.hpp"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include "native/model/objectives.hpp"
#include "native/train/descent.hpp"
#include "shared/train/mlp_gradient.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

/// Matrix products and convolutions in bfloat16 while this lives.
class Bf16 {
 public:
  Bf16(bool on, torch::Device device) : on_(on), device_(device) { set(on_); }
  ~Bf16() {
    set(false);
    if (on_) at::autocast::clear_cache();
  }
  Bf16(const Bf16&) = delete;
  Bf16& operator=(const Bf16&) = delete;

 private:
  void set(bool on) {
    if (!on_) return;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(device_.type(), at::kBFloat16);
    at::autocast::set_autocast_enabled(device_.type(), on);
#else
    if (device_.is_cpu()) {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(on);
    } else {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(on);
    }
#endif
  }
  bool on_;
  torch::Device device_;
};

torch::Device device_of(VaeImpl& model) { return model.parameters().front().device(); }

torch::Tensor weight_penalty(const StepParts& s) {
  const Penalty all = penalty_of(s.config, s.batches.count());
  torch::Tensor sum = torch::zeros({}, torch::TensorOptions(device_of(s.model)));
  for (auto& named : s.model.named_parameters()) {
    if (named.key().rfind("prior.", 0) == 0) continue;  // where z lies is no weight
    const torch::Tensor& p = named.value();
    const double weight = p.dim() > 1 ? all.weights : all.biases;
    if (weight > 0) sum = sum + weight / 2 * p.square().sum();
  }
  return sum;
}

}  // namespace

BatchLoss batch_loss(const StepParts& s, double beta, const torch::Tensor& x, const torch::Tensor& epsilon,
                     int n, bool counted) {
  const Bf16 bf16(s.config.bf16, device_of(s.model));
  const Terms terms = objective(s.model, s.config, beta, x, epsilon);  // (count) each
  torch::Tensor averages = torch::stack({terms.reconstruction.sum(), terms.kl.sum(), terms.loss.sum()}) / n;
  if (!counted) averages = 0 * averages;
  return {averages.detach(), averages[2] + weight_penalty(s) / s.group.size()};
}

StepLosses AutogradStep::take(std::int64_t step, double rate) {
  const int n = parts_.batches.size(step);
  const Rows rows = share_of(n, parts_.group.rank(), parts_.group.size());
  const Batch batch = parts_.batches.batch(step, rows, parts_.workers);
  const torch::Device device = device_of(parts_.model);
  *parts_.model.key = {parts_.config.seed, step, rows.first, rows.count, n};  // of dropout

  for (torch::Tensor& p : parts_.model.parameters()) p.mutable_grad().reset();
  const BatchLoss loss = batch_loss(parts_, beta_at(parts_.config, step), batch.x.to(device),
                                    batch.epsilon.to(device), n, rows.counted);
  loss.total.backward();
  return descend(parts_, loss.averages, std::nullopt, step, rate);
}

}  // namespace vae
