#include "shared/math/prior.hpp"

#include <cmath>

#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/latent_statistics.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;

namespace {

using Values = std::vector<float>;

/// Two components on a line: 1/4 at -1 with standard deviation 1/2, 3/4 at 2 with 2.
const Mixture kPair{{-1, 2}, {std::log(0.25f), std::log(4.0f)}, {0.25f, 0.75f}};

ModelSpec mixture_spec(int components) {
  ModelSpec spec = testing::small_spec();
  spec.prior = Prior::kMixture;
  spec.components = components;
  return spec;
}

/// A small model whose prior's components lie at (10, 0), (20, 0), ... with labels.
Model model_with_labels(const std::string& labels) {
  const ModelSpec spec = mixture_spec(3);
  auto tensors = testing::random_tensors(spec);
  for (NamedTensor& t : tensors) {
    if (t.name == "prior.mean") t.values = {10, 0, 20, 0, 30, 0};
    if (t.name == "prior.log_var") t.values = {0, 0, 0, 0, 0, 0};
    if (t.name == "prior.logit") t.values = {5, 5, 5};
  }
  Metadata metadata = testing::sealed_metadata(spec, tensors);
  metadata.emplace_back("anchor_labels", "3 7");
  metadata.emplace_back("anchor_mean", encode_floats(Values{1, 1, 2, 2}));
  metadata.emplace_back("anchor_std", encode_floats(Values{1, 1, 1, 1}));
  metadata.emplace_back("component_labels", labels);
  auto model = Model::load(write_weights(metadata, tensors));
  REQUIRE(model);
  return std::move(*model);
}

}  // namespace

TEST_CASE("a mixture's density is one, and that of a single standard component N(0, I)'s") {
  double integral = 0, mean = 0;
  for (double z = -20; z < 20; z += 0.01) {
    const double p = std::exp(log_density(kPair, Values{static_cast<float>(z)}));
    integral += 0.01 * p;
    mean += 0.01 * p * z;
  }
  CHECK(integral == Approx(1).epsilon(1e-4));
  CHECK(mean == Approx(-0.25 + 1.5).epsilon(1e-3));
  const Mixture standard{{0, 0, 0}, {0, 0, 0}, {1}};
  const Values z{0.3f, -2, 1};
  CHECK(log_density(standard, z) == Approx(log_standard_normal(z)));
  CHECK(log_standard_normal(z) ==
        Approx(-1.5 * std::log(2 * 3.14159265358979) - (0.09 + 4 + 1) / 2).epsilon(1e-6));
  CHECK(log_density(kPair, Values{1e4f}) < -1e6);  // far away it underflows to nothing, not to NaN
}

TEST_CASE("draws have the mixture's moments, temperature spreads them, and components can be chosen") {
  Rng rng(1, Stream::kSample);
  double sum = 0, squares = 0, chosen = 0;
  constexpr int kDraws = 40000;
  for (int i = 0; i < kDraws; ++i) {
    const double z = sample(kPair, rng)[0];
    sum += z / kDraws;
    squares += z * z / kDraws;
    chosen += double{sample(kPair, rng, 1, "3-", 3)[0]} / kDraws;
  }
  CHECK(sum == Approx(1.25).margin(0.05));
  CHECK(squares == Approx(0.25 * (1 + 0.25) + 0.75 * (4 + 4)).margin(0.15));
  CHECK(chosen == Approx(-1).margin(0.02));
  CHECK(moments(kPair).mean[0] == Approx(1.25));
  CHECK(moments(kPair).variance[0] == Approx(0.25 * (1 + 0.25) + 0.75 * (4 + 4) - 1.25 * 1.25));
  const float z = sample(kPair, rng, 0)[0];
  CHECK((z == -1 || z == 2));
}

TEST_CASE("KL to a mixture of one component is the closed form, whatever is drawn") {
  const Mixture standard{{0, 0}, {0, 0}, {1}};
  const Values mu{0.5f, -1}, log_var{-1, -3};
  for (const std::uint64_t seed : {1u, 2u}) {
    CHECK(kl_divergence(standard, mu, log_var, 1, seed) == Approx(kl_divergence(mu, log_var)).epsilon(1e-6));
  }
}

