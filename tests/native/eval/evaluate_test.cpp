// native_eval's numbers (Eigen) against LibTorch's on the same file, noise and images.
#include "native/eval/evaluate.hpp"

#include "native/model/export.hpp"
#include "native/model/objectives.hpp"
#include "native/support/failure.hpp"
#include "shared/math/latent.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

TEST_CASE("evaluate agrees with LibTorch") {
  TemporaryFolder folder;
  write_bars(folder.path(), 10, 300);  // more than one chunk
  const ImageSet test = read_image_set(folder.path(), "t10k", false);
  Vae model(mlp(test.shape, 32, 3));
  initialize(*model, 1);
  Model loaded = *Model::load(export_weights(*model, Dtype::kF32, {}));
  int last = 0;
  const Evaluation e = evaluate({&loaded, 1}, test, Pixels::kGray, [&](int done) { last = done; }, 1);
  CHECK(e.images == 300);
  CHECK(last == 300);

  torch::NoGradGuard no_grad;
  std::vector<float> pixels = test.gray(0, 300), noise;
  for (int i = 0; i < 300; ++i) {
    for (float n : evaluation_noise(3, i)) noise.push_back(n);
  }
  const torch::Tensor x = torch::from_blob(pixels.data(), {300, 144}),
                      epsilon = torch::from_blob(noise.data(), {300, 3});
  const PosteriorTensors q = model->encode(x);
  const auto loss = [&](const torch::Tensor& z) {
    return reconstruction_loss(Likelihood::kBernoulli, model->decode(z), x).mean().item<double>();
  };
  const double kl = kl_divergence(q).mean().item<double>();
  CHECK(e.kl == Approx(kl).epsilon(1e-5));
  CHECK(e.reconstruction == Approx(loss(reparameterize(q, epsilon))).epsilon(1e-5));
  CHECK(e.neg_elbo == Approx(e.reconstruction + e.kl));
  CHECK(e.neg_elbo_at_mu == Approx(loss(q.mu) + kl).epsilon(1e-5));
}

TEST_CASE("under a learned prior a dimension's KL is that to the normal distribution with its moments") {
  TemporaryFolder folder;
  write_bars(folder.path(), 10, 300);
  const ImageSet test = read_image_set(folder.path(), "t10k", false);
  ModelSpec spec = mlp(test.shape, 32, 3);
  spec.prior = Prior::kMixture;
  spec.components = 1;  // so that it is the prior, and its parts add up to the KL that is estimated by draws
  torch::NoGradGuard no_grad;
  Vae model(spec);
  initialize(*model, 1);
  model->prior->mean.fill_(0.5);
  model->prior->log_var.fill_(1);
  Model loaded = *Model::load(export_weights(*model, Dtype::kF32, {}));
  const Evaluation e = evaluate({&loaded, 1}, test, Pixels::kGray, {}, 64);
  std::vector<float> pixels = test.gray(0, 300);
  const PosteriorTensors q = model->encode(torch::from_blob(pixels.data(), {300, 144}));
  const torch::Tensor kl =
      (1 - q.log_var + (q.log_var.exp() + (q.mu - 0.5).square()) / std::exp(1.0) - 1).mean(0) / 2;
  double sum = 0;
  for (std::int64_t d = 0; d < 3; ++d) {
    CHECK(e.kl_per_dimension[static_cast<std::size_t>(d)] == Approx(kl[d].item<double>()).epsilon(1e-4));
    sum += kl[d].item<double>();
  }
  CHECK(e.kl == Approx(sum).epsilon(0.03));
}

TEST_CASE("cheap decoders are evaluated with more draws") {
  CHECK(default_draws(mlp()) == 16);
  CHECK(default_draws(tf_conv()) == 1);
}

TEST_CASE("images of another size are refused") {
  TemporaryFolder folder;
  write_bars(folder.path(), 10, 10);
  Vae model(mlp());
  Model loaded = *Model::load(export_weights(*model, Dtype::kF32, {}));
  CHECK_THROWS_AS(evaluate(loaded, read_image_set(folder.path(), "t10k", false)), Failure);
}
