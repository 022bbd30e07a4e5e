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
  std::vector<int> labels;         // rising
  std::vector<float> mean, std;    // (labels, latent) each
  std::vector<float> log_spreads;  // (labels), sums of log(max(std, 0.001)) over the dimensions
  std::string component_labels;    // of a mixture's components, a character each
};
/// Returns the anchors that the model's file holds, if it does.
std::optional<Anchors> read_anchors(const Model& model);

/// Returns the mean of a label's class, (latent); empty for a label that is not there.
std::span<const float> class_mean(const Anchors& anchors, int label);

/// Returns the labels that z, (latent), may be of, by the density that each N(mean, std^2) gives it: the
/// likeliest, and the next one too when the first has less than the share `sure` of the sum of all. Empty
/// without labels.
std::vector<int> likely_labels(const Anchors& anchors, std::span<const float> z, float sure = 0.6f);

/// Returns a draw for a label, (latent): mean + temperature * std * epsilon, with the epsilon of
/// sample_prior(latent, seed, index). With `prior`, the model's own mixture, from its components that have
/// the label: the first of 32 draws that has 99 % of the densities' sum, else the last. Empty for a label
/// that is not there.
std::vector<float> sample_class(const Anchors& anchors, int label, std::uint64_t seed, std::uint64_t index,
                                float temperature = 1, const Mixture* prior = nullptr);

/// Returns latent number `index` of the endless sheet with this seed, (latent): sample_class' for a label
/// that the model knows, otherwise Model::sample_prior's. `anchors` are the model's.
std::vector<float> sample_sheet(const Model& model, const std::optional<Anchors>& anchors, int label,
                                std::uint64_t seed, std::uint64_t index, float temperature = 1);

/// Principal axes of mu over the training images.
struct PrincipalAxes {
  std::vector<float> mean;       // (latent)
  std::vector<float> axes;       // (k, latent), unit vectors by falling variance
  std::vector<float> variances;  // (k), along each
};
/// Returns the principal axes that the model's file holds, if it does.
std::optional<PrincipalAxes> read_principal_axes(const Model& model);

/// Returns the plane in which most happens, (3, latent): its middle, and one standard deviation along its two
/// directions. These are the widest principal axes; with two latents, or where the file does not tell the
/// axes, those of the first two latents.
std::vector<float> main_plane(const Model& model);

/// Returns KL(q(z|x) || p(z)) of each dimension in nats, averaged over the test images: (latent), or empty.
std::vector<float> read_kl_per_dimension(const Model& model);

}  // namespace vae
