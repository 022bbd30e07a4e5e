// The importance-weighted NLL where the answer is known, and what must hold where it is not. No LibTorch.
#include "native/eval/nll.hpp"

#include <numeric>

#include "native/eval/evaluate.hpp"
#include "native/support/failure.hpp"
#include "shared/base/encoding.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// The encoder passes 16 pixels on; the decoder is one matrix.
ModelSpec linear_spec(Likelihood likelihood) {
  ModelSpec spec;
  spec.name = "linear";
  spec.image = {1, 4, 4};
  spec.latent = 2;
  spec.likelihood = likelihood;
  spec.encoder = {Linear{16, 16}};
  spec.decoder = {Linear{2, 16}};
  return spec;
}

/// All parameters 0, but for those that `set` changes.
std::vector<Model> zero_models(const ModelSpec& spec, int count,
                               const std::function<void(const std::string&, std::vector<float>&)>& set = {}) {
  std::vector<NamedTensor> tensors;
  for (const ParameterSpec& p : parameters(spec)) {
    tensors.push_back({p.name, p.shape, std::vector<float>(static_cast<std::size_t>(p.shape.count()))});
    if (set) set(p.name, tensors.back().values);
  }
  std::vector<float> image = tensor_named(tensors, "decoder.0.bias").values;  // of z = 0
  for (float& v : image) v = spec.likelihood == Likelihood::kBernoulli ? 1 / (1 + std::exp(-v)) : v;
  const Metadata metadata = {{"model", to_string(spec)},
                             {"golden_z", encode_floats(std::vector<float>(2))},
                             {"golden_x", encode_floats(image)}};
  const std::vector<std::byte> file = write_weights(metadata, tensors);
  std::vector<Model> models;
  for (int i = 0; i < count; ++i) models.push_back(*Model::load(file));
  return models;
}

std::vector<Model> random_models(int count) {
  const std::vector<std::byte> file = sealed_file(small_spec(8));
  std::vector<Model> models;
  for (int i = 0; i < count; ++i) models.push_back(*Model::load(file));
  return models;
}

ImageSet random_images(int count) {
  ImageSet set;
  set.shape = {1, 4, 4};
  Rng rng(3, Stream::kSample);
  for (int i = 0; i < 16 * count; ++i) set.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  set.labels.resize(static_cast<std::size_t>(count));
  return set;
}

double average(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

double nll(std::span<Model> models, const ImageSet& set, int samples) {
  return average(negative_log_likelihoods(models, set, Pixels::kGray, samples));
}

}  // namespace

TEST_CASE("log-sum-exp, term by term, of what overflows") {
  LogSumExp sum;
  for (double x : {-1000.0, 1000.0, 1001.0, 999.0}) sum.add(x);
  CHECK(sum.value() == Approx(1001 + std::log(1 + std::exp(-1.0) + std::exp(-2.0))).epsilon(1e-14));
}

TEST_CASE("a decoder that ignores z: the NLL is the cross-entropy, exactly where q is the prior") {
  const ImageSet images = random_images(20);
  const auto bias = [](const std::string& name, std::vector<float>& v) {
    for (std::size_t i = 0; name == "decoder.0.bias" && i < v.size(); ++i) v[i] = float(i) / 4 - 2;
  };
  double expected = 0;
  for (std::size_t i = 0; i < images.pixels.size(); ++i) {
    const double p = 1 / (1 + std::exp(2 - double(i % 16) / 4)), x = images.pixels[i] / 255.0;
    expected -= (x * std::log(p) + (1 - x) * std::log(1 - p)) / 20;
  }
  std::vector<Model> models = zero_models(linear_spec(Likelihood::kBernoulli), 1, bias);
  const Evaluation e = evaluate(models, images);
  CHECK(e.kl == 0);
  CHECK(e.active_units() == 0);
  CHECK(e.neg_elbo == Approx(expected).epsilon(1e-6));
  for (int samples : {1, 3, 600}) CHECK(nll(models, images, samples) == Approx(expected).epsilon(1e-6));

  // With q = N(1/2, e^-0.2) the weights differ, and the bound is not tight until there are many.
  std::vector<Model> shifted = zero_models(linear_spec(Likelihood::kBernoulli), 1,
                                           [&](const std::string& name, std::vector<float>& v) {
                                             bias(name, v);
                                             if (name == "mu.bias") v.assign(2, 0.5f);
                                             if (name == "log_var.bias") v.assign(2, -0.2f);
                                           });
  const double kl = 2 * (0.25 + std::exp(-0.2) + 0.2 - 1) / 2;
  CHECK(evaluate(shifted, images).neg_elbo == Approx(expected + kl).epsilon(1e-6));
  CHECK(nll(shifted, images, 20000) == Approx(expected).margin(0.01));
}

