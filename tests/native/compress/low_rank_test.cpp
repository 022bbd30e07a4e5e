#include "native/compress/low_rank.hpp"

#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/check.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

ImageSet noise_images(Shape shape, int count) {
  ImageSet set{.shape = shape,
               .pixels = std::vector<std::uint8_t>(std::size_t(count * shape.size())),
               .labels = {},
               .sha256 = {},
               .name = {}};
  Rng rng(3, Stream::kPixels);
  for (std::uint8_t& pixel : set.pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
  return set;
}

/// The decoder's last layer, weight (out, in).
torch::Tensor& last_weight(VaeImpl& model) { return model.decoder[2]->as<torch::nn::Linear>()->weight; }

Vae drawn(const ModelSpec& spec) {
  Vae model(spec);
  initialize(*model, 2);
  return model;
}

/// Mean squared difference of what two models decode, each pixel's logit as far as it is seen.
double seen_difference(VaeImpl& a, VaeImpl& b, const torch::Tensor& z) {
  return (torch::sigmoid(a.decode(z)) - torch::sigmoid(b.decode(z))).square().mean().item<double>();
}

}  // namespace

TEST_CASE("a layer of low rank is the same in two parts, under either likelihood") {
  torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  ModelSpec squared = mlp({1, 4, 4}, 8, 3);
  squared.likelihood = Likelihood::kSquaredError;
  squared.decoder.push_back(Activation{ActivationKind::kSigmoid});
  for (const ModelSpec& spec : {mlp({1, 4, 4}, 8, 3), squared}) {
    Vae model = drawn(spec);
    last_weight(*model).copy_(torch::randn({16, 2}).mm(torch::randn({2, 8})));
    Vae smaller = low_rank(*model, noise_images(spec.image, 70), Pixels::kGray, 2);
    CHECK(smaller->spec.decoder[2] == Layer{Linear{8, 2}});
    CHECK(smaller->spec.decoder[3] == Layer{Linear{2, 16}});
    CHECK(check(smaller->spec).empty());
    const torch::Tensor z = torch::randn({50, 3}), x = torch::rand({5, 16});
    CHECK(torch::allclose(smaller->decode(z), model->decode(z), 1e-4, 1e-4));
    CHECK(torch::equal(smaller->encode(x).mu, model->encode(x).mu));
    CHECK(model->spec == spec);
  }
}

TEST_CASE("the directions kept are those of what is decoded, not only of the layer") {
  torch::NoGradGuard no_grad;
  torch::manual_seed(2);
  const ModelSpec spec = mlp({1, 6, 6}, 32, 3);
  Vae model = drawn(spec);
  last_weight(*model).mul_(6);
  Vae smaller = low_rank(*model, noise_images(spec.image, 300), Pixels::kGray, 4);
  Vae by_weight(spec);  // the best of that rank for the layer by itself: its singular value decomposition
  for (auto& p : by_weight->named_parameters()) p.value().copy_(model->named_parameters()[p.key()]);
  const auto [u, s, v] = at::linalg_svd(last_weight(*model), false);
  last_weight(*by_weight).copy_((u * s).slice(1, 0, 4).mm(v.slice(0, 0, 4)));
  const torch::Tensor z = torch::randn({2000, 3});
  const double ours = seen_difference(*smaller, *model, z), plain = seen_difference(*by_weight, *model, z);
  CHECK(ours < 0.5 * plain);
  CHECK(ours <
        seen_difference(*low_rank(*model, noise_images(spec.image, 300), Pixels::kGray, 2), *model, z));
}

TEST_CASE("what cannot be had in two parts") {
  const ModelSpec spec = mlp({1, 4, 4}, 8, 3);
  CHECK(check_low_rank(spec, 7).empty());
  CHECK(check_low_rank(spec, 8).find("less than 8") != std::string::npos);
  CHECK(check_low_rank(resnet(), 4).find("does not end with a linear layer") != std::string::npos);
  ModelSpec gaussian = spec;
  gaussian.likelihood = Likelihood::kGaussian;
  CHECK(check_low_rank(gaussian, 4).find("gaussian") != std::string::npos);
  CHECK(check_low_rank(tf_conv(), 96).empty());
}
