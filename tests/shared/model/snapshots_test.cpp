#include "shared/model/snapshots.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/snapshot_files.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

Snapshots load(std::vector<std::byte> bytes) {
  auto snapshots = Snapshots::load(std::move(bytes));
  if (!snapshots) FAIL(snapshots.error().message);
  return std::move(*snapshots);
}

/// The code with which a file is refused after `change(parts)`, or "" if it loads.
template <class Change>
std::string refused(Change change) {
  SnapshotParts parts = snapshot_parts();
  change(parts);
  const auto snapshots = Snapshots::load(parts.file());
  return snapshots ? "" : std::string(code_name(snapshots.error().code));
}

std::string refused_with(const std::string& key, const std::string& value) {
  return refused([&](SnapshotParts& parts) {
    for (auto& [k, v] : parts.metadata) {
      if (k == key) v = value;
    }
  });
}

std::string floats(std::vector<float> values) { return encode_floats(values); }

}  // namespace

TEST_CASE("snapshots know their model, steps and losses") {
  const Snapshots s = load(snapshot_parts().file());
  CHECK(s.spec() == small_spec());
  CHECK(s.latent() == 2);
  REQUIRE(s.count() == 3);
  CHECK(s.step(0) == 0);
  CHECK(s.step(2) == 40);
  CHECK(s.reconstruction(1) == 99);
  CHECK(s.kl(2) == 2);
}

TEST_CASE("every snapshot draws what a model of the same weights draws, in any order and after a move") {
  const ModelSpec spec = small_spec();
  Snapshots loaded = load(snapshot_parts(spec, Dtype::kF32).file());
  Snapshots s = std::move(loaded);
  const std::vector<float> z = sample_prior_sheet(2, 7, 5);
  for (int k : {0, 1, 2, 0, 2, 2, 1, 0}) {
    auto model = Model::load(sealed_file(spec, static_cast<std::uint64_t>(k) + 1));
    REQUIRE(model);
    CHECK(*s.decode(k, z) == *model->decode(z));
  }
}

TEST_CASE("snapshots in half precision draw nearly the same") {
  Snapshots exact = load(snapshot_parts(small_spec(), Dtype::kF32).file()),
            half = load(snapshot_parts().file());
  const std::vector<float> z{0.3f, -0.7f}, expected = *exact.decode(1, z), drawn = *half.decode(1, z);
  CHECK(drawn != expected);
  for (std::size_t i = 0; i < drawn.size(); ++i) CHECK(drawn[i] == Approx(expected[i]).margin(1e-3));
}

TEST_CASE("snapshots of a Gaussian decoder draw its means") {
  const ModelSpec spec = with_likelihood(small_spec(), Likelihood::kGaussian);
  Snapshots s = load(snapshot_parts(spec).file());
  const std::vector<float> image = *s.decode(0, std::vector<float>{1, -1});
  REQUIRE(image.size() == 16);
  CHECK(std::all_of(image.begin(), image.end(), [](float x) { return x > 0 && x < 1; }));
}

TEST_CASE("bad latents and snapshots that are not there are errors") {
  Snapshots s = load(snapshot_parts().file());
  const std::vector<float> z{1, 2};
  CHECK(s.decode(-1, z).error().code == ErrorCode::kShape);
  CHECK(s.decode(3, z).error().code == ErrorCode::kShape);
  CHECK(s.decode(0, std::vector<float>{1}).error().code == ErrorCode::kShape);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(s.decode(0, std::vector<float>{1, nan}).error().code == ErrorCode::kNonfinite);
  CHECK(s.decode(0, {})->empty());
}

TEST_CASE("a decoder with a weight that is not finite is an error, the others draw") {
  SnapshotParts parts = snapshot_parts();
  parts.tensors.back().values.back() = std::numeric_limits<float>::infinity();
  Snapshots s = load(parts.file());
  const std::vector<float> z{1, 2};
  for (int i = 0; i < 2; ++i) {
    CHECK(s.decode(2, z).error().code == ErrorCode::kNonfinite);
    CHECK(s.decode(1, z));
  }
}

TEST_CASE("snapshots whose metadata do not fit are refused") {
  CHECK(refused([](SnapshotParts&) {}) == "");
  CHECK(refused_with("model", "hello world") == "model");
  CHECK(refused_with("model", to_string(small_spec(6))) == "names");
  for (const char* steps : {"", " ", "0 1", "0 1 2 3", "0 1 1", "0 2 1", "-1 0 1", "0 1 x", "0 1 40 ",
                            " 0 1 40", "0  1 40", "0,1,40", "0 1 9223372036854775808", "0 1 4.5"}) {
    CAPTURE(steps);
    CHECK(refused_with("snapshot_steps", steps) == "shape");
  }
  CHECK(refused_with("snapshot_steps", "0 1 9223372036854775807") == "");
  for (const char* key : {"snapshot_reconstruction", "snapshot_kl"}) {
    CHECK(refused_with(key, "") == "shape");
    CHECK(refused_with(key, "!!!!") == "shape");
    CHECK(refused_with(key, floats({1, 2})) == "shape");
    CHECK(refused_with(key, floats({1, 2, 3, 4})) == "shape");
    CHECK(refused_with(key, floats({1, 2, std::numeric_limits<float>::quiet_NaN()})) == "nonfinite");
    CHECK(refused_with(key, floats({1, std::numeric_limits<float>::infinity(), 3})) == "nonfinite");
  }
}

TEST_CASE("snapshots whose tensors do not fit are refused") {
  CHECK(refused([](SnapshotParts& p) { p.tensors.pop_back(); }) == "names");
  CHECK(refused([](SnapshotParts& p) { p.tensors.clear(); }) == "names");
  CHECK(refused([](SnapshotParts& p) { p.tensors.push_back({"x", {1, {1}}, {1}}); }) == "names");
  CHECK(refused([](SnapshotParts& p) { p.tensors[4].name = "3.decoder.0.weight"; }) == "names");
  CHECK(refused([](SnapshotParts& p) { p.tensors[0].name = "00.decoder.0.weight"; }) == "names");
  CHECK(refused([](SnapshotParts& p) {
          std::swap(p.tensors[4].shape.size[0], p.tensors[4].shape.size[1]);
        }) == "names");
  CHECK(Snapshots::load(sealed_file()).error().code == ErrorCode::kNotWeights);
}

TEST_CASE("every flipped bit and every truncation of snapshots is refused") {
  const std::vector<std::byte> good = snapshot_parts().file();
  std::vector<std::byte> bad = good;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    bad[bit / 8] ^= std::byte{1} << (bit % 8);
    if (Snapshots::load(bad)) FAIL("bit " << bit << " was not noticed");
    bad[bit / 8] = good[bit / 8];
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto all = Snapshots::load({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)});
    if (all || all.error().code != ErrorCode::kTruncated) FAIL(length << " bytes were not noticed");
  }
}
