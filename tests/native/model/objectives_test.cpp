#include "native/model/objectives.hpp"

#include "native/model/tensors.hpp"
#include "shared/math/elbo.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {
std::vector<float> row(const torch::Tensor& t, std::int64_t i) { return to_vector(t[i]); }

/// 16 pixels, 3 latents, 5 components that differ in all they have.
Vae model_with_mixture() {
  ModelSpec spec = mlp({1, 4, 4}, 8, 3);
  spec.prior = Prior::kMixture;
  spec.components = 5;
  Vae model(spec);
  initialize(*model, 2);
  torch::manual_seed(3);
  model->prior->log_var.normal_();
  model->prior->logit.normal_();
  return model;
}
}  // namespace

TEST_CASE("the trainer's losses are the page's") {
  torch::manual_seed(1);
  const torch::Tensor logits = 5 * torch::randn({9, 784}), x = torch::rand({9, 784});
  const PosteriorTensors q{torch::randn({9, 20}), torch::randn({9, 20})};
  for (const Likelihood likelihood : kValuesOf<Likelihood>) {
    CAPTURE(name_of(likelihood));
    const torch::Tensor output = traits(likelihood).learned_variance ? torch::randn({9, 2 * 784}) : logits;
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

TEST_CASE("estimators A and B are equal in expectation, whatever the likelihood and the number of samples") {
  torch::NoGradGuard no_grad;
  torch::manual_seed(5);
  const auto& all = kValuesOf<Likelihood>;
  const Likelihood likelihood = GENERATE_REF(from_range(all.begin(), all.end()));
  Vae model(with_likelihood(mlp({1, 4, 4}, 8, 3), likelihood));
  initialize(*model, 2);
  const torch::Tensor x = torch::rand({2, 16});
  const Draws d = draw(*model, x, torch::randn({200000, 2, 3}));
  const Terms a = elbo_a(d), b = elbo_b(d);
  for (std::int64_t i = 0; i < 2; ++i)
    CHECK(a.loss[i].item<double>() == Approx(b.loss[i].item<double>()).margin(0.01));
  const Draws few = draw(*model, x, torch::randn({3, 2, 3}));
  CHECK(torch::equal(elbo_a(few).reconstruction, elbo_b(few).reconstruction));
  CHECK_FALSE(torch::allclose(elbo_a(few).kl, elbo_b(few).kl));
}

TEST_CASE("a mixture as prior: LibTorch's density is the core's, and -ELBO takes it") {
  torch::NoGradGuard no_grad;
  Vae model = model_with_mixture();
  const Mixture mixture = mixture_of(*model).value();
  const torch::Tensor z = 3 * torch::randn({2, 6, 3}), density = model->prior->log_density(z);
  REQUIRE(density.sizes() == torch::IntArrayRef({2, 6}));
  for (std::int64_t i = 0; i < 12; ++i) {
    CHECK(density.view({-1})[i].item<double>() ==
          Approx(log_density(mixture, row(z.view({12, 3}), i))).epsilon(1e-5));
  }
  const torch::Tensor x = torch::rand({2, 16});
  const Draws d = draw(*model, x, torch::randn({4000, 2, 3}));
  for (std::int64_t i = 0; i < 2; ++i) {
    const double sampled = kl_divergence(mixture, row(d.q.mu, i), row(d.q.log_var, i), 100000, 1);
    CHECK(elbo_b(d).kl[i].item<double>() == Approx(sampled).margin(0.05));
  }
  CHECK(torch::equal(elbo_a(d).kl, elbo_b(d).kl));
  CHECK(iwae(d).loss[0].item<double>() < elbo_b(d).loss[0].item<double>());
  const Draws one = draw(*model, x, torch::randn({1, 2, 3}));
  CHECK(torch::allclose(iwae(one).loss, elbo_b(one).loss, 1e-5, 1e-4));
}

TEST_CASE("a standardized prior has mean 0 and variance 1, and its model computes what it did") {
  torch::NoGradGuard no_grad;
  Vae model = model_with_mixture();
  model->prior->mean.mul_(3).add_(1);
  const Moments before = moments(*mixture_of(*model));
  const torch::Tensor x = torch::rand({2, 16}), epsilon = torch::randn({6, 2, 3});
  const Draws d = draw(*model, x, epsilon);
  standardize(*model);
  const Draws same = draw(*model, x, epsilon);
  CHECK(torch::allclose(iwae(d).loss, iwae(same).loss, 1e-5, 1e-4));
  CHECK(torch::allclose(elbo_b(d).reconstruction, elbo_b(same).reconstruction, 1e-5, 1e-4));
  const Moments after = moments(*mixture_of(*model));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::abs(before.mean[i]) > 0.01);
    CHECK(after.mean[i] == Approx(0).margin(1e-5));
    CHECK(after.variance[i] == Approx(1).epsilon(1e-5));
  }
  Vae plain(mlp({1, 4, 4}, 8, 3));
  initialize(*plain, 2);
  const torch::Tensor weight = plain->mu->weight.clone();
  standardize(*plain);
  CHECK(torch::equal(plain->mu->weight, weight));
}

