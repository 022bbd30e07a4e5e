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

TEST_CASE("free bits: a latent below them costs no more, and pulls at nothing") {
  // KL of each latent, averaged over two images: (0 + 2) / 2 = 1, and 0.02.
  torch::Tensor mu = torch::tensor({{0.0f, 0.2f}, {2.0f, -0.2f}}).requires_grad_(true),
                log_var = torch::zeros({2, 2}).requires_grad_(true);
  const Draws d{{mu, log_var}, mu.unsqueeze(0), torch::full({1, 2}, 10.0f)};
  const Terms terms = free_bits(d, 3, 0.5);
  CHECK(torch::allclose(terms.kl, torch::tensor({0.02f, 2.02f})));
  CHECK(torch::allclose(terms.loss, torch::full({2}, 10 + 3 * (1 + 0.5f))));
  terms.loss.mean().backward();
  CHECK(torch::allclose(mu.grad(), torch::tensor({{0.0f, 0.0f}, {3.0f, 0.0f}})));
  CHECK(torch::allclose(free_bits(d, 1, 0).loss.mean(), elbo_b(d).loss.mean()));
}

TEST_CASE("the doubly reparameterized gradient has the mean of the plain one, with less variance") {
  // A latent of one dimension and two samples: expectations over the noise are Gauss-Hermite sums, every row
  // of the batch one pair of nodes. With one sample the mean is known in closed form besides.
  constexpr int kNodes = 24;
  const auto [node, weight] = [] {  // of the standard normal: eigenvectors of its Jacobi matrix
    const torch::Tensor off = torch::arange(1, kNodes, torch::kDouble).sqrt();
    const auto [values, vectors] = torch::linalg_eigh(torch::diag(off, 1) + torch::diag(off, -1), "L");
    return std::pair(values, vectors[0].square());
  }();
  Vae model(aevb(1, {1, 2, 2}, 6));  // smooth, as the sums need it
  initialize(*model, 4);
  {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& p : model->parameters()) p.mul_(2);
  }
  const torch::Tensor image = torch::tensor({{0.9f, 0.1f, 0.7f, 0.2f}});
  const auto gradient = [&](const torch::Tensor& loss) {
    std::vector<torch::Tensor> flat;
    for (const torch::Tensor& g : torch::autograd::grad({loss}, model->encoder->parameters()))
      flat.push_back(g.flatten());
    return torch::cat(flat);
  };
  for (const int samples : {1, 2}) {
    const torch::Tensor i = torch::arange(samples == 1 ? kNodes : kNodes * kNodes);
    torch::Tensor epsilon = node.index({i % kNodes}).unsqueeze(0), w = weight.index({i % kNodes});
    if (samples == 2) {
      const torch::Tensor j = torch::floor_divide(i, kNodes);
      epsilon = torch::cat({epsilon, node.index({j}).unsqueeze(0)});
      w = w * weight.index({j});
    }
    epsilon = epsilon.to(torch::kFloat).unsqueeze(-1);  // (samples, rows, 1)
    w = w.to(torch::kFloat);
    const torch::Tensor x = image.expand({i.size(0), 4});
    const auto expected = [&](Terms (*objective)(const Draws&)) {
      return gradient((w * objective(draw(*model, x, epsilon)).loss).sum());
    };
    const auto variance = [&](Terms (*objective)(const Draws&)) {
      const torch::Tensor mean = expected(objective);
      double sum = 0;
      for (std::int64_t row = 0; row < i.size(0); ++row) {
        const Draws one = draw(*model, image, epsilon.narrow(1, row, 1));
        sum += w[row].item<double>() *
               (gradient(objective(one).loss.sum()) - mean).square().sum().item<double>();
      }
      return sum;
    };
    const torch::Tensor plain = expected(iwae), dreg = expected(iwae_dreg);
    CHECK(plain.norm().item<double>() > 0.01);
    CHECK(((plain - dreg).norm() / plain.norm()).item<double>() < 2e-4);
    CHECK(variance(iwae_dreg) < 0.7 * variance(iwae));
    const Draws all = draw(*model, x, epsilon);
    CHECK(torch::allclose(iwae(all).loss, iwae_dreg(all).loss, 1e-5, 1e-5));
    if (samples == 1) {
      const torch::Tensor closed = gradient((w * elbo_b(all).loss).sum());
      CHECK(((closed - dreg).norm() / closed.norm()).item<double>() < 2e-4);
    }
  }
  const torch::NoGradGuard no_grad;  // as validation computes it
  CHECK(torch::isfinite(iwae_dreg(draw(*model, image, torch::zeros({2, 1, 1}))).loss).all().item<bool>());
}

TEST_CASE("a second head that gives log sigma: a file of it gives the same log sigma^2") {
  const torch::NoGradGuard no_grad;
  Vae model(mlp({1, 4, 4}, 8, 3));
  initialize(*model, 2);
  const torch::Tensor x = torch::rand({5, 16});
  const torch::Tensor before = model->encode(x).log_var;
  train_log_sigma(*model);
  CHECK(torch::allclose(model->encode(x).log_var, before, 1e-6, 1e-6));
  CHECK(torch::allclose(model->log_var->forward(torch::relu(model->encoder->forward(x))), before / 2, 1e-4,
                        1e-5));
  Vae file = standardized(*model);
  CHECK(file->sigma_head == SigmaHead::kLogVar);
  CHECK(torch::allclose(file->encode(x).log_var, before, 1e-6, 1e-6));
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
