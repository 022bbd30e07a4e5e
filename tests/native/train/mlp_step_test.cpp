#include "native/train/mlp_step.hpp"

#include "native/model/export.hpp"
#include "native/model/objectives.hpp"
#include "native/support/process_settings.hpp"
#include "native/train/trainer.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/bars.hpp"
#include "tests/native/steps.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

TrainConfig config() {
  TrainConfig c;
  c.epochs = 2;
  c.batch_size = 100;  // of 640 images: the last batch of an epoch has 40
  return c;
}

std::vector<Case> cases(Shape image) {
  const ModelSpec spec = mlp(image, 32, 3);
  return {
      {"elbo", spec, [](TrainConfig&) {}},
      {"beta that grows", spec,
       [](TrainConfig& c) {
         c.beta = 2;
         c.beta_warmup = 5;
       }},
      {"three samples", spec, [](TrainConfig& c) { c.samples = 3; }},
      {"penalties", spec,
       [](TrainConfig& c) {
         c.l2 = 0.01;
         c.weight_prior = true;
       }},
      {"squared error", with_likelihood(spec, Likelihood::kSquaredError), [](TrainConfig&) {}},
      {"tanh", aevb(2, image, 20), [](TrainConfig& c) { c.optimizer = OptimizerKind::kAdagrad; }},
      {"two hidden layers, clipped, averaged", iwae(4, image),
       [](TrainConfig& c) {
         c.clip = 1;
         c.ema = 0.9;
       }},
      {"autoencoder", without_prior(spec),
       [](TrainConfig& c) {
         c.objective = Objective::kAutoencoder;
         c.l2 = 0.01;
       }},
      {"AdamW", spec,
       [](TrainConfig& c) {
         c.optimizer = OptimizerKind::kAdamW;
         c.weight_decay = 0.1;
       }},
      {"TensorFlow's Adam, wrapped batches", spec,
       [](TrainConfig& c) {
         c.optimizer = OptimizerKind::kTfAdam;
         c.last_batch = LastBatch::kWrap;
       }},
  };
}

}  // namespace

TEST_CASE("a fast step is the plain one up to rounding: losses, gradients, and parameters after two epochs") {
  const KeepThreads keep;
  const ImageData data = bars();
  for (const int threads : {1, 3}) {
    for (const Case& c : cases(data.train.shape)) {
      INFO(c.name << ", threads " << threads);
      TrainConfig fast_config = config();
      c.change(fast_config);
      TrainConfig plain_config = fast_config;
      plain_config.plain = true;
      Vae fast(c.spec), plain(c.spec);
      initialize(*fast, 1);
      initialize(*plain, 1);
      REQUIRE(MlpStep::covers(*fast, fast_config));
      set_threads(threads);
      Trainer fast_trainer(fast, data, fast_config), plain_trainer(plain, data, plain_config);
      while (!fast_trainer.done()) {
        const bool first = fast_trainer.step() == 0;
        const StepReport a = fast_trainer.advance(), b = plain_trainer.advance();
        CHECK(a.images == b.images);
        CHECK(a.batch.reconstruction == Approx(b.batch.reconstruction).epsilon(1e-5));
        CHECK(a.batch.kl == Approx(b.batch.kl).epsilon(1e-4).margin(1e-6));
        CHECK(a.objective == Approx(b.objective).epsilon(1e-5));
        if (!first) continue;
        for (auto& p : fast->named_parameters()) {
          INFO(p.key());
          const torch::Tensor mine = p.value().grad(), other = plain->named_parameters()[p.key()].grad();
          REQUIRE(mine.defined() == other.defined());
          if (mine.defined()) CHECK(distance(mine, other) < 1e-5);
        }
      }
      CHECK(plain_trainer.done());
      for (auto& p : fast_trainer.result()->named_parameters()) {
        INFO(p.key());
        CHECK(distance(p.value(), plain_trainer.result()->named_parameters()[p.key()]) < 1e-3);
      }
    }
  }
}

