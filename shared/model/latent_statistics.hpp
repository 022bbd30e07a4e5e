// Statistics of a model's latent space that the trainer stored in its file: where each class lies (anchors),
// the principal axes, and how much each dimension is used. native/eval/latent_statistics computes them;
// Model::metadata lists the keys. A value that is missing or malformed counts as absent; the file is still
// valid.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/model/model.hpp"

namespace vae {

/// Mean and standard deviation of each class's aggregated posterior.
struct Anchors {
  int latent = 0;
  std::vector<int> labels;          // increasing
  std::vector<float> mean, std;     // (labels, latent) each
  std::vector<double> log_spreads;  // (labels), sums of log(max(std, 0.001)) over the dimensions
  std::string component_labels;     // of a mixture's components, a character each
};
std::optional<Anchors> read_anchors(const Model& model);

/// Returns the most likely label of z, (latent), by the density of N(mean, std^2) of each label; the two most
/// likely when the first has less than 60 % of the sum of all densities. Empty without labels.
std::vector<int> likely_labels(const Anchors& anchors, std::span<const float> z);

/// Draws z for a label, (latent): mean + temperature * std * epsilon with the epsilon of sample_prior(latent,
/// seed, index); or, where the model's own mixture `prior` has components of the label, from those. Empty for
/// an unknown label.
std::vector<float> sample_class(const Anchors& anchors, int label, std::uint64_t seed, std::uint64_t index,
                                float temperature = 1, const Mixture* prior = nullptr);

/// Principal axes of mu over the training images.
struct PrincipalAxes {
  std::vector<float> mean;       // (latent)
  std::vector<float> axes;       // (k, latent), unit vectors by falling variance
  std::vector<float> variances;  // (k), along each
};
std::optional<PrincipalAxes> read_principal_axes(const Model& model);

/// Returns KL(q(z|x) || p(z)) of each dimension in nats, averaged over the test images: (latent), or empty.
std::vector<float> read_kl_per_dimension(const Model& model);

}  // namespace vae
