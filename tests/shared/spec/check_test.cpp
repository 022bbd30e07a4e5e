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
