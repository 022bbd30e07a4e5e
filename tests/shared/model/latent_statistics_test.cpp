// What a file says of its latent space is read back; what does not fit is as if it were not there.
#include "shared/model/latent_statistics.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

using Values = std::vector<float>;

/// The small model (2 latents) with further metadata in its file.
Model model_with(const Metadata& more) {
  const auto tensors = random_tensors(small_spec());
  Metadata metadata = sealed_metadata(small_spec(), tensors);
  metadata.insert(metadata.end(), more.begin(), more.end());
  auto model = Model::load(write_weights(metadata, tensors));
  REQUIRE(model);
  return std::move(*model);
}

Metadata anchor_metadata(const std::string& labels, const Values& mean, const Values& std) {
  return {
      {"anchor_labels", labels}, {"anchor_mean", encode_floats(mean)}, {"anchor_std", encode_floats(std)}};
}

Model trained_model(const char* name) {
  std::ifstream file(std::string(ASSETS) + name, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto model = Model::load(std::as_bytes(std::span(text)));
  REQUIRE(model);
  return std::move(*model);
}

}  // namespace

TEST_CASE(
    "anchors are read, and z is of the class that gives it the highest density, or of two when that is "
    "close") {
  const auto anchors = read_anchors(model_with(anchor_metadata("3 7", {-1, 0, 1, 0}, {0.1f, 0.1f, 2, 2})));
  REQUIRE(anchors);
  CHECK(anchors->labels == std::vector<int>{3, 7});
  using Labels = std::vector<int>;
  CHECK(likely_labels(*anchors, Values{-1, 0}) == Labels{3});
  CHECK(likely_labels(*anchors, Values{1, 0}) == Labels{7});
  CHECK(likely_labels(*anchors, Values{-1, 1}) == Labels{7});  // ten of the narrow class's deviations away
  // Densities 100 exp(-u^2 / 2) and 0.25 exp(-1/2) at u deviations from the narrow one: e^6.49 apart, and so
  // equal at u = 3.60; 3.55 and 3.65 leave the first 54 %, 3.4 and 3.8 leave it 68 %.
  CHECK(likely_labels(*anchors, Values{-1, 0.355f}) == Labels{3, 7});
  CHECK(likely_labels(*anchors, Values{-1, 0.365f}) == Labels{7, 3});
  CHECK(likely_labels(*anchors, Values{-1, 0.34f}) == Labels{3});
  CHECK(likely_labels(*anchors, Values{-1, 0.38f}) == Labels{7});
  CHECK(likely_labels(*anchors, Values{0}).empty());
}

TEST_CASE("a class of no spread is a point") {
  const auto anchors = read_anchors(model_with(anchor_metadata("0 1", {0, 0, 1, 1}, {0, 0, 1, 1})));
  REQUIRE(anchors);
  CHECK(likely_labels(*anchors, Values{0, 0}) == std::vector<int>{0});
  CHECK(likely_labels(*anchors, Values{0.1f, 0}) == std::vector<int>{1});
}

TEST_CASE("anchors that do not fit are none") {
  const Values four = {0, 0, 0, 0}, nan = {0, 0, 0, NAN}, negative = {1, 1, 1, -1};
  for (const char* labels : {"", "3", "7 3", "3 3", "3 x", "3  7", "3 7 9", "-3 7", "3 99999999"}) {
    INFO(labels);
    CHECK_FALSE(read_anchors(model_with(anchor_metadata(labels, four, four))));
  }
  CHECK_FALSE(read_anchors(model_with(anchor_metadata("3 7", {0, 0}, four))));
  CHECK_FALSE(read_anchors(model_with(anchor_metadata("3 7", nan, four))));
  CHECK_FALSE(read_anchors(model_with(anchor_metadata("3 7", four, negative))));
  CHECK_FALSE(read_anchors(model_with({})));
}

TEST_CASE("anchors have up to 1000 labels from 0 to 999999") {
  const auto count = [](int labels, int first) {
    std::string text;
    for (int i = 0; i < labels; ++i) text += (i > 0 ? " " : "") + std::to_string(first + i);
    const Values values(2 * static_cast<std::size_t>(labels));
    const auto anchors = read_anchors(model_with(anchor_metadata(text, values, values)));
    return anchors ? anchors->labels.size() : 0;
  };
  CHECK(count(1, 0) == 1);
  CHECK(count(1000, 0) == 1000);
  CHECK(count(1001, 0) == 0);
  CHECK(count(2, 999998) == 2);
  CHECK(count(2, 999999) == 0);
}

TEST_CASE("samples of a class spread around its mean, with the noise that the prior has at that seed") {
  const auto anchors = read_anchors(model_with(anchor_metadata("3 7", {-1, 5, 1, 0}, {0.5f, 2, 2, 2})));
  REQUIRE(anchors);
  const Values epsilon = sample_prior(2, 11, 4), z = sample_class(*anchors, 3, 11, 4, 0.5f);
  CHECK(z == Values{-1 + 0.5f * 0.5f * epsilon[0], 5 + 0.5f * 2 * epsilon[1]});
  CHECK(sample_class(*anchors, 3, 11, 4, 0) == Values{-1, 5});
  CHECK(sample_class(*anchors, 4, 11, 4).empty());
}

