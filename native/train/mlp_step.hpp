// A step on the CPU with the gradient written out by hand (shared/train/mlp_gradient), and LibTorch's BLAS.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "native/train/blas_backend.hpp"
#include "native/train/step.hpp"
#include "shared/train/mlp_gradient.hpp"

namespace vae {

class MlpStep : public Step {
 public:
  /// What MlpGradient covers, in float32 on the CPU, with a BLAS at hand.
  static bool covers(const VaeImpl& model, const TrainConfig& config);

  /// covers(parts.model, parts.config) holds. The workers are the threads from now on; LibTorch keeps one.
  explicit MlpStep(const StepParts& parts);
  ~MlpStep() override;
  StepLosses take(std::int64_t step, double rate) override;

 private:
  void publish();
  void forget();

  StepParts parts_;
  std::vector<torch::Tensor> parameters_;  // in the core's order
  BlasBackend backend_;
  MlpGradient gradient_;
};

}  // namespace vae
