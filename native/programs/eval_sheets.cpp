#include "native/programs/eval_sheets.hpp"

#include <utility>

#include "native/support/failure.hpp"

namespace vae {
namespace {

Generator generator(const Subject& s) {
  return {[&model = s.model](std::span<const float> z) { return value_or_throw(model.decode(z)); },
          s.model.latent(), s.model.spec().image, s.model.mixture()};
}

/// Returns mu of the first `n` images, (n, latent).
std::span<const float> means(const Subject& s, int n) {
  return std::span(s.evaluation.mu).first(static_cast<std::size_t>(n * s.model.latent()));
}

}  // namespace

std::vector<std::byte> overview(const Subject& s) {
  return overview_png(generator(s), test_pixels(s.test, s.pixels, 0, kSheetImages), means(s, kSheetImages),
                      s.seed);
}

std::vector<Picture> sheets(const Subject& s) {
  std::vector<Picture> all = {
      {"reconstructions", reconstructions_png(generator(s), test_pixels(s.test, s.pixels, 0, kSheetImages),
                                              means(s, kSheetImages))}};
  for (Picture& figure : figures(
           {generator(s), s.evaluation.mu, s.test.labels, s.model.spec().prior == Prior::kNormal, s.seed})) {
    all.push_back(std::move(figure));
  }
  return all;
}

}  // namespace vae
