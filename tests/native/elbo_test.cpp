#include "native/elbo.hpp"

#include "shared/elbo.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {
std::vector<float> row(const torch::Tensor& t, std::int64_t i) {
  const torch::Tensor r = t[i].contiguous();
  return {r.data_ptr<float>(), r.data_ptr<float>() + r.numel()};
}
}  // namespace

TEST_CASE("the trainer's losses are the page's") {
  torch::manual_seed(1);
  const torch::Tensor logits = 5 * torch::randn({9, 784}), x = torch::rand({9, 784});
  const PosteriorTensors q{torch::randn({9, 20}), torch::randn({9, 20})};
  for (Likelihood likelihood : {Likelihood::kBernoulli, Likelihood::kSquaredError, Likelihood::kGaussian}) {
    const torch::Tensor output = likelihood == Likelihood::kGaussian ? torch::randn({9, 2 * 784}) : logits;
    const torch::Tensor losses = reconstruction_loss(likelihood, output, x);
    REQUIRE(losses.sizes() == torch::IntArrayRef{9});
    for (std::int64_t i = 0; i < 9; ++i) {
      CHECK(losses[i].item<double>() ==
            Approx(reconstruction_loss(likelihood, row(output, i), row(x, i))).epsilon(1e-5));
    }
  }
  for (std::int64_t i = 0; i < 9; ++i) {
    CHECK(kl_divergence(q)[i].item<double>() ==
          Approx(kl_divergence(row(q.mu, i), row(q.log_var, i))).epsilon(1e-5));
  }
}

TEST_CASE("the closed-form KL is the expectation of log q(z|x) - log p(z)") {
  torch::manual_seed(2);
  const PosteriorTensors q{torch::randn({1, 4}), torch::randn({1, 4})};
  const torch::Tensor epsilon = torch::randn({400000, 4});
  const torch::Tensor z = reparameterize(q, epsilon);
  const torch::Tensor log_q = -0.5 * (epsilon.square() + q.log_var).sum(1);  // constants cancel
  const torch::Tensor log_p = -0.5 * z.square().sum(1);
  CHECK(kl_divergence(q).item<double>() == Approx((log_q - log_p).mean().item<double>()).margin(0.02));
}

TEST_CASE("gradients of the losses in closed form") {
  torch::manual_seed(3);
  const torch::Tensor x = torch::rand({3, 10});
  torch::Tensor logits = torch::randn({3, 10}).requires_grad_(true);
  reconstruction_loss(Likelihood::kBernoulli, logits, x).sum().backward();
  CHECK(torch::allclose(logits.grad(), torch::sigmoid(logits) - x, 1e-4, 1e-6));
  torch::Tensor mu = torch::randn({3, 4}).requires_grad_(true),
                log_var = torch::randn({3, 4}).requires_grad_(true);
  kl_divergence({mu, log_var}).sum().backward();
  CHECK(torch::allclose(mu.grad(), mu, 1e-4, 1e-6));
  CHECK(torch::allclose(log_var.grad(), 0.5 * (log_var.exp() - 1), 1e-4, 1e-6));
}

TEST_CASE("initialisation is PyTorch's default: uniform in +-1 / sqrt(fan in)") {
  Vae model(mlp());
  initialize(*model, 1);
  const auto check = [&](const char* name, double fan_in) {
    const torch::Tensor p = model->named_parameters()[name];
    const double bound = 1 / std::sqrt(fan_in);
    CHECK(p.abs().max().item<double>() <= bound);
    CHECK(p.abs().max().item<double>() > 0.9 * bound);
    CHECK(p.std().item<double>() == Approx(bound / std::sqrt(3.0)).epsilon(0.1));
  };
  check("encoder.0.weight", 784);
  check("encoder.0.bias", 784);
  check("mu.weight", 400);
  check("decoder.0.weight", 20);
  check("decoder.2.bias", 400);
  Vae other(mlp());
  initialize(*other, 1);
  CHECK(torch::equal(model->parameters()[0], other->parameters()[0]));
  initialize(*other, 2);
  CHECK_FALSE(torch::equal(model->parameters()[0], other->parameters()[0]));
}
