#include "native/eval/latent_statistics.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <string>

#include "native/figures/principal_axes.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/rng.hpp"

namespace vae {
namespace {

using Rows = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// Views an array (n, latent) as a matrix.
Rows matrix(std::span<const float> values, int latent) {
  return {values.data(), std::ssize(values) / latent, latent};
}

std::vector<float> to_floats(const Eigen::VectorXd& values) {
  const Eigen::VectorXf floats = values.cast<float>();
  return {floats.data(), floats.data() + floats.size()};
}

/// Samples `count` images of a set without replacement, in their order (Knuth's algorithm S).
ImageSet sampled(const ImageSet& set, int count) {
  std::vector<int> chosen;
  Rng rng(1, Stream::kShuffle);
  for (int i = 0; i < set.count(); ++i) {
    const auto left = static_cast<std::uint32_t>(set.count() - i);
    if (rng.below(left) < static_cast<std::uint32_t>(count) - chosen.size()) chosen.push_back(i);
  }
  return select(set, chosen);
}

/// Encodes the images. Without a prior nothing is sampled: the posterior has variance 0.
Posterior posteriors(Model& model, const ImageSet& set, Pixels pixels, const Progress& progress) {
  Posterior q = encode_all(model, set, pixels, progress);
  if (model.spec().prior == Prior::kNone)
    std::fill(q.log_var.begin(), q.log_var.end(), -std::numeric_limits<float>::infinity());
  return q;
}

/// Collects metadata within a number of bytes.
class BoundedMetadata {
 public:
  explicit BoundedMetadata(std::size_t room) : room_(room) {}

  /// Returns whether arrays of these sizes fit together.
  bool fits(std::initializer_list<std::size_t> sizes) const {
    std::size_t bytes = 0;
    for (std::size_t floats : sizes) bytes += kKey + (4 * floats + 2) / 3 * 4;
    return bytes <= room_;
  }
  void add(const std::string& key, const std::string& value) {
    room_ -= std::min(room_, kKey + value.size());
    metadata_.emplace_back(key, value);
  }
  void add(const std::string& key, const std::vector<float>& values) { add(key, encode_floats(values)); }
  Metadata& all() { return metadata_; }

 private:
  static constexpr std::size_t kKey = 64;  // a key with its quotes, or a short value of its own
  std::size_t room_;
  Metadata metadata_;
};

bool finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

void add_test(BoundedMetadata& metadata, const Evaluation& test, const ModelSpec& spec) {
  if (spec.prior == Prior::kNone || !metadata.fits({0, test.kl_per_dimension.size()})) return;
  const std::vector<float> kl(test.kl_per_dimension.begin(), test.kl_per_dimension.end());
  if (finite(kl)) metadata.add("test_kl_per_dimension", kl);
  metadata.add("test_active_units", std::to_string(test.active_units()));
}

void add_anchors(BoundedMetadata& metadata, const Posterior& q, const std::vector<std::uint8_t>& labels) {
  if (labels.empty()) return;
  const ClassAnchors anchors = class_anchors(q, labels);
  if (anchors.labels.empty()) return;  // no class that the page shows
  if (!metadata.fits({0, anchors.mean.size(), anchors.std.size()})) return;
  if (!finite(anchors.mean) || !finite(anchors.std)) return;
  std::string names;
  for (int label : anchors.labels) names += (names.empty() ? "" : " ") + std::to_string(label);
  metadata.add("anchor_labels", names);
  metadata.add("anchor_mean", anchors.mean);
  metadata.add("anchor_std", anchors.std);
}

/// Adds the label of each component of a mixture: that of the images to whose mu it gives the highest
/// density.
void add_component_labels(BoundedMetadata& metadata, const Mixture& mixture, const Posterior& q,
                          const std::vector<std::uint8_t>& labels) {
  constexpr double kPure = 0.8;
  if (labels.empty() || !metadata.fits({mixture.components()})) return;
  std::vector<std::array<int, 10>> counts(mixture.components());
  const std::size_t latent = q.mu.size() / labels.size();
  const ComponentDensities densities(mixture);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] > 9) continue;
    const std::vector<double> joint = densities.log_joint(std::span(q.mu).subspan(i * latent, latent));
    const auto likeliest = std::max_element(joint.begin(), joint.end()) - joint.begin();
    ++counts[static_cast<std::size_t>(likeliest)][labels[i]];
  }
  std::string names;
  for (const auto& count : counts) {
    const auto most = std::max_element(count.begin(), count.end());
    const double all = std::accumulate(count.begin(), count.end(), 0.0);
    names += *most > 0 && *most >= kPure * all ? static_cast<char>('0' + (most - count.begin())) : '-';
  }
  metadata.add("component_labels", names);
}

void add_axes(BoundedMetadata& metadata, const Posterior& q, int latent) {
  const auto size = static_cast<std::size_t>(latent), k = std::min<std::size_t>(size, kPrincipalAxes);
  if (!metadata.fits({size, k * size, k}) || !finite(q.mu)) return;
  const PrincipalAxes axes = principal_axes(q.mu, latent);
  metadata.add("latent_mean", axes.mean);
  metadata.add("principal_axes", axes.axes);
  metadata.add("principal_variances", axes.variances);
}

}  // namespace

ClassAnchors class_anchors(const Posterior& q, std::span<const std::uint8_t> labels) {
  ClassAnchors anchors;
  const auto latent = static_cast<int>(q.mu.size() / labels.size());
  const Rows mu = matrix(q.mu, latent), log_var = matrix(q.log_var, latent);
  for (int label = 0; label <= 9; ++label) {
    std::vector<Eigen::Index> rows;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == label) rows.push_back(static_cast<Eigen::Index>(i));
    }
    if (rows.empty()) continue;
    Eigen::ArrayXd mean = Eigen::ArrayXd::Zero(latent), variance = mean;
    for (Eigen::Index i : rows) mean += mu.row(i).transpose().array().cast<double>();
    mean /= double(rows.size());
    for (Eigen::Index i : rows) {
      const Eigen::ArrayXd m = mu.row(i).cast<double>(), l = log_var.row(i).cast<double>();
      variance += (m - mean).square() + l.exp();
    }
    variance /= double(rows.size());
    const std::vector<float> m = to_floats(mean), s = to_floats(variance.sqrt());
    anchors.labels.push_back(label);
    anchors.mean.insert(anchors.mean.end(), m.begin(), m.end());
    anchors.std.insert(anchors.std.end(), s.begin(), s.end());
  }
  return anchors;
}

std::size_t header_room(std::span<const std::byte> file) {
  const auto used = static_cast<std::size_t>(load_as<std::uint64_t>(file.data())) + kDataAlignment;
  return used < kMaxHeaderBytes ? kMaxHeaderBytes - used : 0;
}

Metadata latent_metadata(Model& model, const ImageSet& train, const Evaluation& test, Pixels pixels,
                         std::size_t room, const Progress& progress) {
  BoundedMetadata metadata(room);
  add_test(metadata, test, model.spec());
  const ImageSet images = sampled(train, std::min(kAggregateImages, train.count()));
  const Posterior q = posteriors(model, images, pixels, progress);
  add_anchors(metadata, q, images.labels);
  if (model.mixture() != nullptr) add_component_labels(metadata, *model.mixture(), q, images.labels);
  add_axes(metadata, q, model.latent());
  return std::move(metadata.all());
}

}  // namespace vae
