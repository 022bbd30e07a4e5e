// -log p(x) by importance sampling (Burda, Grosse and Salakhutdinov 2016), the figure that papers compare.
// With z_1 ... z_K ~ q(z|x) and importance weights p(x|z_k) p(z_k) / q(z_k|x),
//   NLL = -log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)
// is in expectation an upper bound of -log p(x); it is -ELBO for K = 1, and falls towards -log p(x) as K
// grows. No LibTorch here.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/math/pixels.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// Accumulates log(e^x1 + e^x2 + ...) without overflow.
class LogSumExp {
 public:
  void add(double x) {
    if (x > largest_) {
      sum_ = sum_ * std::exp(largest_ - x) + 1;
      largest_ = x;
    } else {
      sum_ += std::exp(x - largest_);
    }
  }
  double value() const { return largest_ + std::log(sum_); }

 private:
  double largest_ = -std::numeric_limits<double>::infinity(), sum_ = 0;
};

/// Returns the constant that reconstruction_loss omits, nats per image; 0 where it is included.
double omitted_constant(const ModelSpec& spec);

/// Returns the NLL of every image in nats, (images), from `samples` samples each, the first of which is that
/// of -ELBO. Uses one thread per model, all loaded from the same file; the result does not depend on their
/// number, nor memory on `samples`. Omits the same constant as reconstruction_loss. `progress` receives the
/// number of finished images. Throws Failure when the images do not have the model's size, and kUsage for a
/// model without a prior.
std::vector<double> negative_log_likelihoods(std::span<Model> models, const ImageSet& set, Pixels pixels,
                                             int samples, const Progress& progress = {});

}  // namespace vae
