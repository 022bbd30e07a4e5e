// What the views "Draw" and "Inside" say in nats, and of a model's layers.
#include "web/lab/state/encoding_cost.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include "shared/file/digits_file.hpp"
#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"
#include "web/lab/state/model_graph.hpp"

using namespace lab;

namespace {

std::vector<std::byte> read_asset(const std::string& name) {
  std::FILE* const file = std::fopen((ASSETS "/" + name).c_str(), "rb");
  REQUIRE(file != nullptr);
  std::vector<std::byte> bytes(std::size_t{2} << 20);
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  std::fclose(file);
  return bytes;
}

/// A dense layer of the file in double precision, without the core's interpreter.
std::vector<double> dense(const vae::WeightsView& file, const std::string& name,
                          const std::vector<double>& x) {
  const auto values = [&](const std::string& part, std::size_t count) {
    std::vector<float> floats(count);
    REQUIRE(vae::dequantize(*file.find(name + part), file.find(name + part + "_scale"), floats));
    return floats;
  };
  const auto out = static_cast<std::size_t>(file.find(name + ".bias")->shape.size[0]);
  const std::vector<float> weight = values(".weight", out * x.size()), bias = values(".bias", out);
  std::vector<double> y(bias.begin(), bias.end());
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < x.size(); ++i) y[o] += double{weight[o * x.size() + i]} * x[i];
  }
  return y;
}

std::vector<double> relu(std::vector<double> x) {
  for (double& value : x) value = std::max(value, 0.0);
  return x;
}

/// Reconstruction and KL of a 784-400-20-400-784 Bernoulli VAE, as in Kingma and Welling 2013, appendix B.
Nats by_hand(const vae::WeightsView& file, std::span<const float> pixels, const std::vector<float>& epsilon) {
  const std::vector<double> x(pixels.begin(), pixels.end()), features = relu(dense(file, "encoder.0", x));
  const std::vector<double> mu = dense(file, "mu", features), log_var = dense(file, "log_var", features);
  std::vector<double> z = mu;
  Nats nats;
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (!epsilon.empty()) z[j] += std::exp(log_var[j] / 2) * double{epsilon[j]};
    nats.kl -= 0.5 * (1 + log_var[j] - mu[j] * mu[j] - std::exp(log_var[j]));
  }
  const std::vector<double> logits = dense(file, "decoder.2", relu(dense(file, "decoder.0", z)));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = 1 / (1 + std::exp(-logits[i]));
    nats.reconstruction -= x[i] * std::log(p) + (1 - x[i]) * std::log1p(-p);
  }
  return nats;
}

/// A small model with this likelihood and prior.
vae::Model small_model(vae::Likelihood likelihood, vae::Prior prior) {
  vae::ModelSpec spec = vae::with_likelihood(vae::mlp({1, 28, 28}, 8, 3), likelihood);
  spec.prior = prior;
  const auto tensors = vae::testing::random_tensors(spec);
  const std::vector<float> z{1, 0, -1};
  std::vector<float> image = vae::testing::golden_image(tensors, z);
  auto model = vae::Model::load(vae::write_weights({{"model", vae::to_string(spec)},
                                                    {"golden_z", vae::encode_floats(z)},
                                                    {"golden_x", vae::encode_floats(image)}},
                                                   tensors));
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

Encoded encode(vae::Model& model, std::span<const float> pixels, int index = 0) {
  auto posterior = model.encode(pixels);
  REQUIRE(posterior);
  return {1, {pixels.begin(), pixels.end()}, index, posterior->mu, posterior->log_var};
}

}  // namespace

TEST_CASE("real digits cost what the formulas say, at mu and at the same epsilon") {
  const auto bytes = read_asset("mlp.bin"), digit_bytes = read_asset("digits.bin");
  const auto file = vae::read_weights(bytes);
  auto model = vae::Model::load(bytes);
  const auto digits = vae::read_digits(digit_bytes);
  REQUIRE(file);
  REQUIRE(model);
  REQUIRE(digits);
  int threes = 0;
  for (int i = 0; i < digits->count() && threes < 3; ++i) {
    if (digits->labels[static_cast<std::size_t>(i)] != 3) continue;
    ++threes;
    const int index = digits->indices[static_cast<std::size_t>(i)];
    const Encoded encoded = encode(*model, digits->at(i), index);
    for (const std::uint32_t seed : {1u, 7u}) {
      const std::vector<float> epsilon = vae::evaluation_noise(model->latent(), index, seed);
      const auto sampled = nats_of(*model, encoded, code_of(*model, encoded, true, seed));
      const Nats expected = by_hand(*file, digits->at(i), epsilon);
      REQUIRE(sampled);
      CHECK(sampled->reconstruction == Approx(expected.reconstruction).margin(0.01));
      CHECK(sampled->kl == Approx(expected.kl).margin(0.01));
      CHECK(sampled->total() == Approx(expected.total()).margin(0.02));
    }
    const auto at_mu = nats_of(*model, encoded, code_of(*model, encoded, false, 1));
    REQUIRE(at_mu);
    CHECK(at_mu->reconstruction == Approx(by_hand(*file, digits->at(i), {}).reconstruction).margin(0.01));
  }
  CHECK(threes == 3);
}