TEST_CASE("the importance-weighted bound: -ELBO with one sample, tighter with more") {
  torch::NoGradGuard no_grad;
  torch::manual_seed(6);
  Vae model(mlp({1, 4, 4}, 8, 3));
  initialize(*model, 2);
  for (torch::Tensor& p : model->parameters()) p.mul_(4);  // a posterior far from the true one
  const torch::Tensor x = torch::rand({4, 16});
  const torch::Tensor epsilon = torch::randn({1, 4, 3});
  CHECK(torch::allclose(iwae(draw(*model, x, epsilon)).loss, elbo_a(draw(*model, x, epsilon)).loss, 1e-5,
                        1e-4));
  double last = elbo_b(draw(*model, x, torch::randn({20000, 4, 3}))).loss.mean().item<double>();
  for (std::int64_t k : {2, 10, 100}) {
    double sum = 0;
    for (int i = 0; i < 200; ++i)
      sum += iwae(draw(*model, x, torch::randn({k, 4, 3}))).loss.mean().item<double>();
    CHECK(sum / 200 < last);
    last = sum / 200;
  }
}

TEST_CASE("a plain autoencoder decodes mu, and whoever samples its posterior gets mu") {
  ModelSpec spec = mlp({1, 4, 4}, 8, 3);
  spec.prior = Prior::kNone;
  Vae model(spec);
  initialize(*model, 1);
  const torch::Tensor x = torch::rand({2, 16});
  const Terms terms = autoencoder(*model, x);
  CHECK(torch::equal(terms.loss, terms.reconstruction));
  CHECK(terms.kl.abs().max().item<double>() == 0);
  const PosteriorTensors q = model->encode(x);
  CHECK(torch::allclose(reparameterize(q, torch::ones({2, 3})), q.mu, 0, 1e-4));
}

TEST_CASE("initialisations of the published systems") {
  const auto weight = [](Init init) {
    Vae model(mlp());
    initialize(*model, 1, init);
    return model->named_parameters();
  };
  const auto glorot = weight(Init::kGlorot);
  CHECK(glorot["encoder.0.weight"].abs().max().item<double>() == Approx(std::sqrt(6.0 / 1184)).epsilon(0.01));
  CHECK(glorot["decoder.2.bias"].abs().max().item<double>() == 0);
  const auto truncated = weight(Init::kTruncatedNormal);
  CHECK(truncated["encoder.0.weight"].abs().max().item<double>() <= 0.002);
  CHECK(truncated["encoder.0.weight"].std().item<double>() ==
        Approx(0.00088).epsilon(0.02));  // 0.8796 of 0.001
  CHECK(truncated["mu.bias"].abs().max().item<double>() == 0);
  const auto normal = weight(Init::kNormal);
  CHECK(normal["encoder.0.weight"].std().item<double>() == Approx(0.01).epsilon(0.02));
  CHECK(normal["decoder.2.bias"].std().item<double>() == Approx(0.01).epsilon(0.1));
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

TEST_CASE("initialization is PyTorch's default: uniform in +-1 / sqrt(fan in)") {
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