TEST_CASE("the main plane is that of the widest two axes, or of the first two latents") {
  const Values identity = {0, 0, 1, 0, 0, 1};
  CHECK(main_plane(model_with({})) == identity);
  CHECK(main_plane(model_with({{"latent_mean", encode_floats(Values{1, 2})},
                               {"principal_axes", encode_floats(Values{0, 1, 1, 0})},
                               {"principal_variances", encode_floats(Values{9, 4})}})) ==
        identity);  // two latents
  const Model model = trained_model("/mlp.bin");
  const auto axes = read_principal_axes(model);
  const Values plane = main_plane(model);
  REQUIRE((axes && plane.size() == 60));
  CHECK(Values(plane.begin(), plane.begin() + 20) == axes->mean);
  CHECK(plane[20] == Approx(std::sqrt(axes->variances[0]) * axes->axes[0]));
  CHECK(plane[59] == Approx(std::sqrt(axes->variances[1]) * axes->axes[39]));
}

TEST_CASE("principal axes and KL per dimension are read when they fit") {
  const Metadata good = {{"latent_mean", encode_floats(Values{1, 2})},
                         {"principal_axes", encode_floats(Values{0, 1})},
                         {"principal_variances", encode_floats(Values{3})},
                         {"test_kl_per_dimension", encode_floats(Values{0.5f, 2})}};
  const Model model = model_with(good);
  const auto axes = read_principal_axes(model);
  REQUIRE(axes);
  CHECK(axes->mean == Values{1, 2});
  CHECK(axes->axes == Values{0, 1});
  CHECK(axes->variances == Values{3});
  CHECK(read_kl_per_dimension(model) == Values{0.5f, 2});
  for (std::size_t i = 0; i < good.size(); ++i) {
    Metadata bad = good;
    bad[i].second = encode_floats(Values{1, 2, 3});
    CHECK((i < 3 ? !read_principal_axes(model_with(bad)) : read_kl_per_dimension(model_with(bad)).empty()));
  }
}

TEST_CASE("there are as many principal axes as latents at most, and none of negative variance") {
  const auto read = [](const Values& axes, const Values& variances) {
    return read_principal_axes(model_with({{"latent_mean", encode_floats(Values{1, 2})},
                                           {"principal_axes", encode_floats(axes)},
                                           {"principal_variances", encode_floats(variances)}}));
  };
  REQUIRE(read({0, 1, 1, 0}, {3, 0}));
  CHECK(read({0, 1, 1, 0}, {3, 0})->variances == Values{3, 0});
  CHECK_FALSE(read({0, 1, 1, 0}, {3, -1}));
  CHECK_FALSE(read({0, 1, 1, 0, 1, 1}, {3, 2, 1}));
  CHECK_FALSE(read({}, {}));
}

TEST_CASE("a trained model knows its ten digits") {
  const Model model = trained_model("/mlp.bin");
  const auto anchors = read_anchors(model);
  REQUIRE(anchors);
  CHECK(anchors->labels == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(read_principal_axes(model));
  CHECK(read_kl_per_dimension(model).size() == 20);
  int right = 0;
  for (const int label : anchors->labels) {
    CHECK(likely_labels(*anchors, sample_class(*anchors, label, 0, 0, 0))[0] == label);
    for (std::uint64_t i = 0; i < 1000; ++i) {
      right += likely_labels(*anchors, sample_class(*anchors, label, 1, i))[0] == label ? 1 : 0;
    }
  }
  CHECK(right > 8000);  // of 10 000; 8194 were seen: diagonal Gaussians overlap
}

TEST_CASE("the default model has components for every digit") {
  const Model model = trained_model("/weights.bin");
  const auto anchors = read_anchors(model);
  REQUIRE(anchors);
  REQUIRE(model.mixture() != nullptr);
  CHECK(anchors->component_labels.size() == model.mixture()->components());
  int only = 0;
  for (const int label : anchors->labels) {
    CHECK(std::count(anchors->component_labels.begin(), anchors->component_labels.end(), '0' + label) > 0);
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      only += likely_labels(*anchors, sample_class(*anchors, label, seed, 0, 1, model.mixture())) ==
              std::vector{label};
    }
  }
  CHECK(only >= 990);  // of 1000; a first draw each would leave 973
}

TEST_CASE("a digit that was asked for of the default model cannot be taken for another one") {
  const Model model = trained_model("/weights.bin");
  const auto anchors = read_anchors(model);
  REQUIRE(anchors);
  for (int label = 0; label < 10; ++label) {
    for (std::uint64_t index = 0; index < 100; ++index) {
      const Values z = sample_class(*anchors, label, 3, index, 1, model.mixture());
      CHECK(likely_labels(*anchors, z, 0.99f) == std::vector<int>{label});
    }
  }
}
