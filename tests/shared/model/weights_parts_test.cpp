#include "shared/model/weights_parts.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "shared/base/encoding.hpp"
#include "shared/model/model.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

std::vector<std::byte> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

Model load(std::span<const std::byte> bytes) {
  auto model = Model::load(bytes);
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

WeightsParts split(std::span<const std::byte> bytes) {
  auto parts = split_weights(bytes);
  if (!parts) FAIL(parts.error().message);
  return std::move(*parts);
}

std::string code(const std::optional<Error>& error) {
  return error ? std::string(code_name(error->code)) : "none";
}

}  // namespace

TEST_CASE("the halves of a shipped model draw and encode as the whole does", "[parts]") {
  const std::string name = GENERATE("weights", "mlp", "tf-mlp", "aevb", "autoencoder", "tf-conv");
  CAPTURE(name);
  const std::vector<std::byte> file = read(std::string(ASSETS) + "/" + name + ".bin");
  const WeightsParts parts = split(file);
  CHECK(parts.decoder.size() + parts.encoder.size() < file.size() + 30000);

  Model whole = load(file), drawing = load(parts.decoder);
  CHECK(drawing.spec() == whole.spec());
  CHECK(drawing.metadata("anchor_mean") == whole.metadata("anchor_mean"));
  const std::vector<float> z = sample_prior_sheet(whole.latent(), 3, 2);
  const std::vector<float> images = *whole.decode(z), same = *drawing.decode(z);
  for (std::size_t i = 0; i < images.size(); ++i) REQUIRE(same[i] == Approx(images[i]).margin(1e-6));

  CHECK_FALSE(drawing.has_encoder());
  CHECK(drawing.encode(images).error().code == ErrorCode::kNames);
  CHECK(drawing.trace(std::span(images).first(784), {}).error().code == ErrorCode::kNames);
  REQUIRE(code(drawing.add_encoder(parts.encoder)) == "none");
  const Posterior q = *whole.encode(images), again = *drawing.encode(images);
  for (std::size_t i = 0; i < q.mu.size(); ++i) {
    REQUIRE(again.mu[i] == Approx(q.mu[i]).margin(1e-5));
    REQUIRE(again.log_var[i] == Approx(q.log_var[i]).margin(1e-5));
  }
}

TEST_CASE("only the encoder of the same file is taken, and a refused one changes nothing", "[parts]") {
  const std::vector<std::byte> file = sealed_file(), other = sealed_file(small_spec(), 2);
  const WeightsParts parts = split(file), others = split(other);
  Model model = load(parts.decoder);
  CHECK(code(model.add_encoder(others.encoder)) == "names");
  CHECK(code(model.add_encoder(parts.decoder)) == "names");
  CHECK(code(model.add_encoder(file)) == "names");
  CHECK(code(model.add_encoder({})) == "truncated");
  CHECK_FALSE(model.has_encoder());
  REQUIRE(code(model.add_encoder(parts.encoder)) == "none");
  const std::vector<float> image(16, 0.5f), before = model.encode(image)->mu;
  CHECK(code(model.add_encoder(others.encoder)) == "names");
  CHECK(model.encode(image)->mu == before);

  Model whole = load(file);
  CHECK(whole.has_encoder());
  CHECK(code(whole.add_encoder(parts.encoder)) == "names");  // it has one, of no part
  CHECK(Model::load(parts.encoder).error().code == ErrorCode::kNames);
  CHECK(split_weights(parts.decoder).error().code == ErrorCode::kNames);
}

TEST_CASE("any damaged byte of an encoder's file is refused", "[parts]") {
  const WeightsParts parts = split(sealed_file());
  Model model = load(parts.decoder);
  for (std::size_t i = 0; i < parts.encoder.size(); ++i) {
    std::vector<std::byte> damaged = parts.encoder;
    damaged[i] ^= std::byte{1};
    REQUIRE(model.add_encoder(damaged).has_value());
  }
  CHECK_FALSE(model.has_encoder());
}

TEST_CASE("an encoder whose golden sample is not its own is refused", "[parts]") {
  const WeightsParts parts = split(sealed_file());
  const auto view = read_weights(parts.encoder);
  Metadata metadata;
  for (const auto& [key, value] : view->metadata) {
    if (key == "format" || key == "version" || key == "crc32") continue;
    metadata.emplace_back(key, key == "golden_z" ? encode_floats(std::vector<float>{9, 9}) : value);
  }
  std::vector<NamedTensor> tensors;
  for (const NamedTensor& t : random_tensors(small_spec(), 1)) {
    if (view->find(t.name) != nullptr) tensors.push_back(t);
  }
  Model model = load(parts.decoder);
  CHECK(code(model.add_encoder(write_weights(metadata, tensors))) == "golden");
  CHECK_FALSE(model.has_encoder());
}
