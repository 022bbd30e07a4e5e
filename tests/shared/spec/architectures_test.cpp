#include "shared/spec/architectures.hpp"

#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {
std::int64_t count(const ModelSpec& spec, const std::string& prefix) {
  std::int64_t sum = 0;
  for (const ParameterSpec& p : parameters(spec)) {
    if (p.name.starts_with(prefix)) sum += p.shape.count();
  }
  return sum;
}
}  // namespace

TEST_CASE("parameter counts of the presets") {
  CHECK(count(mlp(), "") == 652824);  // the PyTorch example's
  CHECK(count(mlp(), "decoder") == 322784);
  CHECK(count(tf_conv(), "decoder") == 9969009);  // of the published code
  CHECK(count(iwae(), "") == 784 * 200 + 200 + 200 * 200 + 200 + 2 * (200 * 50 + 50) +  // encoder and heads
                                 50 * 200 + 200 + 200 * 200 + 200 + 200 * 784 + 784);
  CHECK(count(aevb(2), "decoder") == 394284);
  CHECK(count(with_likelihood(aevb(2), Likelihood::kGaussian), "decoder_log_var") == 501 * 784);
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
  const ModelSpec residual = with_dropout(resnet(), 0.1f);
  CHECK(check(residual) == "");
  CHECK(to_string(residual).find("silu,dropout:0.1,conv:32:32:3:1:1:1:1:1,silu,dropout:0.1,"
                                 "conv:32:32:3:1:1:1:1:1,skip:6,") != std::string::npos);
  const ModelSpec squared = with_dropout(with_likelihood(mlp(), Likelihood::kSquaredError), 0.1f);
  CHECK(to_string(squared).find("encoder=linear:784:400,relu,dropout:0.1 "
                                "decoder=linear:20:400,relu,dropout:0.1,linear:400:784,sigmoid") !=
        std::string::npos);
}
