// Anchors against numbers known in closed form, and what of it a
// file takes.
#include "native/eval/latent_statistics.hpp"

#include <cmath>
#include <map>

#include "native/figures/principal_axes.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// `count` images of `shape` with random bytes and the labels 0 to 9 over and over.
ImageSet noise(int count, Shape shape = {1, 4, 4}) {
  ImageSet set{shape, {}, {}, "", "", false};
  Rng rng(1, Stream::kPixels);
  for (std::int64_t i = 0; i < count * shape.size(); ++i)
    set.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  for (int i = 0; i < count; ++i) set.labels.push_back(static_cast<std::uint8_t>(i % 10));
  return set;
}

std::map<std::string, std::string> metadata_of(Model& model, const ImageData& data, std::size_t room) {
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] :
       latent_metadata(model, data.train, evaluate(model, data.test), Pixels::kGray, room))
    metadata[key] = value;
  return metadata;
}

std::vector<float> floats(const std::string& text) {
  std::vector<float> values;
  REQUIRE(decode_floats(text, values));
  return values;
}

void check_near(const std::vector<float>& values, const std::vector<float>& expected) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-6));
}

const std::vector<std::string> kAnchorKeys = {"anchor_labels", "anchor_mean", "anchor_std"},
                               kAxisKeys = {"latent_mean", "principal_axes", "principal_variances"};

}  // namespace

TEST_CASE("anchors are the mean and spread of z over a class, posterior variance included") {
  // Two latents. Label 7: mu_1 is 1 and 3 with sigma^2 of 4 and 2, so Var z_1 = 1 + 3. Label 2: one image.
  const float log2 = std::log(2.0f);
  const Posterior q{{1, 5, 10, -1, 3, 5}, {2 * log2, 0, 0, 4 * log2, log2, 0}};
  const std::vector<std::uint8_t> labels{7, 2, 7};
  const ClassAnchors anchors = class_anchors(q, labels);
  CHECK(anchors.labels == std::vector<int>{2, 7});
  check_near(anchors.mean, {10, -1, 2, 5});
  check_near(anchors.std, {1, 4, 2, 1});
}

TEST_CASE("the metadata of a model are those of its own posteriors") {
  Model model = *Model::load(sealed_file());
  const ImageData data{noise(50), noise(30)};
  const auto metadata = metadata_of(model, data, 10000);
  CHECK(metadata.size() == 8);
  const Posterior train = encode_all(model, data.train);
  const Evaluation test = evaluate(model, data.test);
  const ClassAnchors anchors = class_anchors(train, data.train.labels);
  CHECK(metadata.at("anchor_labels") == "0 1 2 3 4 5 6 7 8 9");
  CHECK(floats(metadata.at("anchor_mean")) == anchors.mean);
  CHECK(floats(metadata.at("anchor_std")) == anchors.std);
  const PrincipalAxes axes = principal_axes(train.mu, 2);
  CHECK(floats(metadata.at("latent_mean")) == axes.mean);
  CHECK(floats(metadata.at("principal_axes")) == axes.axes);
  CHECK(floats(metadata.at("principal_variances")) == axes.variances);
  const std::vector<float> kl = floats(metadata.at("test_kl_per_dimension"));
  CHECK(kl == std::vector<float>(test.kl_per_dimension.begin(), test.kl_per_dimension.end()));
  CHECK(kl[0] + kl[1] == Approx(test.kl));
  CHECK(metadata.at("test_active_units") == std::to_string(test.active_units()));
}

TEST_CASE("of many images 10 000 stand for all, and no class is lost") {
  Model model = *Model::load(sealed_file());
  const ImageData data{noise(100000), noise(10)};  // every tenth image would be of one class
  const auto metadata = metadata_of(model, data, 10000);
  CHECK(metadata.at("anchor_labels") == "0 1 2 3 4 5 6 7 8 9");
  const std::vector<float> mean = floats(metadata.at("latent_mean")),
                           all = principal_axes(encode_all(model, data.train).mu, 2).mean;
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(mean[i] == Approx(all[i]).margin(0.01));
    CHECK(mean[i] != all[i]);
  }
  CHECK(metadata_of(model, data, 10000) == metadata);
}

TEST_CASE("no labels, no anchors; no prior, no KL and no variance of q") {
  ImageData data{noise(50), noise(30)};
  Model model = *Model::load(sealed_file());
  data.train.labels.clear();
  auto metadata = metadata_of(model, data, 10000);
  CHECK(metadata.size() == 5);
  for (const std::string& key : kAnchorKeys) CHECK_FALSE(metadata.contains(key));

  ModelSpec spec = small_spec();
  spec.prior = Prior::kNone;
  Model autoencoder = *Model::load(sealed_file(spec));
  data = {noise(10), noise(30)};  // one image of each label
  metadata = metadata_of(autoencoder, data, 10000);
  CHECK_FALSE(metadata.contains("test_kl_per_dimension"));
  CHECK(floats(metadata.at("anchor_std")) == std::vector<float>(20, 0.0f));
}

TEST_CASE("what a header cannot take is left out whole, and the file stays readable") {
  Model model = *Model::load(sealed_file());
  CHECK(metadata_of(model, {noise(50), noise(30)}, 0).empty());
  const ImageData data{noise(50), noise(30)};
  const auto check = [&](int latent, bool kl, bool anchors, bool axes) {
    CAPTURE(latent);
    const ModelSpec spec = mlp({1, 4, 4}, 5, latent);
    const std::vector<NamedTensor> tensors = random_tensors(spec);
    Metadata metadata = sealed_metadata(spec, tensors);
    const std::vector<std::byte> bare = write_weights(metadata, tensors);
    Model wide = *Model::load(bare);
    const Metadata more =
        latent_metadata(wide, data.train, evaluate(wide, data.test), Pixels::kGray, header_room(bare));
    metadata.insert(metadata.end(), more.begin(), more.end());
    const auto sealed = Model::load(write_weights(metadata, tensors));
    if (!sealed) FAIL(sealed.error().message);
    CHECK(sealed->metadata("test_kl_per_dimension").empty() != kl);
    for (const std::string& key : kAnchorKeys) CHECK(sealed->metadata(key).empty() != anchors);
    for (const std::string& key : kAxisKeys) CHECK(sealed->metadata(key).empty() != axes);
  };
  check(100, true, true, true);
  check(370, true, true, true);
  check(450, true, true, false);
  check(700, true, false, true);
  check(4096, true, false, false);
}
