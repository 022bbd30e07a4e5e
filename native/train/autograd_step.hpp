// The reference: a step as a textbook has it, for every model, objective and device that there is. The loss
// of a batch (model/objectives), its gradient by LibTorch's autograd, an update.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "native/train/step.hpp"

namespace vae {

/// A process' part of the averages over a batch, (3): reconstruction, KL and what is minimized; and what is
/// minimized with all penalties, a number to differentiate.
struct BatchLoss {
  torch::Tensor averages, total;
};

/// The loss of images x (count, pixels) with noise epsilon (samples, count, latent), which are a share of a
/// batch of n. Where they are not `counted`, another process counts them.
BatchLoss batch_loss(const StepParts& parts, double beta, const torch::Tensor& x,
                     const torch::Tensor& epsilon, int n, bool counted = true);

class AutogradStep : public Step {
 public:
  explicit AutogradStep(const StepParts& parts) : parts_(parts) {}
  StepLosses take(std::int64_t step, double rate) override;

 private:
  StepParts parts_;
};

}  // namespace vae
