#include "native/run/train_pictures.hpp"

#include <algorithm>

#include "native/figures/figures.hpp"
#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/read_png.hpp"

using namespace vae;

namespace {

/// 30 images of 6 x 6 random pixels in two classes, or one.
ImageSet noise_images(int classes = 2) {
  ImageSet set;
  set.shape = {1, 6, 6};
  Rng rng(1, Stream::kSample);
  for (int i = 0; i < 30 * 36; ++i) set.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  for (int i = 0; i < 30; ++i) set.labels.push_back(static_cast<std::uint8_t>(i % classes));
  return set;
}

Vae small_vae(int latent, float dropout = 0) {
  Vae model(with_dropout(mlp({1, 6, 6}, 8, latent), dropout));
  initialize(*model, 1);
  return model;
}

std::vector<std::string> names(const std::vector<Picture>& pictures) {
  std::vector<std::string> all;
  for (const Picture& p : pictures) all.push_back(p.name);
  std::sort(all.begin(), all.end());
  return all;
}

const Picture& named(const std::vector<Picture>& pictures, const std::string& name) {
  return *std::find_if(pictures.begin(), pictures.end(), [&](const Picture& p) { return p.name == name; });
}

}  // namespace

TEST_CASE("figures are those that the latent space and the labels allow, all under known names") {
  using Names = std::vector<std::string>;
  const ImageSet two = noise_images(), one = noise_images(1);
  const auto figures = [](int latent, const ImageSet& test) {
    Vae model = small_vae(latent);
    return names(TrainPictures(*model, test, Pixels::kGray, 1).figures());
  };
  CHECK(figures(1, one) == Names{"digits", "interpolations", "samples", "traversals"});
  ImageSet unlabelled = noise_images();
  unlabelled.labels.clear();
  CHECK(figures(3, unlabelled) == Names{"digits", "interpolations", "samples", "traversals"});
  CHECK(figures(2, two) == Names{"digits", "interpolations", "manifold", "samples", "scatter", "traversals"});
  CHECK(figures(3, two) == Names{"digits", "interpolations", "samples", "scatter", "traversals"});
  for (const std::string& name : figures(2, two))
    CHECK(std::find(std::begin(kFigures), std::end(kFigures), name) != std::end(kFigures));
}

TEST_CASE("while it trains, a model draws without dropout and goes on in the mode it was in") {
  const ImageSet test = noise_images();
  Vae plain = small_vae(3), dropping = small_vae(3, 0.5f);
  dropping->train();
  std::vector<Picture> pictures;
  {
    const TrainPictures drawn(*dropping, test, Pixels::kGray, 7);
    pictures = drawn.progress(5);
  }
  CHECK(dropping->is_training());
  plain->eval();
  const auto expected = TrainPictures(*plain, test, Pixels::kGray, 7).progress(5);
  CHECK_FALSE(plain->is_training());
  CHECK((named(pictures, "samples").png == named(expected, "samples").png));
  CHECK((named(pictures, "reconstructions").png == named(expected, "reconstructions").png));
  CHECK((TrainPictures(*plain, test, Pixels::kGray, 8).progress(5)[1].png != expected[1].png));
}

TEST_CASE("reconstructions: five in a row, one beside its input, never more than there are") {
  const ImageSet test = noise_images();
  Vae model = small_vae(2);
  const TrainPictures pictures(*model, test, Pixels::kGray, 1);
  const auto width = [&](int inputs) {
    return read_png(named(pictures.progress(inputs), "reconstructions").png).width;
  };
  CHECK(width(5) == 2 * 16 + 5 * 12 + 4 * 4);
  CHECK(width(1) == 2 * 16 + 2 * 6 * 8 + 16);  // two tiles, eight times enlarged
  CHECK(width(1000) == width(20));             // 30 images in double rows of 20
}