TEST_CASE("the 200 digits, black or white, cost on average about what the trainer found for the test set") {
  auto model = vae::Model::load(read_asset("weights.bin"));
  const auto digits = vae::read_digits(read_asset("digits.bin"));
  REQUIRE(model);
  REQUIRE(digits);
  double total = 0;
  for (int i = 0; i < digits->count(); ++i) {
    const int index = digits->indices[static_cast<std::size_t>(i)];
    const auto pixels =
        vae::as_pixels(vae::trained_pixels(*model), digits->at(i), vae::kTestPixelSeed, index);
    const Encoded encoded = encode(*model, pixels, index);
    const auto nats = nats_of(*model, encoded, code_of(*model, encoded, true, 1));
    REQUIRE(nats);
    total += nats->total();
  }
  const double trained = std::stod(std::string(model->metadata("test_neg_elbo")));
  CHECK(total / digits->count() == Approx(trained).margin(4));  // two standard errors of 200 digits
}

TEST_CASE("the KL under the default's mixture is right within 0.05 nats") {
  auto model = vae::Model::load(read_asset("weights.bin"));
  const auto digits = vae::read_digits(read_asset("digits.bin"));
  REQUIRE(model);
  REQUIRE(digits);
  for (int i = 0; i < digits->count(); i += 20) {
    const Encoded encoded = encode(*model, digits->at(i));
    const auto nats = nats_of(*model, encoded, encoded.mu);
    REQUIRE(nats);
    const double exact = vae::kl_divergence(*model->mixture(), encoded.mu, encoded.log_var, 20000, 99);
    CHECK(nats->kl == Approx(exact).margin(0.15));  // three standard errors
  }
}

TEST_CASE("a model without a prior draws nothing and has no KL") {
  vae::Model model = small_model(vae::Likelihood::kBernoulli, vae::Prior::kNone);
  const Encoded encoded = encode(model, std::vector<float>(784, 0.5f));
  CHECK(code_of(model, encoded, true, 3) == encoded.mu);
  const auto nats = nats_of(model, encoded, encoded.mu);
  REQUIRE(nats);
  CHECK(nats->kl == 0);
  CHECK(nats->reconstruction > 0);
}

TEST_CASE("z is drawn with the noise of its seed") {
  vae::Model model = small_model(vae::Likelihood::kBernoulli, vae::Prior::kNormal);
  const Encoded encoded = encode(model, std::vector<float>(784, 0.25f));
  const std::vector<float> z = code_of(model, encoded, true, 3), epsilon = vae::evaluation_noise(3, 0, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(z[i] == Approx(encoded.mu[i] + std::exp(encoded.log_var[i] / 2) * epsilon[i]).margin(1e-5));
  }
  CHECK(code_of(model, encoded, true, 4) != z);
  CHECK(code_of(model, encoded, false, 3) == encoded.mu);
}

TEST_CASE("a model's nodes hold all its layers and all its parameters") {
  const vae::ModelSpec specs[] = {
      vae::mlp(),     vae::aevb(),   vae::iwae(),
      vae::tf_conv(), vae::resnet(), vae::with_likelihood(vae::aevb(), vae::Likelihood::kGaussian)};
  for (const vae::ModelSpec& spec : specs) {
    const std::vector<Node> nodes = nodes_of(spec);
    std::int64_t ours = 0, all = 0;
    for (const Node& node : nodes) ours += node.parameters;
    for (const vae::ParameterSpec& parameter : vae::parameters(spec)) all += parameter.shape.count();
    CHECK(ours == all);
    CHECK(static_cast<int>(nodes.size()) == spec.encoder.size() + spec.decoder.size() + 4);
    CHECK(nodes.front().part == Node::kImage);
    CHECK(nodes.back().part == Node::kDrawn);
  }
}

TEST_CASE("a node's numbers are as many as its shape says") {
  vae::Model model = small_model(vae::Likelihood::kBernoulli, vae::Prior::kNormal);
  const std::vector<float> x(784, 0.5f), z{1, 2, 3};
  const auto trace = model.trace(x, z);
  REQUIRE(trace);
  for (const Node& node : nodes_of(model.spec())) {
    const auto values = values_of(node, *trace, x, z);
    CHECK(static_cast<std::int64_t>(values.size()) == (node.part == Node::kDrawn ? 0 : node.out.size()));
  }
  for (const Node& node : nodes_of(model.spec())) {  // before anything was traced
    const bool given = node.part == Node::kImage || node.part == Node::kCode;
    CHECK(values_of(node, {}, x, z).empty() == !given);
  }
}
