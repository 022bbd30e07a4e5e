#include "shared/train/initialize.hpp"

#include <algorithm>
#include <cmath>

#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

float largest(const std::vector<float>& numbers) {
  float most = 0;
  for (const float x : numbers) most = std::max(most, std::fabs(x));
  return most;
}

}  // namespace

TEST_CASE("first parameters have the bounds of their kind, and belong to their seed") {
  const ModelSpec spec = mlp({1, 6, 6}, 100, 4);  // encoder.0: (100, 36) and (100)
  const auto drawn = initial_parameters(spec, 1);
  REQUIRE(drawn.size() == parameters(spec).size());
  for (std::size_t i = 0; i < drawn.size(); ++i)
    CHECK(static_cast<std::int64_t>(drawn[i].size()) == parameters(spec)[i].shape.count());
  CHECK(drawn == initial_parameters(spec, 1));
  CHECK(drawn != initial_parameters(spec, 2));
  CHECK(largest(drawn[0]) == Approx(1.0 / 6).epsilon(0.01));
  CHECK(largest(drawn[1]) == Approx(1.0 / 6).epsilon(0.1));
  const auto glorot = initial_parameters(spec, 1, Init::kGlorot);
  CHECK(largest(glorot[0]) == Approx(std::sqrt(6.0 / 136)).epsilon(0.01));
  CHECK(largest(glorot[1]) == 0);
  const auto truncated = initial_parameters(spec, 1, Init::kTruncatedNormal);
  CHECK(largest(truncated[0]) == Approx(0.002).epsilon(0.01));
  CHECK(largest(truncated[1]) == 0);
  CHECK(largest(initial_parameters(spec, 1, Init::kNormal)[1]) == Approx(0.025).epsilon(0.4));
}

TEST_CASE("without a prior log_var is -20; a mixture's components are spread as N(0, I) is") {
  ModelSpec spec = mlp({1, 6, 6}, 8, 4);
  spec.prior = Prior::kNone;
  const auto autoencoder = initial_parameters(spec, 1);
  CHECK(autoencoder[4] == std::vector<float>(32, 0));
  CHECK(autoencoder[5] == std::vector<float>(4, -20));
  spec.prior = Prior::kMixture;
  spec.components = 300;
  const auto mixture = initial_parameters(spec, 1);
  REQUIRE(mixture.size() == 13);
  double squares = 0;
  for (const float x : mixture[10]) squares += double{x} * x;
  CHECK(squares / 1200 == Approx(1).margin(0.15));
  CHECK(largest(mixture[11]) == 0);
  CHECK(largest(mixture[12]) == 0);
}

TEST_CASE("the output's biases can start at the log-odds of the images' mean") {
  const ModelSpec spec = mlp({1, 1, 3}, 4, 2);
  CHECK(output_bias(spec) == "decoder.2.bias");
  const std::vector<std::uint8_t> images = {0, 255, 51, 0, 255, 153};  // means 0, 1 and 0.4
  TrainConfig config;
  config.seed = 7;
  const auto drawn = first_parameters(spec, config, {images, 3});
  CHECK(drawn == initial_parameters(spec, 7));
  config.mean_bias = true;
  auto biased = first_parameters(spec, config, {images, 3});
  const std::vector<float> bias = biased.back();
  CHECK(bias[0] == Approx(std::log(0.001 / 0.999)));
  CHECK(bias[1] == Approx(std::log(0.999 / 0.001)));
  CHECK(bias[2] == Approx(std::log(0.4 / 0.6)));
  biased.back() = drawn.back();
  CHECK(biased == drawn);
  CHECK(output_bias(with_likelihood(spec, Likelihood::kSquaredError)).empty());
  CHECK(output_bias(resnet()).empty());
  CHECK(first_parameters(with_likelihood(spec, Likelihood::kSquaredError), config, {images, 3}).back() ==
        initial_parameters(with_likelihood(spec, Likelihood::kSquaredError), 7).back());
}