TEST_CASE("a label's draws choose among its components by their weights, label 0's too") {
  const Mixture trio{{1, 2, 3}, {0, 0, 0}, {0.2f, 0.6f, 0.2f}};
  Rng rng(1, Stream::kSample);
  int first = 0;
  for (int i = 0; i < 10000; ++i) {
    const float z = sample(trio, rng, 0, "00-", 0)[0];
    REQUIRE(z < 3);
    first += z == 1 ? 1 : 0;
  }
  CHECK(first == Approx(2500).margin(200));
  for (const int label : {0, 3}) CHECK(sample(trio, rng, 1, "03", label).empty());  // a label is missing
}

TEST_CASE("an estimate of KL to a mixture takes the draws of its seed, and no more") {
  const Values mu{0.3f}, log_var{std::log(0.36f)};
  double share[2], bound = 0, rest = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    const Values away{(mu[0] - kPair.mean[k]) / std::exp(kPair.log_var[k] / 2)},
        spread{log_var[0] - kPair.log_var[k]};
    share[k] = kl_divergence(away, spread) - std::log(kPair.weight[k]);
  }
  const double one = 1 / (1 + std::exp(share[0] - share[1])), shares[2] = {one, 1 - one};
  Rng rng(5, Stream::kEvaluation);
  const Values z{mu[0] + 0.6f * rng.normal()};
  for (std::size_t k = 0; k < 2; ++k) {
    bound += shares[k] * share[k];
    rest += shares[k] * (std::log(kPair.weight[k]) + log_normal(z[0], kPair.mean[k], kPair.log_var[k]));
  }
  CHECK(kl_divergence(kPair, mu, log_var, 1, 5) == Approx(bound + rest - log_density(kPair, z)));
}

TEST_CASE("KL to a mixture is its integral") {
  const Mixture with_none{{-1, 2, 7}, {std::log(0.25f), std::log(4.0f), 0}, {0.25f, 0.75f, 0}};
  const Values mu{0.3f}, log_var{std::log(0.36f)};
  double integral = 0;
  for (double z = -6; z < 6; z += 0.001) {
    const auto at = static_cast<float>(z);
    const double log_q = log_normal(at, mu[0], log_var[0]);
    integral += 0.001 * std::exp(log_q) * (log_q - log_density(kPair, Values{at}));
  }
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    CHECK(kl_divergence(kPair, mu, log_var, 20000, seed) == Approx(integral).margin(0.01));
    CHECK(kl_divergence(with_none, mu, log_var, 20000, seed) == Approx(integral).margin(0.01));
  }
}

TEST_CASE("a model with a mixture draws from it, and from the components of a label") {
  const Model model = model_with_labels("37-");
  REQUIRE(model.mixture() != nullptr);
  CHECK(model.mixture()->weight[1] == Approx(1.0 / 3));  // normalized
  CHECK(model.log_prior(Values{20, 0}) == Approx(std::log(1.0 / 3) - std::log(2 * 3.14159265358979)));
  CHECK(model.sample_prior(5, 2) == model.sample_prior(5, 2));
  CHECK(model.sample_prior(5, 2) != model.sample_prior(5, 3));
  const auto anchors = read_anchors(model);
  REQUIRE(anchors);
  CHECK(anchors->component_labels == "37-");
  CHECK(sample_class(*anchors, 7, 1, 1, 0, model.mixture()) == Values{20, 0});
  CHECK(sample_class(*anchors, 3, 1, 1, 0, model.mixture()) == Values{10, 0});
  CHECK(sample_class(*anchors, 4, 1, 1, 0, model.mixture()).empty());
  CHECK(sample_sheet(model, anchors, 7, 1, 1, 0.5f) ==
        sample_class(*anchors, 7, 1, 1, 0.5f, model.mixture()));
  CHECK(sample_sheet(model, anchors, 4, 1, 1) == model.sample_prior(1, 1));
  CHECK(sample_sheet(model, anchors, -1, 1, 1, 0.5f) == model.sample_prior(1, 1, 0.5f));
  CHECK(sample_sheet(model, std::nullopt, 7, 1, 1) == model.sample_prior(1, 1));
  // Labels that do not fit the mixture are none: the anchors' Gaussians serve.
  const Model without = model_with_labels("37");
  CHECK(sample_class(*read_anchors(without), 7, 1, 1, 0, without.mixture()) == Values{2, 2});
}

