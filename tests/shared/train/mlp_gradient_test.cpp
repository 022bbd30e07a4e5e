// The derivative against differences of the loss. (tests/native/train holds it to LibTorch's autograd.)
#include "shared/train/mlp_gradient.hpp"

#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/train/initialize.hpp"
#include "shared/train/loops.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

ModelSpec network(ActivationKind kind, Likelihood likelihood, Prior prior) {
  ModelSpec spec;
  spec.name = "small";
  spec.image = {1, 2, 3};
  spec.latent = 2;
  const Activation activation{kind, kind == ActivationKind::kLeakyRelu ? 0.3f : 0};
  spec.encoder = {Linear{6, 5}, activation, Linear{5, 4}, activation};
  spec.decoder = {Linear{2, 5}, activation, Linear{5, 6}};
  spec.likelihood = likelihood;
  spec.prior = prior;
  return spec;
}

}  // namespace

TEST_CASE("the gradient is what differences of the loss say, for every parameter") {
  constexpr int kRows = 4, kSamples = 2;
  constexpr double kBeta = 1.5;
  const Penalty penalty{0.3, 0.2};
  Rng rng(3, Stream::kSample);
  std::vector<float> x(kRows * 6), epsilon(kSamples * kRows * 2);
  for (float& p : x) p = static_cast<float>(rng.uniform());
  for (float& e : epsilon) e = rng.normal();
  const BatchView batch{kRows, kSamples, x.data(), epsilon.data(), kRows * 2};
  for (const ActivationKind kind : kValuesOf<ActivationKind>) {
    if (!differentiable_from_output({kind, 0})) continue;
    INFO(name_of(kind));
    for (const auto likelihood : {Likelihood::kBernoulli, Likelihood::kSquaredError}) {
      for (const auto prior : {Prior::kNormal, Prior::kNone}) {
        const ModelSpec spec = network(kind, likelihood, prior);
        TrainConfig config;
        config.samples = kSamples;
        if (prior == Prior::kNone) config.objective = Objective::kAutoencoder;
        REQUIRE(MlpGradient::covers(spec, config));
        std::vector<std::vector<float>> values = initial_parameters(spec, 1);
        std::vector<const float*> places;
        for (const auto& numbers : values) places.push_back(numbers.data());
        EigenBackend backend;
        auto step = MlpGradient::make(spec, config, places, kRows, backend);
        REQUIRE(step);
        const auto loss = [&] { return step->evaluate(batch, kBeta).loss / kRows; };
        step->differentiate(batch, kBeta, 1.0 / kRows, {});
        const std::vector<float*> without = step->gradient();
        std::vector<std::vector<float>> gradient;
        for (std::size_t i = 0; i < values.size(); ++i) {
          gradient.emplace_back();
          if (without[i] != nullptr) gradient[i].assign(without[i], without[i] + values[i].size());
        }
        CHECK(gradient[6].empty() == (prior == Prior::kNone));  // log_var.weight
        for (std::size_t i = 0; i < values.size(); ++i) {
          for (std::size_t j = 0; j < values[i].size(); ++j) {
            float& w = values[i][j];
            const float before = w;
            constexpr float kStep = 0.01f;
            w = before + kStep;
            const double above = loss();
            w = before - kStep;
            const double below = loss();
            w = before;
            const double expected = gradient[i].empty() ? 0 : gradient[i][j];
            INFO("parameter " << i << ", number " << j);
            CHECK((above - below) / (2 * double{kStep}) == Approx(expected).epsilon(0.01).margin(2e-3));
          }
        }
        step->differentiate(batch, kBeta, 1.0 / kRows, penalty);
        for (std::size_t i = 0; i < values.size(); ++i) {
          const double weight = i % 2 == 0 ? penalty.weights : penalty.biases;
          for (std::size_t j = 0; j < values[i].size(); ++j) {
            const double expected = (gradient[i].empty() ? 0 : gradient[i][j]) + weight * values[i][j];
            CHECK(step->gradient()[i][j] == Approx(expected).epsilon(1e-5).margin(1e-6));
          }
        }
      }
    }
  }
}

TEST_CASE("what the gradient by hand does not know, it does not cover") {
  const ModelSpec spec = mlp({1, 6, 6}, 8, 2);
  const auto covers = [](const ModelSpec& s, auto change) {
    TrainConfig c;
    change(c);
    return MlpGradient::covers(s, c);
  };
  const auto nothing = [](TrainConfig&) {};
  CHECK(covers(spec, nothing));
  CHECK_FALSE(covers(with_dropout(spec, 0.1f), nothing));
  CHECK_FALSE(covers(with_likelihood(spec, Likelihood::kGaussian), nothing));
  CHECK_FALSE(covers(spec, [](TrainConfig& c) { c.estimator = Estimator::kA; }));
  CHECK_FALSE(covers(spec, [](TrainConfig& c) { c.objective = Objective::kIwae; }));
  CHECK_FALSE(covers(spec, [](TrainConfig& c) { c.bf16 = true; }));
  CHECK_FALSE(covers(spec, [](TrainConfig& c) { c.free_bits = 0.1; }));
  CHECK_FALSE(covers(spec, [](TrainConfig& c) { c.sigma_head = SigmaHead::kLogSigma; }));
  CHECK_FALSE(covers(tf_conv(), nothing));
}
