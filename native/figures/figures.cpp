#include "native/figures/figures.hpp"

#include <algorithm>
#include <numeric>

#include "native/figures/principal_axes.hpp"
#include "native/figures/scatter.hpp"

namespace vae {
namespace {

constexpr int kSheet = 10;  // rows and columns of the sample sheet
constexpr int kDigits = 10, kDigitScale = 4;
constexpr std::size_t kTraversals = 20;  // at most; in practice the rest is noise
constexpr std::size_t kScatter = 10000;  // images; more would only overlap
constexpr int kPairs = 5;                // interpolations of images without classes

std::span<const float> mean_of(const FigureSource& s, std::size_t image) {
  const auto latent = static_cast<std::size_t>(s.generator.latent);
  return s.mu.subspan(image * latent, latent);
}

/// Returns the variance over images of each dimension's mean, (latent).
std::vector<double> variances(const FigureSource& s) {
  const auto latent = static_cast<std::size_t>(s.generator.latent);
  const auto n = static_cast<double>(s.mu.size() / latent);
  std::vector<double> mean(latent), variance(latent);
  for (std::size_t i = 0; i < s.mu.size(); ++i) mean[i % latent] += s.mu[i] / n;
  for (std::size_t i = 0; i < s.mu.size(); ++i)
    variance[i % latent] += (s.mu[i] - mean[i % latent]) * (s.mu[i] - mean[i % latent]) / n;
  return variance;
}

std::vector<std::byte> traversals(const FigureSource& s) {
  const std::vector<int> order = by_falling(variances(s));
  return traversals_png(s.generator, std::span(order).first(std::min(order.size(), kTraversals)),
                        mean_of(s, 0));
}

/// Chooses pairs of images to interpolate between.
std::vector<std::size_t> interpolation_ends(const FigureSource& s) {
  std::vector<std::size_t> ends;  // the first of every class
  for (std::uint8_t label = 0; label < kLabelColors.size(); ++label) {
    if (const auto at = std::find(s.labels.begin(), s.labels.end(), label); at != s.labels.end())
      ends.push_back(static_cast<std::size_t>(at - s.labels.begin()));
  }
  if (ends.size() < 2) {
    ends.resize(
        std::min<std::size_t>(2 * kPairs, s.mu.size() / static_cast<std::size_t>(s.generator.latent)));
    std::iota(ends.begin(), ends.end(), 0);
  }
  if (ends.size() % 2 == 1) ends.pop_back();
  return ends;
}

std::vector<std::byte> interpolations(const FigureSource& s, const std::vector<std::size_t>& ends) {
  std::vector<float> from[2];  // a and b, (pairs, latent) each
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::span<const float> mu = mean_of(s, ends[i]);
    from[i % 2].insert(from[i % 2].end(), mu.begin(), mu.end());
  }
  return interpolations_png(s.generator, from[0], from[1]);
}

std::vector<std::byte> scatter(const FigureSource& s) {
  const int latent = s.generator.latent;
  const std::size_t n = std::min(s.labels.size(), kScatter);
  const bool planar = latent == 2;
  const std::vector<float> seen =
      planar ? std::vector<float>(s.mu.begin(), s.mu.end()) : project_on_principal_axes(s.mu, latent);
  return scatter_png(std::span(seen).first(2 * n), s.labels.first(n),
                     {planar ? "z1" : "PC 1", planar ? "z2" : "PC 2", s.prior});
}

}  // namespace

std::vector<Picture> figures(const FigureSource& s) {
  std::vector<Picture> all = {{"digits", samples_png(s.generator, s.seed, 1, kDigits, kDigitScale)},
                              {"samples", samples_png(s.generator, s.seed, kSheet, kSheet)},
                              {"traversals", traversals(s)}};
  if (s.generator.latent == 2) all.push_back({"manifold", manifold_png(s.generator)});
  if (s.generator.latent >= 2 && !s.labels.empty()) all.push_back({"scatter", scatter(s)});
  if (const auto ends = interpolation_ends(s); !ends.empty())
    all.push_back({"interpolations", interpolations(s, ends)});
  return all;
}

std::vector<int> by_falling(std::span<const double> values) {
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return values[static_cast<std::size_t>(a)] > values[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace vae
