// The two interpreters of a layer list against each other and against LibTorch's own modules, on
// random shapes.
#include "shared/nn/sequential.hpp"

#include "native/model/sequential.hpp"
#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_spec.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;

namespace {

class RandomShapes {
 public:
  explicit RandomShapes(std::uint64_t seed) : rng_(seed, Stream::kInit) {}
  int between(int low, int high) {
    return low + static_cast<int>(rng_.below(static_cast<std::uint32_t>(high - low + 1)));
  }
  Padding padding(int most) {
    return {between(0, most), between(0, most), between(0, most), between(0, most)};
  }

 private:
  Rng rng_;
};

torch::Tensor input_for(const Shape& s, int n) {
  return s.height == 1 && s.width == 1 ? torch::randn({n, s.channels})
                                       : torch::randn({n, s.channels, s.height, s.width});
}

/// Runs the same weights through LibTorch and Eigen; returns the largest difference.
double difference(const LayerList& layers, const Shape& in, int n) {
  torch::NoGradGuard no_grad;
  torch::nn::Sequential module = make_sequential(layers);
  module->eval();
  std::vector<LayerParameters> parameters;
  std::vector<std::vector<float>> weights;
  const auto named = module->named_parameters();
  double bound = 1;  // 1 / sqrt(fan in), as networks are initialized
  for (int i = 0; i < layers.size(); ++i) {
    LayerParameters p;
    const std::string prefix = std::to_string(i) + ".";
    for (const auto& item : named) {
      if (item.key() == prefix + "weight") {
        REQUIRE(item.value().numel() == parameter_shapes(layers[i]).weight.count());
        bound = 1 / std::sqrt(static_cast<double>(item.value().numel() / item.value().size(0)));
        item.value().uniform_(-bound, bound);
        weights.push_back(testing::packed_weight(layers[i], item.value().data_ptr<float>()));
        p.weight = weights.back().data();
      }
      if (item.key() == prefix + "bias") {
        item.value().uniform_(-bound, bound);
        p.bias = item.value().data_ptr<float>();
      }
    }
    parameters.push_back(p);
  }
  Sequential eigen(layers, in, parameters);
  const torch::Tensor x = input_for(in, n);
  const torch::Tensor expected = feature_maps(module, layers, x).back().contiguous();
  REQUIRE(expected.numel() == n * eigen.output_shape().size());
  torch::Tensor actual = torch::empty_like(expected);
  REQUIRE(eigen.run({x.data_ptr<float>(), static_cast<std::size_t>(x.numel())},
                    {actual.data_ptr<float>(), static_cast<std::size_t>(actual.numel())}));
  return (actual - expected).abs().max().item<double>();
}

/// The gradient that LibTorch's autograd gives for our module, against a central difference in double
/// precision along random directions, for the input and all parameters.
void check_gradient(const LayerList& layers, const Shape& in) {
  torch::nn::Sequential module = make_sequential(layers);
  module->to(torch::kDouble);
  module->eval();
  std::vector<torch::Tensor> variables = module->parameters();
  {
    torch::NoGradGuard no_grad;
    for (torch::Tensor& p : variables) p.uniform_(-0.5, 0.5);
  }
  torch::Tensor x = input_for(in, 2).to(torch::kDouble).requires_grad_(true);
  variables.push_back(x);
  torch::Tensor weights;  // of the outputs, so that the loss is not a plain sum
  const auto loss = [&] {
    const torch::Tensor y = feature_maps(module, layers, x).back();
    if (!weights.defined()) weights = torch::randn_like(y);
    return (weights * y).sum();
  };
  loss().backward();
  torch::NoGradGuard no_grad;
  for (torch::Tensor& v : variables) {
    const torch::Tensor direction = torch::randn_like(v), gradient = v.grad().clone();
    constexpr double kStep = 1e-6;
    v.add_(kStep * direction);
    const double above = loss().item<double>();
    v.sub_(2 * kStep * direction);
    const double below = loss().item<double>();
    v.add_(kStep * direction);
    const double expected = (above - below) / (2 * kStep);
    CHECK((gradient * direction).sum().item<double>() == Approx(expected).epsilon(1e-5).margin(1e-6));
  }
}

/// One of each kind.
std::vector<Activation> all_activations() {
  std::vector<Activation> all;
  for (const ActivationKind kind : kValuesOf<ActivationKind>) all.push_back({kind, 0.3f});
  return all;
}

}  // namespace

TEST_CASE("Linear: Eigen equals LibTorch") {
  torch::manual_seed(1);
  RandomShapes random(1);
  for (int i = 0; i < 20; ++i) {
    const Linear l{random.between(1, 70), random.between(1, 70)};
    CHECK(difference({l}, {l.in, 1, 1}, random.between(1, 300)) < 1e-5);
  }
  check_gradient({Linear{7, 5}}, {7, 1, 1});
}

