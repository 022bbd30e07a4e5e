#include "shared/spec/model_line.hpp"

#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {
ModelSpec autoencoder() {
  ModelSpec spec = mlp();
  spec.prior = Prior::kNone;
  return spec;
}
ModelSpec every_activation() {
  ModelSpec spec = mlp();
  for (const ActivationKind kind : kValuesOf<ActivationKind>) {
    spec.encoder.push_back(Activation{kind, kind == ActivationKind::kLeakyRelu ? 0.25f : 0});
  }
  return spec;
}
}  // namespace

TEST_CASE("the model line and back") {
  for (const ModelSpec& spec :
       {mlp(), mlp({1, 14, 10}, 33, 3), aevb(2), aevb(20), with_likelihood(aevb(2), Likelihood::kGaussian),
        autoencoder(), iwae(), tf_conv(), every_activation()}) {
    const std::string line = to_string(spec);
    CAPTURE(line);
    const auto back = parse_model_spec(line);
    REQUIRE(back);
    CHECK(*back == spec);
    CHECK(to_string(*back) == line);
  }
  for (const Likelihood likelihood : kValuesOf<Likelihood>) {
    const ModelSpec spec = with_likelihood(mlp(), likelihood);
    const auto back = parse_model_spec(to_string(spec));
    REQUIRE(back);
    CHECK(*back == spec);
  }
  CHECK(to_string(mlp()) ==
        "mlp image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:400,relu "
        "decoder=linear:20:400,relu,linear:400:784");
}

TEST_CASE("bad model lines") {
  const char* tail =
      " likelihood=bernoulli prior=normal encoder=linear:784:400,relu decoder=linear:20:400,linear:400:784";
  const auto code_of = [](const std::string& line) {
    CAPTURE(line);
    const auto spec = parse_model_spec(line);
    REQUIRE_FALSE(spec);
    CHECK(spec.error().message.find('\n') == std::string::npos);
    return spec.error().code;
  };
  REQUIRE(parse_model_spec("x image=1x28x28 latent=20" + std::string(tail)));
  const std::string bad[] = {
      "",
      "x",
      "x image=1x28x28",
      "x image=1x28x28 latent=20 latent=20" + std::string(tail),
      "x image=1x28x28 latent=20 color=red" + std::string(tail),
      "x image=28x28 latent=20" + std::string(tail),
      "x image=1x28x28x1 latent=20" + std::string(tail),
      "x image=1x28x0 latent=20" + std::string(tail),
      "x image=1x28x28 latent=-20" + std::string(tail),
      "x image=1x28x28 latent=20.5" + std::string(tail),
      "x image=1x28x28 latent=99999999999" + std::string(tail),
      "x image=1x28x28 latent=21" + std::string(tail),
      "x image=1048576x1048576x1048576 latent=20" + std::string(tail),
      "x image=1x28x28 latent=20 likelihood=poisson prior=normal encoder=linear:784:4 decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=vamp encoder=linear:784:4 decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder= decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=lstm:784:4 decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784 decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4:4 "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4,relu:1 "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4,leaky_relu "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4,leaky_relu:x "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4,dropout:1 "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4,dropout:. "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=conv:1:4:3:1:0:0:0 "
      "decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal "
      "encoder=conv:1:4:3:0:0:0:0:0,reshape:2704x1x1 "
      "decoder=linear:20:784",
      // A transposed convolution of few weights that reads 16 thousand million numbers.
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4 "
      "decoder=reshape:20x1x1,conv_transpose:20:1:1024:1:498:498:498:498",
      // A kernel whose square overflows 32 bits, an image of gigapixels and hours of multiplications.
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal "
      "encoder=conv:1:1:1048576:1:524288:524288:524288:524288,reshape:841x1x1 decoder=linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4 "
      "decoder=reshape:20x1x1,conv_transpose:20:1048576:1024:1048576:0:0:0:0,linear:20:784",
      "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal "
      "encoder=conv:1:4096:29:1:14:14:14:14,conv:4096:4096:29:1:14:14:14:14,reshape:3211264x1x1 "
      "decoder=linear:20:784",
  };
  for (const std::string& line : bad) CHECK(code_of(line) == ErrorCode::kModel);
}

TEST_CASE("a key that is missing is named") {
  const std::string line = to_string(mlp());
  for (const std::string key : {"image", "latent", "likelihood", "prior", "encoder", "decoder"}) {
    const std::size_t at = line.find(' ' + key + '='), end = line.find(' ', at + 1);
    const auto spec = parse_model_spec(line.substr(0, at) + (end < line.size() ? line.substr(end) : ""));
    REQUIRE_FALSE(spec);
    CHECK(spec.error().message == "model line: \"" + key + "\" is missing");
  }
}

TEST_CASE("numbers from their least to 2^20, and slopes from 0 to below 10000") {
  const auto read = [](const std::string& prior, const std::string& hidden) {
    return parse_model_spec("x image=1x28x28 latent=1 likelihood=bernoulli prior=" + prior +
                            " encoder=linear:784:1 decoder=linear:1:" + hidden + ",linear:" + hidden +
                            ":784");
  };
  CHECK(read("normal", "1"));
  CHECK(read("normal", "1048576"));
  CHECK_FALSE(read("normal", "1048577"));
  CHECK_FALSE(read("normal", "0"));
  const auto with_slope = [](const std::string& slope) {
    return parse_model_spec("x image=1x1x1 latent=1 likelihood=bernoulli prior=normal encoder=leaky_relu:" +
                            slope + " decoder=linear:1:1");
  };
  for (const char* slope : {"0", "0.000001", "9999.5"}) CHECK(with_slope(slope));
  for (const char* slope : {"-0.5", "10000"}) CHECK_FALSE(with_slope(slope));
  REQUIRE(read("mixture:1", "1"));
  CHECK(read("mixture:1", "1")->components == 1);
}

TEST_CASE("more layers than a list holds are refused") {
  std::string line = "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4";
  for (int i = 0; i < LayerList::kCapacity; ++i) line += ",relu";
  const auto spec = parse_model_spec(line + " decoder=linear:20:784");
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message == "model line: more than 32 layers");
}