TEST_CASE("the fast step covers what the gradient by hand does, in floats on the CPU") {
  Vae model(mlp({1, 6, 6}, 8, 2));
  TrainConfig c = config();
  CHECK(MlpStep::covers(*model, c));
  c.objective = Objective::kIwae;
  CHECK_FALSE(MlpStep::covers(*model, c));
  c = config();
  model->to(torch::kDouble);
  CHECK_FALSE(MlpStep::covers(*model, c));
}

TEST_CASE("Adam and AdamW in one pass are LibTorch's") {
  TrainConfig c = config();
  c.weight_decay = 0.1;
  for (const OptimizerKind kind : {OptimizerKind::kAdam, OptimizerKind::kAdamW, OptimizerKind::kTfAdam}) {
    c.optimizer = kind;
    Vae fast(mlp({1, 6, 6}, 8, 2)), plain(fast->spec);
    initialize(*fast, 1);
    initialize(*plain, 1);
    const auto fast_optimizer = make_optimizer(*fast, c), plain_optimizer = make_optimizer(*plain, c);
    Workers workers(3);
    torch::manual_seed(1);
    for (int step = 0; step < 50; ++step) {
      auto theirs = plain->parameters();
      auto ours = fast->parameters();
      for (std::size_t i = 0; i < ours.size(); ++i) {
        ours[i].mutable_grad() = 0.1 * torch::randn_like(ours[i]);
        theirs[i].mutable_grad() = ours[i].grad().clone();
      }
      set_learning_rate(*fast_optimizer, kind, 0.01, step);
      set_learning_rate(*plain_optimizer, kind, 0.01, step);
      take_step(*fast_optimizer, kind, workers);
      plain_optimizer->step();
    }
    for (auto& p : fast->named_parameters())
      CHECK(distance(p.value(), plain->named_parameters()[p.key()]) < 1e-5);
    const OptimizerState a = get_state(*fast_optimizer, kind, *fast),
                         b = get_state(*plain_optimizer, kind, *plain);
    CHECK(a.steps == b.steps);
    REQUIRE(a.tensors.size() == b.tensors.size());
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
      CHECK(a.tensors[i].first == b.tensors[i].first);
      CHECK(distance(a.tensors[i].second, b.tensors[i].second) < 1e-5);
    }
  }
}

TEST_CASE("with several threads the same seed gives the same file, and a resumed run ends in it too") {
  const KeepThreads keep;
  const ImageData data = bars();
  const auto file = [&](std::int64_t stop_at) {
    set_threads(3);
    Vae model(mlp(data.train.shape, 32, 3));
    initialize(*model, 1);
    Trainer trainer(model, data, config());
    train(trainer, {.stop = [&] { return trainer.step() == stop_at; }});
    if (trainer.done()) return export_weights(*model, Dtype::kF32, {});
    set_threads(3);
    Vae again(model->spec);
    Trainer resumed(again, data, config());
    resumed.restore(trainer.state());
    train(resumed, {});
    return export_weights(*again, Dtype::kF32, {});
  };
  const std::vector<std::byte> whole = file(-1);
  CHECK((whole == file(-1)));  // glog breaks the printing of byte vectors
  CHECK((whole == file(9)));
}

TEST_CASE("workers share a piece of work, and hand on what one of them throws") {
  Workers workers(3);
  CHECK(workers.count() == 3);
  std::vector<int> done(3);
  for (int round = 0; round < 1000; ++round)
    workers.run([&](int index) { ++done[static_cast<std::size_t>(index)]; });
  CHECK(done == std::vector<int>{1000, 1000, 1000});
  CHECK_THROWS_AS(workers.run([](int index) {
    if (index == 2) throw std::runtime_error("lost");
  }),
                  std::runtime_error);
  workers.run([&](int index) { ++done[static_cast<std::size_t>(index)]; });
  CHECK(done == std::vector<int>{1001, 1001, 1001});
}
