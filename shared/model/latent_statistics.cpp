#include "shared/model/latent_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "shared/base/encoding.hpp"
#include "shared/base/numbers.hpp"
#include "shared/math/latent.hpp"

namespace vae {
namespace {

constexpr float kLeastSpread = 1e-3f;  // lower bound of a class's std in one dimension
constexpr double kSure = 0.6;          // share of the densities above which one label stands alone
constexpr std::size_t kMostLabels = 1000;
constexpr std::int64_t kLargestLabel = 999999;

/// Returns the floats of a metadata value if there are `count` of them, all finite, otherwise none.
std::vector<float> floats(const Model& model, std::string_view key, std::size_t count) {
  std::vector<float> values;
  const bool good = decode_floats(model.metadata(key), values) && values.size() == count &&
                    std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  return good ? values : std::vector<float>{};
}

/// Parses increasing labels, "0 1 2"; empty for any other text.
std::vector<int> parse_labels(std::string_view text) {
  const std::vector<std::int64_t> numbers = parse_rising(text);
  if (numbers.size() > kMostLabels || (!numbers.empty() && numbers.back() > kLargestLabel)) return {};
  return {numbers.begin(), numbers.end()};
}

}  // namespace

std::optional<Anchors> read_anchors(const Model& model) {
  Anchors anchors{model.latent(), parse_labels(model.metadata("anchor_labels")), {}, {}, {}, {}};
  const std::size_t count = anchors.labels.size() * static_cast<std::size_t>(model.latent());
  anchors.mean = floats(model, "anchor_mean", count);
  anchors.std = floats(model, "anchor_std", count);
  const bool good = count > 0 && !anchors.mean.empty() && !anchors.std.empty() &&
                    std::all_of(anchors.std.begin(), anchors.std.end(), [](float s) { return s >= 0; });
  if (!good) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % static_cast<std::size_t>(model.latent()) == 0) anchors.log_spreads.push_back(0);
    anchors.log_spreads.back() += std::log(std::max(anchors.std[i], kLeastSpread));
  }
  anchors.component_labels = model.metadata("component_labels");
  return anchors;
}

std::vector<int> likely_labels(const Anchors& anchors, std::span<const float> z) {
  const std::size_t latent = z.size(), count = anchors.labels.size();
  if (latent != static_cast<std::size_t>(anchors.latent)) return {};
  std::vector<std::pair<double, int>> likely;  // log N(z; mean, std^2) without the constant, and the label
  for (std::size_t k = 0; k < count; ++k) {
    double log_density = -anchors.log_spreads[k];
    for (std::size_t d = 0; d < latent; ++d) {
      const double away =
          (z[d] - anchors.mean[k * latent + d]) / std::max(anchors.std[k * latent + d], kLeastSpread);
      log_density -= away * away / 2;
    }
    likely.emplace_back(log_density, anchors.labels[k]);
  }
  std::sort(likely.begin(), likely.end(), std::greater<>());
  double all = 0;  // sum of densities relative to the largest
  for (const auto& [log_density, label] : likely) all += std::exp(log_density - likely[0].first);
  std::vector<int> labels;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 1 / all < kSure ? 2 : 1); ++i) {
    labels.push_back(likely[i].second);
  }
  return labels;
}

std::vector<float> sample_class(const Anchors& anchors, int label, std::uint64_t seed, std::uint64_t index,
                                float temperature, const Mixture* prior) {
  std::vector<float> z;
  Rng rng(seed, Stream::kSample, {index});
  if (prior != nullptr) z = sample(*prior, rng, temperature, anchors.component_labels, label);
  if (!z.empty()) return z;
  const auto found = std::find(anchors.labels.begin(), anchors.labels.end(), label);
  if (found == anchors.labels.end()) return {};
  const auto row =
      static_cast<std::size_t>(found - anchors.labels.begin()) * static_cast<std::size_t>(anchors.latent);
  z = sample_prior(anchors.latent, seed, index);
  for (std::size_t d = 0; d < z.size(); ++d) {
    z[d] = anchors.mean[row + d] + temperature * anchors.std[row + d] * z[d];
  }
  return z;
}

std::optional<PrincipalAxes> read_principal_axes(const Model& model) {
  const auto latent = static_cast<std::size_t>(model.latent());
  std::vector<float> variances;
  if (!decode_floats(model.metadata("principal_variances"), variances) || variances.empty() ||
      variances.size() > latent) {
    return std::nullopt;
  }
  PrincipalAxes axes{floats(model, "latent_mean", latent),
                     floats(model, "principal_axes", variances.size() * latent),
                     floats(model, "principal_variances", variances.size())};
  const bool good = !axes.mean.empty() && !axes.axes.empty() && !axes.variances.empty() &&
                    std::all_of(axes.variances.begin(), axes.variances.end(), [](float v) { return v >= 0; });
  return good ? std::optional(std::move(axes)) : std::nullopt;
}

std::vector<float> read_kl_per_dimension(const Model& model) {
  return floats(model, "test_kl_per_dimension", static_cast<std::size_t>(model.latent()));
}

}  // namespace vae
