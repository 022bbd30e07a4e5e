// Anchors, axes, KL per dimension and active units against numbers known in closed form, and what of it a
// file takes.
#include "native/aggregate.hpp"

#include <cmath>
#include <map>
#include <numeric>

#include "native/evaluate.hpp"
#include "shared/elbo.hpp"
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

std::map<std::string, std::string> facts_of(Model& model, const ImageData& data, std::size_t room) {
  std::map<std::string, std::string> facts;
  for (const auto& [key, value] : aggregate_facts(model, data, Pixels::kGray, room)) facts[key] = value;
  return facts;
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
  const Anchors anchors = class_anchors(q, labels);
  CHECK(anchors.labels == std::vector<int>{2, 7});
  check_near(anchors.mean, {10, -1, 2, 5});
  check_near(anchors.std, {1, 4, 2, 1});
}

TEST_CASE("principal axes of a known covariance, with a fixed sign") {
  // (1, 2) +- 3 u and +- v for an orthonormal pair: the covariance is 4.5 uu' + 0.5 vv'.
  const float u[] = {-0.6f, -0.8f}, v[] = {-0.8f, 0.6f};
  std::vector<float> mu;
  for (float sign : {-1.0f, 1.0f}) {
    for (int i = 0; i < 2; ++i) mu.push_back(static_cast<float>(1 + i) + sign * 3 * u[i]);
    for (int i = 0; i < 2; ++i) mu.push_back(static_cast<float>(1 + i) + sign * v[i]);
  }
  const PrincipalAxes two = principal_axes(mu, 2);
  check_near(two.mean, {1, 2});
  check_near(two.axes, {0.6f, 0.8f, 0.8f, -0.6f});
  check_near(two.variances, {4.5f, 0.5f});

  // Twelve latents, each alone in its pair of images: the axes are the unit vectors, widest first, and 8 of
  // them.
  std::vector<float> wide(24 * 12);
  for (std::size_t i = 0; i < 24; ++i)
    wide[i * 12 + i / 2] = (i % 2 == 0 ? 1.0f : -1.0f) * static_cast<float>(i / 2 + 1);
  const PrincipalAxes eight = principal_axes(wide, 12);
  REQUIRE(eight.axes.size() == 8 * 12);
  REQUIRE(eight.variances.size() == 8);
  for (std::size_t k = 0; k < 8; ++k) {
    for (std::size_t i = 0; i < 12; ++i)
      CHECK(eight.axes[k * 12 + i] == Approx(i == 11 - k ? 1 : 0).margin(1e-6));
    CHECK(eight.variances[k] == Approx(std::pow(12.0 - static_cast<double>(k), 2) / 12));
  }
}

TEST_CASE("KL per dimension sums to the KL of the loss; active units vary") {
  const Posterior q{{0, 1, -1, 0, 3, 0.15f}, {0, 0.5f, -2, 0, 1, 0}};
  const std::vector<float> kl = kl_per_dimension(q, 3);
  REQUIRE(kl.size() == 3);
  CHECK(kl[0] == Approx(0).margin(1e-7));  // q = N(0, 1) for both images
  CHECK(kl[1] == Approx((kl_divergence(std::vector{1.0f}, std::vector{0.5f}) +
                         kl_divergence(std::vector{3.0f}, std::vector{1.0f})) /
                        2));
  CHECK(std::accumulate(kl.begin(), kl.end(), 0.0) == Approx(kl_divergence(q.mu, q.log_var) / 2));
  CHECK(active_units(q.mu, 3) == 2);                                    // variances 0, 1, 0.33
  CHECK(active_units(std::vector<float>{0, 0, 0.19f, 0.21f}, 2) == 1);  // 0.0090 and 0.0110
}

