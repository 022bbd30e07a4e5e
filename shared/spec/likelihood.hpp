// What the decoder's output means: p(x|z). The table has everything that follows from a likelihood except its
// density (reconstruction_loss in shared/math/elbo and native/model/objectives) and the lab's texts
// (web/lab/ui/likelihood_texts). All of these are exhaustive switches: a new likelihood does not compile
// until each has it.
#pragma once

#include <string_view>

#include "shared/base/enum_names.hpp"

namespace vae {

/// The distribution of a pixel, given the decoder's output.
enum class Likelihood {
  kBernoulli,     // the decoder ends in logits; the image is their sigmoid
  kSquaredError,  // the decoder ends in the image, the mean of a normal distribution of variance 1/2
  kGaussian,      // the decoder ends in the mean; a second head, decoder_log_var, gives the log-variance
};

/// What follows from a likelihood.
struct LikelihoodTraits {
  std::string_view name;  // in the model line, --likelihood and JSON
  bool logits = false;    // the decoder ends in logits, whose sigmoid is the image; otherwise in the image
  bool learned_variance = false;  // a second head gives the log-variance of each pixel
  bool density = true;            // of a gray pixel; otherwise a cross-entropy, which bounds no density
  double pixel_variance = 0;      // where it is fixed; otherwise 0
  double omitted_constant = 0;    // nats per pixel that reconstruction_loss leaves out
};

/// Returns a likelihood's row of the table.
constexpr LikelihoodTraits traits(Likelihood likelihood) {
  switch (likelihood) {
    case Likelihood::kBernoulli:
      return {.name = "bernoulli", .logits = true, .density = false};
    case Likelihood::kSquaredError:  // log(2 pi variance) / 2
      return {.name = "squared_error", .pixel_variance = 0.5, .omitted_constant = 0.57236494292470009};
    case Likelihood::kGaussian:
      return {.name = "gaussian", .learned_variance = true};
  }
  return {};
}
/// Returns its name in the model line.
constexpr std::string_view name_of(Likelihood likelihood) { return traits(likelihood).name; }

/// What gives the mean of a Gaussian pixel. Kingma and Welling 2013 keep their Gaussian means within 0 and 1
/// by a sigmoid; a linear mean is what their appendix writes, and the page clips what it shows.
enum class GaussianMean { kSigmoid, kLinear };
/// Returns its name on the command line.
constexpr std::string_view name_of(GaussianMean mean) {
  switch (mean) {
    case GaussianMean::kSigmoid:
      return "sigmoid";
    case GaussianMean::kLinear:
      return "linear";
  }
  return {};
}

/// The lower bound of a Gaussian pixel's log-variance (standard deviation 0.03, about 8 of 255 gray levels):
/// border pixels never vary, so their density would grow without bound.
inline constexpr float kMinLogVariance = -7;

}  // namespace vae
