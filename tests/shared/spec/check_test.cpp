#include "shared/spec/check.hpp"

#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("check names what does not fit") {
  ModelSpec spec = mlp();
  spec.decoder = {Linear{20, 400}, kRelu, Linear{400, 783}};
  CHECK(check(spec) == "decoder gives 783x1x1, expected 784 numbers");
  spec = mlp();
  spec.encoder = {Linear{784, 400}, Linear{401, 3}};
  CHECK(check(spec) == "encoder layer 1 (linear:401:3) cannot take an input of 400x1x1");
  spec = mlp();
  spec.encoder = {Conv2d{1, 4, 3, 1, {}}};
  CHECK(check(spec) == "encoder must end in a vector, but gives 4x26x26");
  for (const Shape& end : {Shape{2, 392, 1}, Shape{2, 1, 392}}) {
    spec.encoder = {Reshape{end}};
    CHECK(check(spec) == "encoder must end in a vector, but gives " + to_string(end));
  }
  spec = mlp();
  spec.name = "two words";
  CHECK_FALSE(check(spec).empty());
  spec = mlp();
  spec.latent = 0;
  CHECK_FALSE(check(spec).empty());
}

TEST_CASE("a name is of letters, digits and three signs, at most 64 of them") {
  ModelSpec spec = mlp();
  for (const std::string& name : {std::string("azAZ09-_."), std::string(64, 'x')}) {
    spec.name = name;
    CHECK(check(spec) == "");
  }
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("9:9"), std::string("@A"), std::string("Z["),
        std::string("`a"), std::string("z{"), std::string(65, 'x')}) {
    spec.name = name;
    INFO(name);
    CHECK(check(spec).find("the model's name must be one word") == 0);
  }
}

TEST_CASE("sizes reach their limits and not one more") {
  for (const int latent : {1, 4096}) CHECK(check(mlp({1, 28, 28}, 400, latent)) == "");
  for (const int latent : {0, 4097})
    CHECK(check(mlp({1, 28, 28}, 400, latent)) == "latent must be 1 to 4096");
  const auto of_image = [](Shape image) { return check(mlp(image, 1, 1)); };
  CHECK(of_image({2, 1024, 1024}) == "");
  CHECK(of_image({2, 1024, 1025}) == "the image of 2x1024x1025 is too large");
  const auto of_prior = [](int components, int latent) {
    ModelSpec spec = mlp({1, 28, 28}, 1, latent);
    spec.prior = Prior::kMixture;
    spec.components = components;
    return check(spec);
  };
  for (const int components : {1, kMaxComponents}) CHECK(of_prior(components, 64) == "");
  for (const int components : {0, kMaxComponents + 1})
    CHECK(of_prior(components, 1) == "the prior has too many components");
  CHECK(of_prior(kMaxComponents, 65) == "the prior has too many components");
  const auto of_decoder = [](const LayerList& decoder) {
    ModelSpec spec = mlp({1, 1, 4}, 1, 4);
    spec.decoder = decoder;
    return check(spec);
  };
  const int most = static_cast<int>(kMaxActivations);
  CHECK(of_decoder({Linear{4, most}, Linear{most, 4}}) == "");
  CHECK(of_decoder({Linear{4, most + 1}, Linear{most + 1, 4}}).find("too large") != std::string::npos);
  // 1024 x 1024 taps at 2 places make 2 x 4 or 2 x 5 million products, of which all but one or five are cut.
  const auto products = [&](int channels) {
    return of_decoder({Reshape{{2, 1, 2}}, ConvTranspose2d{2, channels, 1024, 1, {1023, 1024, 0, 0}}});
  };
  CHECK(products(4) == "");
  CHECK(products(5).find("too large") != std::string::npos);
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