TEST_CASE("the facts of a model are those of its own posteriors") {
  Model model = *Model::load(sealed_file());
  const ImageData data{noise(50), noise(30)};
  const auto facts = facts_of(model, data, 10000);
  CHECK(facts.size() == 8);
  const Posterior train = encode_all(model, data.train), test = encode_all(model, data.test);
  const Anchors anchors = class_anchors(train, data.train.labels);
  CHECK(facts.at("anchor_labels") == "0 1 2 3 4 5 6 7 8 9");
  CHECK(floats(facts.at("anchor_mean")) == anchors.mean);
  CHECK(floats(facts.at("anchor_std")) == anchors.std);
  const PrincipalAxes axes = principal_axes(train.mu, 2);
  CHECK(floats(facts.at("latent_mean")) == axes.mean);
  CHECK(floats(facts.at("principal_axes")) == axes.axes);
  CHECK(floats(facts.at("principal_variances")) == axes.variances);
  const std::vector<float> kl = floats(facts.at("test_kl_per_dimension"));
  CHECK(kl == kl_per_dimension(test, 2));
  CHECK(kl[0] + kl[1] == Approx(evaluate(model, data.test).kl));
  CHECK(facts.at("test_active_units") == std::to_string(active_units(test.mu, 2)));
}

TEST_CASE("of many images 10 000 stand for all, and no class is lost") {
  Model model = *Model::load(sealed_file());
  const ImageData data{noise(100000), noise(10)};  // every tenth image would be of one class
  const auto facts = facts_of(model, data, 10000);
  CHECK(facts.at("anchor_labels") == "0 1 2 3 4 5 6 7 8 9");
  const std::vector<float> mean = floats(facts.at("latent_mean")),
                           all = principal_axes(encode_all(model, data.train).mu, 2).mean;
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(mean[i] == Approx(all[i]).margin(0.01));
    CHECK(mean[i] != all[i]);
  }
  CHECK(facts_of(model, data, 10000) == facts);
}

TEST_CASE("no labels, no anchors; no prior, no KL and no variance of q") {
  ImageData data{noise(50), noise(30)};
  Model model = *Model::load(sealed_file());
  data.train.labels.clear();
  auto facts = facts_of(model, data, 10000);
  CHECK(facts.size() == 5);
  for (const std::string& key : kAnchorKeys) CHECK(facts.count(key) == 0);

  ModelSpec spec = small_spec();
  spec.prior = Prior::kNone;
  Model autoencoder = *Model::load(sealed_file(spec));
  data = {noise(10), noise(30)};  // one image of each label
  facts = facts_of(autoencoder, data, 10000);
  CHECK(facts.count("test_kl_per_dimension") == 0);
  CHECK(floats(facts.at("anchor_std")) == std::vector<float>(20, 0.0f));
}

TEST_CASE("what a header cannot take is left out whole, and the file stays readable") {
  Model model = *Model::load(sealed_file());
  CHECK(facts_of(model, {noise(50), noise(30)}, 0).empty());
  const ImageData data{noise(50), noise(30)};
  const auto check = [&](int latent, bool kl, bool anchors, bool axes) {
    CAPTURE(latent);
    const ModelSpec spec = mlp({1, 4, 4}, 5, latent);
    const std::vector<NamedTensor> tensors = random_tensors(spec);
    Metadata metadata = sealed_metadata(spec, tensors);
    const std::vector<std::byte> bare = write_weights(metadata, tensors);
    Model wide = *Model::load(bare);
    const Metadata facts = aggregate_facts(wide, data, Pixels::kGray, header_room(bare));
    metadata.insert(metadata.end(), facts.begin(), facts.end());
    const auto sealed = Model::load(write_weights(metadata, tensors));
    if (!sealed) FAIL(sealed.error().message);
    CHECK(sealed->fact("test_kl_per_dimension").empty() != kl);
    for (const std::string& key : kAnchorKeys) CHECK(sealed->fact(key).empty() != anchors);
    for (const std::string& key : kAxisKeys) CHECK(sealed->fact(key).empty() != axes);
  };
  check(100, true, true, true);
  check(370, true, true, true);
  check(450, true, true, false);
  check(700, true, false, true);
  check(4096, true, false, false);
}
