#include "native/eval_sheets.hpp"

#include <algorithm>
#include <numeric>

#include "native/failure.hpp"
#include "native/output_file.hpp"
#include "native/principal_axes.hpp"
#include "native/scatter.hpp"

namespace vae {
namespace {

constexpr int kSampleRows = 10, kSampleColumns = 20, kPairs = 6;

Generator generator(const Subject& s) {
  return {[&model = s.model](std::span<const float> z) { return value_or_throw(model.decode(z)); },
          s.model.latent(), s.model.spec().image};
}

/// Means of the first `n` images, (n, latent).
std::span<const float> means(const Subject& s, int n) {
  return std::span(s.evaluation.mu).first(static_cast<std::size_t>(n * s.model.latent()));
}

std::vector<std::byte> interpolations(const Subject& s) {
  const auto latent = static_cast<std::size_t>(s.model.latent());
  std::vector<float> a, b;  // (kPairs, latent)
  for (std::size_t i = 0; i < 2 * kPairs; ++i) {
    const auto mu = s.evaluation.mu.begin() + static_cast<std::ptrdiff_t>(i * latent);
    std::vector<float>& end = i % 2 == 0 ? a : b;
    end.insert(end.end(), mu, mu + static_cast<std::ptrdiff_t>(latent));
  }
  return interpolations_png(generator(s), a, b);
}

std::vector<std::byte> scatter(const Subject& s) {
  const int latent = s.model.latent();
  if (latent == 2) return scatter_png(s.evaluation.mu, s.test.labels);
  return scatter_png(project_on_principal_axes(s.evaluation.mu, latent), s.test.labels, {"PC 1", "PC 2"});
}

}  // namespace

std::vector<int> by_falling_kl(const Evaluation& e) {
  std::vector<int> order(e.kl_per_dimension.size());
  std::iota(order.begin(), order.end(), 0);
  const auto kl = [&](int d) { return e.kl_per_dimension[static_cast<std::size_t>(d)]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return kl(a) > kl(b); });
  return order;
}

std::vector<std::byte> overview(const Subject& s) {
  return overview_png(generator(s), test_pixels(s.test, s.pixels, 0, kSheetImages), means(s, kSheetImages),
                      s.seed);
}

std::vector<std::string> write_sheets(const std::filesystem::path& folder, const Subject& s) {
  const Generator g = generator(s);
  const int latent = s.model.latent();
  std::vector<std::string> written;
  const auto write = [&](const char* name, const std::vector<std::byte>& png) {
    write_file(folder / name, png);
    written.push_back((folder / name).string());
  };
  write("reconstructions.png",
        reconstructions_png(g, test_pixels(s.test, s.pixels, 0, kSheetImages), means(s, kSheetImages)));
  write("samples.png", samples_png(g, s.seed, kSampleRows, kSampleColumns));
  if (latent == 2) write("manifold.png", manifold_png(g));
  write("traversals.png", traversals_png(g, by_falling_kl(s.evaluation)));
  write("interpolations.png", interpolations(s));
  if (latent >= 2 && !s.test.labels.empty()) write("scatter.png", scatter(s));
  return written;
}

}  // namespace vae
