// What the trainer stored about the latent space of a model, read from its file: where each class lies
// (anchors), the main directions (principal axes) and how much each dimension is used.
// native/eval/latent_statistics computes it; the keys are listed at Model::fact. A file that lacks a fact, or
// holds one that does not fit, is simply without it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/model/model.hpp"

namespace vae {

/// Mean and spread of the aggregated posterior of each class.
struct Anchors {
  int latent = 0;
  std::vector<int> labels;          // rising
  std::vector<float> mean, std;     // (labels, latent) each
  std::vector<double> log_spreads;  // (labels), sums of log(max(std, 0.001)) over the dimensions
  std::string component_labels;     // of a mixture's components, as weights_of() takes them
};
std::optional<Anchors> read_anchors(const Model& model);

/// The labels that z, (latent), may be of, by the density that each N(mean, std^2) gives it: the likeliest,
/// and the next one too when the first has less than 60 % of the sum of all. Empty without labels.
std::vector<int> likely_labels(const Anchors& anchors, std::span<const float> z);

/// A draw for a label, (latent): mean + temperature * std * epsilon, with the epsilon of sample_prior(latent,
/// seed, index), or from the components of `prior`, the model's own mixture, that have the label. Empty for a
/// label that is not there.
std::vector<float> sample_class(const Anchors& anchors, int label, std::uint64_t seed, std::uint64_t index,
                                float temperature = 1, const Mixture* prior = nullptr);

/// Principal axes of mu over the training images.
struct PrincipalAxes {
  std::vector<float> mean;       // (latent)
  std::vector<float> axes;       // (k, latent), unit vectors from the widest on
  std::vector<float> variances;  // (k), along each
};
std::optional<PrincipalAxes> read_principal_axes(const Model& model);

/// KL(q(z|x) || p(z)) of each dimension, average over the test images in nats: (latent), or empty.
std::vector<float> read_kl_per_dimension(const Model& model);

}  // namespace vae