TEST_CASE("a prior whose numbers cannot be drawn from is refused") {
  const ModelSpec spec = mixture_spec(2);
  for (const float bad : {NAN, INFINITY, 51.0f, -1e30f}) {
    auto tensors = testing::random_tensors(spec);
    const Metadata metadata = testing::sealed_metadata(spec, tensors);
    REQUIRE(Model::load(write_weights(metadata, tensors)));
    for (NamedTensor& t : tensors) {
      if (t.name == "prior.log_var") t.values[1] = bad;
    }
    const auto model = Model::load(write_weights(metadata, tensors));
    REQUIRE_FALSE(model);
    CHECK(model.error().code == ErrorCode::kNonfinite);
  }
  ModelSpec vast = mlp();
  vast.prior = Prior::kMixture;
  vast.latent = vast.components = 4096;
  CHECK(check(vast) == "the prior has too many components");
}

TEST_CASE("without a mixture the prior is N(0, I), scaled by temperature") {
  const auto model = Model::load(testing::sealed_file());
  REQUIRE(model);
  CHECK(model->mixture() == nullptr);
  CHECK(model->sample_prior(4, 9) == sample_prior(2, 4, 9));
  const Values z = sample_prior(2, 4, 9);
  CHECK(model->sample_prior(4, 9, 0.5f) == Values{z[0] * 0.5f, z[1] * 0.5f});
}

TEST_CASE("a skip adds what went in some layers before") {
  const LayerList layers{Linear{2, 2}, Activation{ActivationKind::kRelu}, Skip{2},
                         Activation{ActivationKind::kTanh}, Skip{1}};
  const Values weight{1, 3, 2, 4} /* (in, out): y = (x0 + 2 x1, 3 x0 + 4 x1) */, bias{-1, -100};
  std::vector<LayerParameters> parameters(5);
  parameters[0].weight = weight.data();
  parameters[0].bias = bias.data();
  const Sequential network(layers, {2, 1, 1}, parameters);
  const Values x{1, 2, -3, 0.5f};  // two samples
  Values y(4);
  REQUIRE(network.run(x, y));
  const auto twice = [](float v) { return v + std::tanh(v); };
  CHECK(y[0] == Approx(twice(1 + (1 + 2 * 2 - 1))));
  CHECK(y[1] == Approx(twice(2)));  // 2 + 8 - 100 is cut off
  CHECK(y[2] == Approx(twice(-3)));
  CHECK(y[3] == Approx(twice(0.5f)));
}

TEST_CASE("skips that do not fit are refused") {
  const auto problem = [](const LayerList& decoder) {
    ModelSpec spec = mlp();
    spec.decoder = decoder;
    return check(spec);
  };
  CHECK(problem({Linear{20, 784}, kRelu, Skip{1}}).empty());
  CHECK(problem({Linear{20, 784}, Skip{1}}).find("decoder layer 1 (skip:1) does not") ==
        0);  // 20 and 784 numbers
  CHECK(problem({Linear{20, 784}, Skip{2}}).find("decoder layer 1 (skip:2) does not") ==
        0);  // before the first
  CHECK(
      problem({Linear{20, 784}, kRelu, Skip{1}, kRelu, Skip{2}}).find("decoder layer 4 (skip:2) does not") ==
      0);
  CHECK(first_mismatch({kRelu, Skip{0}}, {3, 1, 1}) == 1);
  CHECK(output_shape(LayerList{Linear{3, 4}, Skip{1}}, {3, 1, 1}) == std::nullopt);
}

TEST_CASE("our residual network: its line, its size, a third of a megabyte in int8") {
  const ModelSpec spec = resnet();
  CHECK(check(spec).empty());
  const auto back = parse_model_spec(to_string(spec));
  REQUIRE(back);
  CHECK(*back == spec);
  CHECK(to_string(spec).find(" prior=mixture:100 ") != std::string::npos);
  std::int64_t numbers = 0;
  for (const ParameterSpec& p : parameters(spec)) numbers += p.shape.count();
  CHECK(numbers == 292453);
  const std::vector<ParameterSpec> decoder = decoder_parameters(spec);
  CHECK(decoder.back().name == "prior.logit");
  for (const char* prior : {"mixture", "mixture:0", "mixture:99999", "normal:3", "mixture:4:4"}) {
    std::string line = to_string(mlp());
    line.replace(line.find("prior=normal"), 12, std::string("prior=") + prior);
    CAPTURE(line);
    CHECK_FALSE(parse_model_spec(line));
  }
}
