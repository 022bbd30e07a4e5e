// native_eval's report: text for people and JSON for programs.
#pragma once

#include <chrono>
#include <string>

#include "native/eval/evaluate.hpp"
#include "native/support/progress.hpp"

namespace vae {

/// An importance-weighted NLL; samples 0: not requested.
struct Nll {
  double nll = 0;  // nats per image, on average
  int samples = 0;
};

/// The same model in another precision; precision "": not requested.
struct Stored {
  std::string precision;
  std::size_t bytes = 0;
  double neg_elbo = 0, nll = 0;
};

/// Print the file and its averages; a line for the NLL; one for another precision; the assumptions behind the
/// figures, and the KL of every dimension as bars. In this order they make a report.
void print_averages(const std::string& weights, const Model& model, Pixels pixels, const Evaluation& e);
void print_nll(const Nll& nll);
void print_stored(const Stored& stored, Prior prior, const Evaluation& e, const Nll& nll);
void print_details(const ModelSpec& spec, Pixels pixels, const Evaluation& e);

/// One line: reconstruction, kl, neg_elbo, neg_elbo_at_mu, nll and nll_samples if there is one, "stored" with
/// precision, bytes, neg_elbo and nll if there is another precision, likelihood,
/// pixel_variance (0.5, "learned" or null), constant_included (false where every figure omits the
/// likelihood's constant), binarization, active_units, draws (of z for each image), kl_per_dimension, images.
std::string to_json(const ModelSpec& spec, Pixels pixels, const Evaluation& e, const Nll& nll,
                    const Stored& stored);

/// Returns CSV: names, then a line for each image, with an empty label where the set has none.
std::string to_csv(const std::vector<ImageEvaluation>& images, const std::vector<std::uint8_t>& labels);

}  // namespace vae
