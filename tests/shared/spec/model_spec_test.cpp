#include "shared/spec/model_spec.hpp"

#include "tests/catch.hpp"

using namespace vae;

namespace {
ModelSpec autoencoder() {
  ModelSpec spec = mlp();
  spec.prior = Prior::kNone;
  return spec;
}
std::int64_t count(const ModelSpec& spec, const std::string& prefix) {
  std::int64_t sum = 0;
  for (const ParameterSpec& p : parameters(spec)) {
    if (p.name.starts_with(prefix)) sum += p.shape.count();
  }
  return sum;
}
}  // namespace

TEST_CASE("the model line and back") {
  for (const ModelSpec& spec :
       {mlp(), mlp({1, 14, 10}, 33, 3), aevb(2), aevb(20), with_likelihood(aevb(2), Likelihood::kGaussian),
        autoencoder(), iwae(), tf_conv()}) {
    const std::string line = to_string(spec);
    CAPTURE(line);
    const auto back = parse_model_spec(line);
    REQUIRE(back);
    CHECK(*back == spec);
    CHECK(to_string(*back) == line);
  }
  CHECK(to_string(mlp()) ==
        "mlp image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:400,relu "
        "decoder=linear:20:400,relu,linear:400:784");
}

TEST_CASE("parameter counts of the presets") {
  CHECK(count(mlp(), "") == 652824);  // the PyTorch example's
  CHECK(count(mlp(), "decoder") == 322784);
  CHECK(count(tf_conv(), "decoder") == 9969009);  // of the published code
  CHECK(count(iwae(), "") == 784 * 200 + 200 + 200 * 200 + 200 + 2 * (200 * 50 + 50) +  // encoder and heads
                                 50 * 200 + 200 + 200 * 200 + 200 + 200 * 784 + 784);
  CHECK(count(aevb(2), "decoder") == 394284);
  CHECK(count(with_likelihood(aevb(2), Likelihood::kGaussian), "decoder_log_var") == 501 * 784);
}

TEST_CASE("parameters are named as in a PyTorch state_dict, in order") {
  const std::vector<ParameterSpec> p = parameters(mlp());
  const std::vector<std::string> names = {
      "encoder.0.weight", "encoder.0.bias",   "mu.weight",      "mu.bias",          "log_var.weight",
      "log_var.bias",     "decoder.0.weight", "decoder.0.bias", "decoder.2.weight", "decoder.2.bias"};
  REQUIRE(p.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(p[i].name == names[i]);
  CHECK(p[2].shape == Dims{2, {20, 400}});
  CHECK(parameters(tf_conv()).back().name == "decoder.14.bias");
}

TEST_CASE("another likelihood changes only the decoder's end") {
  CHECK(with_likelihood(mlp(), Likelihood::kBernoulli) == mlp());
  const ModelSpec squared = with_likelihood(mlp(), Likelihood::kSquaredError);
  CHECK(to_string(squared).find("decoder=linear:20:400,relu,linear:400:784,sigmoid") != std::string::npos);
  CHECK(with_likelihood(squared, Likelihood::kBernoulli) == mlp());
  CHECK(with_likelihood(tf_conv(), Likelihood::kSquaredError) == tf_conv());
}

TEST_CASE("dropout: every layer's rate, or new layers behind hidden activations") {
  CHECK(with_dropout(tf_conv(), 0.2f) == tf_conv());
  CHECK(to_string(with_dropout(tf_conv(), 0.5f)).find("dropout:0.2") == std::string::npos);
  CHECK(with_dropout(mlp(), 0) == mlp());
  const ModelSpec squared = with_dropout(with_likelihood(mlp(), Likelihood::kSquaredError), 0.1f);
  CHECK(to_string(squared).find("encoder=linear:784:400,relu,dropout:0.1 "
                                "decoder=linear:20:400,relu,dropout:0.1,linear:400:784,sigmoid") !=
        std::string::npos);
}

TEST_CASE("a Gaussian likelihood has a head beside the decoder's last linear layer") {
  ModelSpec spec = with_likelihood(aevb(2), Likelihood::kGaussian);
  CHECK(parameters(spec).back() == ParameterSpec{"decoder_log_var.bias", {1, {784}}});
  CHECK(outputs(spec) == 2 * 784);
  CHECK(outputs(aevb(2)) == 784);
  CHECK(log_var_decoder(spec) == aevb_decoder(784, 500, 2));  // without the sigmoid
  spec.decoder = {Reshape{{1, 28, 28}}};
  spec.latent = 784;
  CHECK(check(spec) == "a Gaussian likelihood needs a linear layer in the decoder");
  spec.decoder = {Linear{784, 392}, Reshape{{1, 14, 28}}, ConvTranspose2d{1, 2, 1, 1, {}}};
  CHECK(check(spec).find("log-variance decoder gives 392x1x1") == 0);
}

TEST_CASE("check names what does not fit") {
  ModelSpec spec = mlp();
  spec.decoder = {Linear{20, 400}, kRelu, Linear{400, 783}};
  CHECK(check(spec) == "decoder gives 783x1x1, but 784 numbers are needed");
  spec = mlp();
  spec.encoder = {Linear{784, 400}, Linear{401, 3}};
  CHECK(check(spec) == "encoder layer 1 (linear:401:3) cannot take an input of 400x1x1");
  spec = mlp();
  spec.encoder = {Conv2d{1, 4, 3, 1, {}}};
  CHECK(check(spec) == "encoder must end in a vector, but gives 4x26x26");
  spec = mlp();
  spec.name = "two words";
  CHECK_FALSE(check(spec).empty());
  spec = mlp();
  spec.latent = 0;
  CHECK_FALSE(check(spec).empty());
}

TEST_CASE("lengths that overflow are refused, not wrapped around") {
  // (4097 - 1) * 2^20 + 1 - 29 would be 2^32 - 28, a height of -28; the other line multiplies 2^20 x 2^22
  // x 2^21.
  CHECK_FALSE(output_shape(ConvTranspose2d{1, 1, 1, 1 << 20, {29, 0, 0, 0}}, Shape{1, 4097, 1}));
  CHECK_FALSE(output_shape(Conv2d{1, 1, 1, 1, {1 << 30, 0, 1 << 30, 0}}, Shape{1, 1, 1}));
  const std::string head =
      "x image=1x28x28 latent=1 likelihood=bernoulli prior=normal encoder=linear:784:1 decoder=";
  for (const char* decoder :
       {"conv:1:1:1:1:4096:0:0:0,conv_transpose:1:1:1:1048576:29:0:0:0,conv:1:1:1:1:812:0:0:0,reshape:"
        "784x1x1",
        "conv:1:1:1:1:1048576:0:1048575:0,conv:1:1048576:1:1:1048576:1048576:1048576:1048576,"
        "conv_transpose:1048576:1:1:1:1048576:1048576:1048576:1048576,conv:1:1:1:1048576:0:0:0:0,reshape:"
        "2x1x1,"
        "linear:2:784"}) {
    const auto spec = parse_model_spec(head + decoder);
    REQUIRE_FALSE(spec);
    CHECK(spec.error().code == ErrorCode::kModel);
  }
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
      "x image=1x28x28 latent=20 colour=red" + std::string(tail),
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

TEST_CASE("more layers than a list holds are refused") {
  std::string line = "x image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=linear:784:4";
  for (int i = 0; i < LayerList::kCapacity; ++i) line += ",relu";
  const auto spec = parse_model_spec(line + " decoder=linear:20:784");
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message == "model line: more than 32 layers");
}