TEST_CASE("Conv2d with a padding on every side: Eigen equals LibTorch") {
  torch::manual_seed(2);
  RandomShapes random(2);
  for (int i = 0; i < 40; ++i) {
    const Shape in{random.between(1, 6), random.between(5, 14), random.between(5, 14)};
    const Conv2d c{in.channels, random.between(1, 7), random.between(1, 5), random.between(1, 3),
                   random.padding(3)};
    CHECK(difference({c}, in, random.between(1, 5)) < 1e-5);
  }
  check_gradient({Conv2d{2, 3, 4, 2, {1, 0, 2, 3}}}, {2, 7, 6});
}

TEST_CASE("ConvTranspose2d with a crop on every side: Eigen equals LibTorch") {
  torch::manual_seed(3);
  RandomShapes random(3);
  int ran = 0;
  for (int i = 0; i < 60; ++i) {
    const Shape in{random.between(1, 6), random.between(2, 9), random.between(2, 9)};
    const ConvTranspose2d c{in.channels, random.between(1, 7), random.between(1, 5), random.between(1, 3),
                            random.padding(2)};
    if (!output_shape(c, in)) continue;
    ++ran;
    CHECK(difference({c}, in, random.between(1, 5)) < 1e-5);
  }
  CHECK(ran > 40);
  check_gradient({ConvTranspose2d{2, 3, 4, 2, {1, 0, 2, 3}}}, {2, 4, 5});
}

TEST_CASE("our padding and cropping are LibTorch's own where all sides are equal") {
  torch::manual_seed(4);
  torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({2, 3, 9, 8});
  torch::nn::Sequential conv = make_sequential({Conv2d{3, 4, 4, 2, {1, 1, 1, 1}}});
  torch::nn::Sequential transposed = make_sequential({ConvTranspose2d{3, 4, 4, 2, {1, 1, 1, 1}}});
  for (auto& p : conv->parameters()) p.normal_();
  for (auto& p : transposed->parameters()) p.normal_();
  const auto c = conv->parameters(), t = transposed->parameters();
  CHECK(torch::allclose(conv->forward(x), torch::conv2d(x, c[0], c[1], 2, 1), 1e-5, 1e-5));
  CHECK(torch::allclose(transposed->forward(x), torch::conv_transpose2d(x, t[0], t[1], 2, 1), 1e-5, 1e-5));
}

TEST_CASE("activations: Eigen equals LibTorch, and gradients are right") {
  torch::manual_seed(5);
  for (const Activation& a : all_activations()) {
    CHECK(difference({a}, {33, 1, 1}, 20) < 1e-6);
    CHECK(difference({a}, {3, 4, 5}, 2) < 1e-6);
    check_gradient({a}, {33, 1, 1});
  }
}

TEST_CASE("skips: Eigen equals LibTorch, and gradients are right") {
  torch::manual_seed(8);
  const LayerList block{Conv2d{3, 4, 3, 1, {1, 1, 1, 1}},  Activation{ActivationKind::kSilu},
                        Conv2d{4, 3, 3, 1, {1, 1, 1, 1}},  Skip{3},
                        Activation{ActivationKind::kTanh}, Skip{1}};
  CHECK(difference(block, {3, 6, 5}, 7) < 1e-5);
  check_gradient(block, {3, 6, 5});
}

TEST_CASE("reshape and dropout do nothing to the numbers outside training") {
  torch::manual_seed(6);
  CHECK(difference({Reshape{{60, 1, 1}}, Reshape{{5, 3, 4}}, Dropout{0.9f}}, {3, 4, 5}, 3) == 0);
  check_gradient({Reshape{{60, 1, 1}}, Linear{60, 3}}, {3, 4, 5});
}

TEST_CASE("dropout zeroes in training, at its rate") {
  torch::nn::Sequential module = make_sequential({Dropout{0.2f}});
  module->train();
  const torch::Tensor y = module->forward(torch::ones({100000}));
  CHECK((y == 0).to(torch::kDouble).mean().item<double>() == Approx(0.2).margin(0.01));
  CHECK(y.mean().item<double>() == Approx(1).margin(0.02));  // scaled up by 1 / (1 - rate)
}

TEST_CASE("whole networks: Eigen equals LibTorch") {
  torch::manual_seed(7);
  CHECK(difference(mlp_encoder(784, 400), {784, 1, 1}, 300) < 1e-5);
  CHECK(difference(mlp_decoder(784, 400, 20), {20, 1, 1}, 300) < 1e-5);
  CHECK(difference(aevb_encoder(784, 500), {784, 1, 1}, 7) < 1e-5);
  CHECK(difference(aevb_decoder(784, 500, 2), {2, 1, 1}, 7) < 1e-5);
  CHECK(difference(kTfConvEncoder, {1, 28, 28}, 3) < 1e-5);
  CHECK(difference(tf_conv_decoder(8), {8, 1, 1}, 3) < 1e-5);
  CHECK(difference(resnet().encoder, {1, 28, 28}, 3) < 1e-5);
  CHECK(difference(resnet().decoder, {24, 1, 1}, 3) < 1e-5);
}
