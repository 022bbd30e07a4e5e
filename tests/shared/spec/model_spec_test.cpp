#include "shared/spec/model_spec.hpp"

#include "shared/spec/architectures.hpp"
#include "shared/spec/check.hpp"
#include "tests/catch.hpp"

using namespace vae;

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

TEST_CASE("a Gaussian likelihood has a head beside the decoder's last linear layer") {
  ModelSpec spec = with_likelihood(aevb(2), Likelihood::kGaussian);
  CHECK(parameters(spec).back() == ParameterSpec{"decoder_log_var.bias", {1, {784}}});
  CHECK(outputs(spec) == 2 * 784);
  CHECK(outputs(aevb(2)) == 784);
  CHECK(log_var_decoder(spec) == aevb_decoder(784, 500, 2));  // without the sigmoid
  CHECK(last_linear(spec.decoder) == 2);
  spec.decoder = {Reshape{{1, 28, 28}}};
  CHECK(last_linear(spec.decoder) == -1);
  spec.latent = 784;
  CHECK(check(spec) == "likelihood=gaussian needs a linear layer in the decoder");
  spec.decoder = {Linear{784, 392}, Reshape{{1, 14, 28}}, ConvTranspose2d{1, 2, 1, 1, {}}};
  CHECK(check(spec).find("log-variance decoder gives 392x1x1") == 0);
}
