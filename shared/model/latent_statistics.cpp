#include "shared/model/latent_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/base/elementary.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/numbers.hpp"
#include "shared/math/latent.hpp"

namespace vae {
namespace {

constexpr float kLeastSpread = 1e-3f;   // of a class in one dimension
constexpr float kUnmistakable = 0.99f;  // share of all densities that a draw's label needs
constexpr int kDraws = 32;              // at most, until it is had
constexpr std::size_t kMostLabels = 1000;
constexpr std::int64_t kLargestLabel = 999999;

/// The finite floats of a fact if there are `count` of them (or, without, any), otherwise none.
std::vector<float> floats(const Model& model, std::string_view key, std::optional<std::size_t> count = {}) {
  std::vector<float> values;
  const bool good = decode_floats(model.metadata(key), values) &&
                    values.size() == count.value_or(values.size()) &&
                    std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  if (!good) values.clear();
  return values;
}

/// Parses increasing labels, "0 1 2"; empty for any other text.
std::vector<int> parse_labels(std::string_view text) {
  const std::vector<std::int64_t> numbers = parse_rising(text);
  if (numbers.size() > kMostLabels || (!numbers.empty() && numbers.back() > kLargestLabel)) return {};
  std::vector<int> labels(numbers.size());
  std::copy(numbers.begin(), numbers.end(), labels.begin());
  return labels;
}

}  // namespace

std::optional<Anchors> read_anchors(const Model& model) {
  const auto latent = static_cast<std::size_t>(model.latent());
  std::optional<Anchors> anchors(std::in_place);
  anchors->latent = model.latent();
  anchors->labels = parse_labels(model.metadata("anchor_labels"));
  const std::size_t count = anchors->labels.size() * latent;
  anchors->mean = floats(model, "anchor_mean", count);
  anchors->std = floats(model, "anchor_std", count);
  anchors->component_labels = model.metadata("component_labels");
  anchors->log_spreads = std::vector<float>(anchors->labels.size());
  bool good = !anchors->mean.empty() && !anchors->std.empty();
  for (std::size_t i = 0; good && i < count; ++i) {
    good = anchors->std[i] >= 0;
    anchors->log_spreads[i / latent] +=
        static_cast<float>(logarithm(double{std::max(anchors->std[i], kLeastSpread)}));
  }
  if (!good) anchors.reset();
  return anchors;
}

std::span<const float> class_mean(const Anchors& anchors, int label) {
  const auto found = std::find(anchors.labels.begin(), anchors.labels.end(), label);
  if (found == anchors.labels.end()) return {};
  const auto latent = static_cast<std::size_t>(anchors.latent);
  return {anchors.mean.data() + static_cast<std::size_t>(found - anchors.labels.begin()) * latent, latent};
}

std::vector<int> likely_labels(const Anchors& anchors, std::span<const float> z, float sure) {
  const std::size_t latent = z.size(), count = anchors.labels.size();
  if (latent != static_cast<std::size_t>(anchors.latent)) return {};
  std::size_t first = 0, second = 0;
  float largest = -INFINITY, next = -INFINITY, all = 0;  // densities, in units of the largest
  for (std::size_t k = 0; k < count; ++k) {
    float log_density = -anchors.log_spreads[k];  // log N(z; mean, std^2) without the constant
    for (std::size_t i = k * latent; i < (k + 1) * latent; ++i) {
      const float away = (z[i % latent] - anchors.mean[i]) / std::max(anchors.std[i], kLeastSpread);
      log_density -= away * away / 2;
    }
    const float share = exponential(-std::fabs(log_density - largest));
    if (log_density > largest) {
      all = all * share + 1;
      next = std::exchange(largest, log_density);
      second = std::exchange(first, k);
    } else {
      all += share;
      if (log_density > next) next = log_density, second = k;
    }
  }
  std::vector<int> labels(second != first && 1 / all < sure ? 2 : 1);
  labels.front() = anchors.labels[first];
  if (labels.size() > 1) labels[1] = anchors.labels[second];
  return labels;
}

std::vector<float> sample_class(const Anchors& anchors, int label, std::uint64_t seed, std::uint64_t index,
                                float temperature, const Mixture* prior) {
  std::vector<float> z;
  Rng rng(seed, Stream::kSample, {index});
  for (int i = 0; prior != nullptr && i < kDraws; ++i) {
    z = sample(*prior, rng, temperature, anchors.component_labels, label);
    if (z.empty()) break;
    const std::vector<int> labels = likely_labels(anchors, z, kUnmistakable);
    if (labels.size() == 1 && labels[0] == label) break;
  }
  if (!z.empty()) return z;
  const std::span<const float> mean = class_mean(anchors, label);
  if (mean.empty()) return {};
  const float* const std = anchors.std.data() + (mean.data() - anchors.mean.data());
  z = sample_prior(anchors.latent, seed, index);
  for (std::size_t d = 0; d < z.size(); ++d) z[d] = mean[d] + temperature * std[d] * z[d];
  return z;
}

std::vector<float> sample_sheet(const Model& model, const std::optional<Anchors>& anchors, int label,
                                std::uint64_t seed, std::uint64_t index, float temperature) {
  std::vector<float> z;
  if (anchors && label >= 0) z = sample_class(*anchors, label, seed, index, temperature, model.mixture());
  return z.empty() ? model.sample_prior(seed, index, temperature) : z;
}

std::optional<PrincipalAxes> read_principal_axes(const Model& model) {
  const auto latent = static_cast<std::size_t>(model.latent());
  std::optional<PrincipalAxes> axes(std::in_place);
  const std::vector<float>& variances = axes->variances = floats(model, "principal_variances");
  axes->mean = floats(model, "latent_mean", latent);
  axes->axes = floats(model, "principal_axes", variances.size() * latent);
  if (axes->mean.empty() || axes->axes.empty() || variances.size() > latent ||
      !std::all_of(variances.begin(), variances.end(), [](float v) { return v >= 0; })) {
    axes.reset();
  }
  return axes;
}

std::vector<float> main_plane(const Model& model) {
  const auto latent = static_cast<std::size_t>(model.latent());
  std::vector<float> plane(3 * latent);
  const auto axes = read_principal_axes(model);
  if (latent > 2 && axes && axes->variances.size() >= 2 && axes->variances[1] > 0) {
    std::copy_n(axes->mean.data(), latent, plane.data());
    for (std::size_t i = 0; i < 2 * latent; ++i) {
      plane[latent + i] = std::sqrt(axes->variances[i / latent]) * axes->axes[i];
    }
  } else {
    plane[latent] = plane[2 * latent + (latent > 1 ? 1 : 0)] = 1;
  }
  return plane;
}

std::vector<float> read_kl_per_dimension(const Model& model) {
  return floats(model, "test_kl_per_dimension", static_cast<std::size_t>(model.latent()));
}

}  // namespace vae
