#include "native/train/mlp_step.hpp"

#include <algorithm>

#include "native/support/failure.hpp"
#include "native/support/process_settings.hpp"
#include "native/train/descent.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

std::vector<torch::Tensor> parameters_in_order(VaeImpl& model) {
  const auto named = model.named_parameters();
  std::vector<torch::Tensor> all;
  for (const ParameterSpec& p : parameters(model.spec)) all.push_back(named[p.name]);
  return all;
}

MlpGradient gradient_of(const StepParts& parts, const std::vector<torch::Tensor>& parameters,
                        Backend& backend) {
  std::vector<const float*> values;
  for (const torch::Tensor& p : parameters) values.push_back(p.data_ptr<float>());
  const int largest = share_of(parts.batches.size(0), 0, parts.group.size()).count;
  return value_or_throw(MlpGradient::make(parts.model.spec, parts.config, values, largest, backend));
}

}  // namespace

bool MlpStep::covers(const VaeImpl& model, const TrainConfig& config) {
  const std::vector<torch::Tensor> parameters = model.parameters();
  return BlasBackend::available() && MlpGradient::covers(model.spec, config) &&
         std::all_of(parameters.begin(), parameters.end(), [](const torch::Tensor& p) {
           return p.is_cpu() && p.scalar_type() == torch::kFloat && p.is_contiguous();
         });
}

MlpStep::MlpStep(const StepParts& parts)
    : parts_(parts),
      parameters_(parameters_in_order(parts.model)),
      backend_(parts.workers),
      gradient_(gradient_of(parts, parameters_, backend_)) {
  forget();
  set_threads(1);  // LibTorch's others would wait awake on the workers' processors
}

MlpStep::~MlpStep() { forget(); }

/// Leaves no .grad, whose memory may be this step's.
void MlpStep::forget() {
  for (torch::Tensor& p : parameters_) p.mutable_grad().reset();
}

StepLosses MlpStep::take(std::int64_t step, double rate) {
  const int n = parts_.batches.size(step), processes = parts_.group.size();
  const Rows rows = share_of(n, parts_.group.rank(), processes);
  const Batch batch = parts_.batches.batch(step, rows, parts_.workers);
  const double scale = (rows.counted ? 1.0 : 0.0) / n;
  const Penalty whole = penalty_of(parts_.config, parts_.batches.count());
  const MlpGradient::Sums sums = gradient_.differentiate(
      {rows.count, batch.epsilon.size(0), batch.x.data_ptr<float>(), batch.epsilon.data_ptr<float>(),
       batch.epsilon.stride(0)},
      beta_at(parts_.config, step), scale, {whole.weights / processes, whole.biases / processes});
  publish();
  const torch::Tensor losses = torch::tensor({sums.reconstruction, sums.kl, sums.loss}, torch::kDouble);
  return descend(parts_, losses.mul(scale).to(torch::kFloat), sums.gradient, step, rate);
}

/// Makes the derivatives the parameters' .grad, where they lie.
void MlpStep::publish() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    float* const numbers = gradient_.gradient()[i];
    torch::Tensor& grad = parameters_[i].mutable_grad();
    if (numbers != nullptr && !grad.defined()) grad = torch::from_blob(numbers, parameters_[i].sizes());
  }
}

}  // namespace vae
