// -log p(x) by importance sampling (Burda, Grosse and Salakhutdinov 2016): the figure that papers
// compare. z_1 ... z_K are drawn from q(z|x), and
//   NLL = -log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)
// is on average an upper bound of -log p(x), -ELBO for K = 1, and falls towards it as K grows. No
// LibTorch here.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/data/pixels.hpp"
#include "native/support/parallel.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// log(e^x1 + e^x2 + ...) of terms that come one by one, without overflow.
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

/// NLL of every image, nats, (images), from `samples` draws each, the first of which is the one that -ELBO
/// has. One thread for each model, all of one file; the figures do not depend on how many there are, and
/// memory does not grow with `samples`. As with the reconstruction loss, squared error leaves its constant
/// out. `progress` is told the images done. Throws Failure when the images do not have the model's size, and
/// kUsage for a model without a prior.
std::vector<double> negative_log_likelihoods(std::span<Model> models, const ImageSet& set, Pixels pixels,
                                             int samples, const Progress& progress = {});

}  // namespace vae
