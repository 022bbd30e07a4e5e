// One training in three ways: LibTorch's autograd and optimizers, native_train's fast path, and the core
// alone (shared/train/mlp_trainer), as it runs in a browser.
#include "shared/train/mlp_trainer.hpp"

#include <algorithm>
#include <cmath>

#include "native/eval/evaluate.hpp"
#include "native/train/trainer.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/bars.hpp"
#include "tests/native/steps.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

std::vector<Case> cases(Shape image) {
  const ModelSpec spec = mlp(image, 32, 3);
  return {
      {"VAE", spec, [](TrainConfig&) {}},
      {"black or white pixels, beta that grows, three samples", spec,
       [](TrainConfig& c) {
         c.pixels = Pixels::kDynamic;
         c.beta = 2;
         c.beta_warmup = 50;
         c.samples = 3;
       }},
      {"squared error, AdamW, one cycle, penalties",
       with_likelihood(mlp(image, 64, 5), Likelihood::kSquaredError),
       [](TrainConfig& c) {
         c.optimizer = OptimizerKind::kAdamW;
         c.weight_decay = 0.1;
         c.schedule = Schedule::kOneCycle;
         c.l2 = 0.01;
         c.weight_prior = true;
       }},
      {"tanh, Adagrad, drawn as Kingma and Welling do", aevb(2, image, 50),
       [](TrainConfig& c) {
         c.optimizer = OptimizerKind::kAdagrad;
         c.learning_rate = 0.02;
         c.init = Init::kNormal;
       }},
      {"two hidden layers, TensorFlow's Adam, wrapped batches", iwae(4, image, 40),
       [](TrainConfig& c) {
         c.optimizer = OptimizerKind::kTfAdam;
         c.last_batch = LastBatch::kWrap;
         c.init = Init::kGlorot;
       }},
      {"autoencoder, momentum, cosine", without_prior(spec),
       [](TrainConfig& c) {
         c.objective = Objective::kAutoencoder;
         c.optimizer = OptimizerKind::kSgd;
         c.momentum = 0.9;
         c.schedule = Schedule::kCosine;
       }},
  };
}

double largest_difference(std::span<const float> mine, const torch::Tensor& theirs) {
  const torch::Tensor flat = theirs.detach().contiguous();
  double most = 0;
  for (std::size_t i = 0; i < mine.size(); ++i)
    most = std::max(most, std::fabs(double{mine[i]} - flat.data_ptr<float>()[i]));
  return most;
}

/// The Frobenius norm of the difference, over that of the second.
double distance_of(std::span<const float> mine, const torch::Tensor& theirs) {
  return distance(torch::from_blob(const_cast<float*>(mine.data()), theirs.sizes()), theirs);
}

void hold_together(const ModelSpec& spec, const TrainConfig& config, const ImageData& data) {
  const KeepThreads keep;
  TrainConfig plain_config = config;
  plain_config.plain = true;
  Vae plain(spec), fast(spec);
  initialize(*plain, config.seed, config.init);
  initialize(*fast, config.seed, config.init);
  set_threads(1);
  Trainer plain_trainer(plain, data, plain_config), fast_trainer(fast, data, config);
  EigenBackend eigen;
  auto made = MlpTrainer::make(spec, config, data.train.pixels, eigen);
  REQUIRE(made);
  MlpTrainer& trainer = *made;
  for (auto& p : plain->named_parameters())
    CHECK(largest_difference(trainer.parameter(p.key()), p.value()) == 0);

  while (!plain_trainer.done()) {
    const StepReport b = plain_trainer.advance(), f = fast_trainer.advance();
    const auto a = trainer.step();
    REQUIRE(a);
    INFO("step " << b.step);
    for (const auto& [who, batch, objective, rate, images, epoch] :
         {std::tuple("without LibTorch", a->batch, a->objective, a->learning_rate, a->images, a->epoch),
          std::tuple("fast", f.batch, f.objective, f.learning_rate, f.images, f.epoch)}) {
      INFO(who);
      CHECK(images == b.images);
      CHECK(epoch == b.epoch);
      CHECK(rate == b.learning_rate);
      CHECK(batch.reconstruction == Approx(b.batch.reconstruction).epsilon(1e-4));
      CHECK(batch.kl == Approx(b.batch.kl).epsilon(1e-4).margin(1e-5));
      CHECK(objective == Approx(b.objective).epsilon(1e-4));
    }
    if (b.step > 1) continue;
    for (auto& p : plain->named_parameters()) {
      INFO(p.key());
      const std::span<const float> mine = trainer.gradient(p.key());
      REQUIRE(mine.empty() != p.value().grad().defined());
      if (!mine.empty()) CHECK(distance_of(mine, p.value().grad()) < 1e-5);
    }
  }
  for (auto& p : plain->named_parameters()) {
    INFO(p.key());
    CHECK(largest_difference(trainer.parameter(p.key()), p.value()) < 1e-3);
    CHECK((fast->named_parameters()[p.key()] - p.value()).abs().max().item<double>() < 1e-3);
  }

  // The same held-out figures, in training and from the file.
  const Losses theirs = *plain_trainer.test_losses();
  const auto mine = trainer.evaluate(data.test.pixels);
  REQUIRE(mine);
  CHECK(mine->reconstruction == Approx(theirs.reconstruction).epsilon(1e-4));
  CHECK(mine->kl == Approx(theirs.kl).epsilon(1e-4).margin(1e-5));
  auto model = trainer.snapshot();
  REQUIRE(model);
  const Evaluation file = evaluate(std::span(&*model, 1), data.test, config.pixels, {}, 1);
  CHECK(file.neg_elbo == Approx(mine->neg_elbo()).epsilon(1e-4));
}

}  // namespace

TEST_CASE("200 steps by autograd, by the fast path and without LibTorch: losses, gradients, parameters") {
  const ImageData data = bars();
  for (const Case& c : cases(data.train.shape)) {
    INFO(c.name);
    TrainConfig config;
    config.steps = 200;
    config.batch_size = 100;  // of 640 images: the last batch of an epoch has 40
    c.change(config);
    hold_together(c.spec, config, data);
  }
}

TEST_CASE("the same with native_train's defaults on MNIST") {
  ImageData data = read_image_data(BUILD "/mnist", false);
  data.test.pixels.resize(500 * 784);
  data.test.labels.clear();
  TrainConfig config;
  config.steps = 200;
  hold_together(mlp(), config, data);
}