TEST_CASE("a linear decoder with its exact posterior: the NLL is the normal density for any K") {
  // x = W z + b + noise of variance 1/2, W's columns a * (1, 1, 1, 1, -1, ...) at a right angle to one
  // another: z given x is normal with mean 2 W'(x - b) / s and variance 1 / s, s = 1 + 2 * 16 a^2; and x is
  // normal with mean b and covariance W W' + 1/2, whose determinant and inverse these columns give.
  const float a = 0.2f, b = 0.5f;
  const auto w = [&](std::size_t pixel, std::size_t d) { return (pixel >> (2 + d) & 1) != 0 ? a : -a; };
  const double s = 1 + 32.0 * a * a;
  std::vector<Model> models = zero_models(linear_spec(Likelihood::kSquaredError), 1,
                                          [&](const std::string& name, std::vector<float>& v) {
                                            for (std::size_t i = 0; i < v.size(); ++i) {
                                              if (name == "encoder.0.weight") v[i] = i / 16 == i % 16 ? 1 : 0;
                                              if (name == "encoder.0.bias") v[i] = -b;
                                              if (name == "mu.weight")
                                                v[i] = static_cast<float>(2 * w(i % 16, i / 16) / s);
                                              if (name == "log_var.bias")
                                                v[i] = static_cast<float>(-std::log(s));
                                              if (name == "decoder.0.weight") v[i] = w(i / 2, i % 2);
                                              if (name == "decoder.0.bias") v[i] = b;
                                            }
                                          });
  const ImageSet images = random_images(20);
  double expected = 0;
  for (std::size_t n = 0; n < 20; ++n) {
    double squares = 0, along[2] = {};
    for (std::size_t i = 0; i < 16; ++i) {
      const double x = images.pixels[16 * n + i] / 255.0 - b;
      squares += x * x;
      for (std::size_t d = 0; d < 2; ++d) along[d] += w(i, d) / a / 4 * x;  // a direction of length 1
    }
    const double explained = (along[0] * along[0] + along[1] * along[1]) * (1 - 1 / s);
    expected += (squares - explained + std::log(s)) / 20;  // without 8 log pi
  }
  CHECK(omitted_constant(models.front().spec()) == Approx(8 * std::log(3.14159265358979)));
  CHECK(nll(models, images, 1) == Approx(expected).epsilon(1e-5));
  CHECK(nll(models, images, 300) == Approx(expected).epsilon(1e-5));
  CHECK(evaluate(models, images).active_units() == 2);
}

TEST_CASE("the figures do not depend on the number of threads") {
  const ImageSet images = random_images(250);
  std::vector<Model> models = random_models(3);
  const std::span<Model> all(models);
  const std::vector<double> one = negative_log_likelihoods(all.first(1), images, Pixels::kDynamic, 260);
  CHECK(negative_log_likelihoods(all.first(2), images, Pixels::kDynamic, 260) == one);
  CHECK(negative_log_likelihoods(all, images, Pixels::kDynamic, 260) == one);
  const Evaluation e = evaluate(all.first(1), images, Pixels::kGray, {}, 3),
                   f = evaluate(all, images, Pixels::kGray, {}, 3);
  CHECK((e.neg_elbo == f.neg_elbo && e.kl == f.kl && e.neg_elbo_at_mu == f.neg_elbo_at_mu));
  CHECK((e.kl_per_dimension == f.kl_per_dimension && e.mu == f.mu && e.active == f.active));
}

TEST_CASE("the NLL of an image depends on that image alone") {
  ImageSet images = random_images(10);
  std::vector<Model> models = random_models(1);
  const std::vector<double> all = negative_log_likelihoods(models, images, Pixels::kGray, 50);
  images.labels.resize(4);
  images.pixels.resize(static_cast<std::size_t>(4 * images.shape.size()));
  const std::vector<double> some = negative_log_likelihoods(models, images, Pixels::kGray, 50);
  CHECK(some == std::vector<double>(all.begin(), all.begin() + 4));
}

TEST_CASE("the NLL falls as K grows, and K = 1 is -ELBO on average") {
  // log_var.bias -1 keeps q away from the posterior, so that there is something to gain.
  std::vector<Model> models =
      zero_models(linear_spec(Likelihood::kBernoulli), 2, [](const std::string& name, std::vector<float>& v) {
        for (std::size_t i = 0; i < v.size(); ++i) {
          if (name == "decoder.0.weight") v[i] = i % 3 == 0 ? 0.0f : i % 3 == 1 ? 0.7f : -0.7f;
          if (name == "log_var.bias") v[i] = -1;
        }
      });
  const ImageSet images = random_images(400);
  const double neg_elbo = evaluate(models, images).neg_elbo, k1 = nll(models, images, 1),
               k10 = nll(models, images, 10), k100 = nll(models, images, 100),
               k1000 = nll(models, images, 1000);
  CHECK(k1 == Approx(neg_elbo).margin(0.15));  // a standard error of some 0.05
  CHECK(k1 == Approx(evaluate(models, images, Pixels::kGray, {}, 100).neg_elbo).margin(0.15));
  CHECK(k10 < k1 - 0.05);
  CHECK(k100 < k10);
  CHECK(k1000 < k100);
}

TEST_CASE("progress ends at all images, and what it throws ends the work") {
  const ImageSet images = random_images(300);
  std::vector<Model> models = random_models(2);
  int last = 0;
  negative_log_likelihoods(models, images, Pixels::kGray, 1, [&](int done) { last = done; });
  CHECK(last == 300);
  struct Enough {};
  CHECK_THROWS_AS(
      negative_log_likelihoods(models, images, Pixels::kGray, 100000000, [](int) { throw Enough(); }),
      Enough);
}

TEST_CASE("no NLL for an autoencoder or images of another size") {
  ModelSpec spec = small_spec();
  std::vector<Model> models = random_models(1);
  ImageSet images = random_images(3);
  images.shape = {1, 2, 8};
  CHECK_THROWS_AS(nll(models, images, 1), Failure);
  spec.prior = Prior::kNone;
  std::vector<Model> autoencoder;
  autoencoder.push_back(*Model::load(sealed_file(spec)));
  CHECK_THROWS_AS(nll(autoencoder, random_images(3), 1), Failure);
}
