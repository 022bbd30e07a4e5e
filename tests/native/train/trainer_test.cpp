#include "native/train/trainer.hpp"

#include "native/model/export.hpp"
#include "native/model/objectives.hpp"
#include "native/support/failure.hpp"
#include "shared/model/model.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/bars.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

Vae new_model(const ImageData& data, std::uint64_t seed = 1) {
  Vae model(mlp(data.train.shape, 32, 3));
  initialize(*model, seed);
  return model;
}

TrainConfig config(int epochs) {
  TrainConfig c;
  c.epochs = epochs;
  c.batch_size = 100;  // the last batch of an epoch is smaller
  c.learning_rate = 3e-3;
  return c;
}

}  // namespace

TEST_CASE("training lowers both losses' sum, on images it has not seen") {
  const ImageData data = bars();
  Vae model = new_model(data);
  std::vector<EpochReport> epochs;
  Trainer trainer(model, data, config(30));
  CHECK_FALSE(train(trainer, {{}, [&](const EpochReport& r) { epochs.push_back(r); }, {}}));
  REQUIRE(epochs.size() == 30);
  CHECK(trainer.step() == 30 * 7);
  CHECK(trainer.epochs() == 30);
  CHECK(epochs.back().held_out.neg_elbo() < 0.6 * epochs.front().held_out.neg_elbo());
  CHECK(epochs.back().train.neg_elbo() < 0.6 * epochs.front().train.neg_elbo());
}

TEST_CASE("the same seed gives the same file, bit for bit; another seed another") {
  const ImageData data = bars();
  const auto file = [&](std::uint64_t seed) {
    Vae model = new_model(data, seed);
    TrainConfig c = config(2);
    c.seed = seed;
    Trainer trainer(model, data, c);
    train(trainer, {});
    return export_weights(*model, Dtype::kF32, {});
  };
  CHECK((file(1) == file(1)));  // glog breaks the printing of byte vectors
  CHECK((file(1) != file(2)));  // glog breaks the printing of byte vectors
}

TEST_CASE("a step's batch again: after the update, without dropout, with other noise") {
  const ImageData data = bars();
  Vae model(with_dropout(mlp(data.train.shape, 32, 3), 0.5f));
  initialize(*model, 1);
  TrainConfig c = config(2);
  c.learning_rate = 0.05;
  Trainer trainer(model, data, c);
  trainer.advance();
  const StepReport last = trainer.advance();
  const Replay again = trainer.replay(), same = trainer.replay();
  CHECK(again.losses.neg_elbo() == same.losses.neg_elbo());  // nothing is dropped
  CHECK(model->is_training());
  CHECK(again.losses.neg_elbo() < last.batch.neg_elbo());
  REQUIRE(again.x.size(0) == last.images);
  const torch::NoGradGuard no_grad;
  model->eval();
  const PosteriorTensors q = model->encode(again.x);
  const torch::Tensor epsilon = (again.z - q.mu) / torch::exp(0.5 * q.log_var);
  CHECK(epsilon.std().item<double>() == Approx(1).margin(0.2));
  const Terms terms = elbo_b(draw(*model, again.x, epsilon.unsqueeze(0)));
  CHECK(again.losses.kl == Approx(terms.kl.mean().item<double>()).epsilon(1e-4));
  CHECK(again.losses.reconstruction == Approx(terms.reconstruction.mean().item<double>()).epsilon(1e-4));
  Workers alone(1);
  Batches batches(data.train, c, 3);
  const Batch batch = batches.batch(1, {0, last.images, true}, alone);
  CHECK(torch::equal(batch.x, again.x));
  CHECK_FALSE(torch::allclose(batch.epsilon[0], epsilon, 0.1, 0.1));
}

TEST_CASE("the loop can be stopped between two steps") {
  const ImageData data = bars();
  Vae model = new_model(data);
  Trainer trainer(model, data, config(30));
  CHECK(train(trainer, {.stop = [&] { return trainer.step() == 10; }}));
  CHECK(trainer.step() == 10);
  CHECK(trainer.epochs() == 1);
}

TEST_CASE("stopped in the test at an epoch's end, a run goes on with that test") {
  const ImageData data = bars();
  Vae model = new_model(data);
  Trainer trainer(model, data, config(2));
  std::vector<int> epochs;
  const auto on_epoch = [&](const EpochReport& r) { epochs.push_back(r.epoch); };
  CHECK(train(trainer, {.on_epoch = on_epoch, .stop = [&] { return trainer.step() == 7; }}));
  CHECK(trainer.epoch_ended());
  CHECK(epochs.empty());
  CHECK_FALSE(train(trainer, {.on_epoch = on_epoch}));
  CHECK(epochs == std::vector<int>{1, 2});
}

TEST_CASE("a loss that is not finite ends training in that step") {  // N9
  const ImageData data = bars();
  Vae model = new_model(data);
  TrainConfig c = config(30);
  c.learning_rate = 1e6;
  std::int64_t last = 0;
  try {
    Trainer trainer(model, data, c);
    train(trainer, {[&](const StepReport& r) { last = r.step; }, {}, {}});
    FAIL("did not diverge");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::kDiverged);
    CHECK(std::string(failure.what()).find("--lr 1e+06") != std::string::npos);
    CHECK(std::string(failure.what()).find("step " + std::to_string(last + 1)) != std::string::npos);
  }
}

TEST_CASE("a gradient whose square is no float ends training, by hand and with autograd") {
  const ImageData data = bars();
  for (const Estimator estimator : {Estimator::kA, Estimator::kB}) {
    Vae model = new_model(data);
    TrainConfig c = config(1);
    c.estimator = estimator;
    c.l2 = 1e20;
    std::string said;
    try {
      Trainer trainer(model, data, c);
      train(trainer, {});
    } catch (const Failure& failure) {
      CHECK(failure.code == Exit::kDiverged);
      said = failure.what();
    }
    CHECK(said.find("the gradient of step 1 is not finite or too large") != std::string::npos);
  }
}

TEST_CASE("without held-out images no epoch is the best; with them, the best one's weights are kept") {
  ImageData data = bars();
  for (const bool validated : {false, true}) {
    if (validated) hold_out(data, 100);
    Vae model = new_model(data);
    TrainConfig c = config(12);
    c.learning_rate = 0.05;  // at which the loss goes up and down
    c.keep = validated ? Keep::kBest : Keep::kLast;
    Trainer trainer(model, data, c);
    double best = std::numeric_limits<double>::infinity();
    torch::Tensor weight = model->mu->weight.detach().clone();
    int epochs = 0, since = 0;
    train(trainer, {{},
                    [&](const EpochReport& r) {
                      CHECK(r.validated == validated);
                      CHECK(r.best == (validated && r.held_out_loss < best));
                      if (r.best || !validated) weight = model->mu->weight.detach().clone();
                      since = r.best ? 0 : since + 1;
                      if (r.best) best = r.held_out_loss;
                      ++epochs;
                    },
                    {}});
    CHECK(epochs == 12);
    CHECK(trainer.epochs_since_best() == since);
    CHECK(torch::equal(trainer.chosen()->mu->weight, weight));
    if (validated) CHECK(since > 0);  // else this tells nothing
    CHECK(trainer.state().best_parameters.empty() == !validated);
  }
}

TEST_CASE("held-out images are the last ones, and are not trained on") {
  const ImageData all = bars();
  ImageData data = all;
  hold_out(data, 100);
  const std::size_t size = static_cast<std::size_t>(all.train.shape.size()),
                    kept = all.train.pixels.size() - 100 * size;
  REQUIRE(data.validation.count() == 100);
  CHECK(std::equal(all.train.pixels.begin(), all.train.pixels.begin() + std::ptrdiff_t(kept),
                   data.train.pixels.begin(), data.train.pixels.end()));
  CHECK(std::equal(all.train.pixels.begin() + std::ptrdiff_t(kept), all.train.pixels.end(),
                   data.validation.pixels.begin(), data.validation.pixels.end()));
  CHECK(data.train.sha256 == all.train.sha256);
  Vae model = new_model(data);
  CHECK(Trainer(model, data, config(1)).train_images() == data.train.count());
  CHECK_THROWS_AS(hold_out(data, data.train.count()), Failure);

  ImageData later = all;  // the first ones can be left out as well, as TensorFlow's reader does
  hold_out(later, 100, 50);
  CHECK(later.train.count() == all.train.count() - 150);
  CHECK(std::equal(all.train.pixels.begin() + std::ptrdiff_t(50 * size),
                   all.train.pixels.begin() + std::ptrdiff_t(kept), later.train.pixels.begin(),
                   later.train.pixels.end()));
  CHECK(later.train.labels[0] == all.train.labels[50]);
  CHECK(later.validation.pixels == data.validation.pixels);
  CHECK_THROWS_AS(hold_out(later, 0, later.train.count()), Failure);
}

TEST_CASE("what is chosen on is what is trained: the importance-weighted bound") {
  ImageData data = bars();
  hold_out(data, 100);
  Vae model = new_model(data);
  TrainConfig c = config(1);
  c.objective = Objective::kIwae;
  c.samples = 20;
  Trainer trainer(model, data, c);
  train(trainer, {{},
                  [](const EpochReport& r) {
                    CHECK(r.held_out_loss < r.held_out.neg_elbo());  // a tighter bound
                    CHECK(r.held_out_loss > 0.5 * r.held_out.neg_elbo());
                  },
                  {}});
}

TEST_CASE("beta weighs the KL term") {
  const ImageData data = bars();
  const auto final_kl = [&](double beta) {
    Vae model = new_model(data);
    TrainConfig c = config(20);
    c.beta = beta;
    double kl = 0;
    Trainer trainer(model, data, c);
    train(trainer, {{}, [&](const EpochReport& r) { kl = r.held_out.kl; }, {}});
    return kl;
  };
  const double strong = final_kl(10), normal = final_kl(1), weak = final_kl(0.1);
  CHECK(strong < normal);
  CHECK(normal < weak);
}

TEST_CASE("every objective and optimizer learns") {
  const ImageData data = bars();
  const auto improvement = [&](const TrainConfig& c, const ModelSpec& spec) {
    Vae model(spec);
    initialize(*model, 1, c.init);
    Trainer trainer(model, data, c);
    std::vector<double> losses;
    train(trainer, {{}, [&](const EpochReport& r) { losses.push_back(r.held_out.neg_elbo()); }, {}});
    return losses.front() - losses.back();
  };
  const ModelSpec spec = mlp(data.train.shape, 32, 3);
  const TrainConfig start = config(12);
  const auto with = [&](auto change) {
    TrainConfig c = start;
    change(c);
    return c;
  };
  CHECK(improvement(with([](TrainConfig& c) { c.estimator = Estimator::kA; }), spec) > 10);
  CHECK(improvement(with([](TrainConfig& c) { c.samples = 3; }), spec) > 10);
  CHECK(improvement(with([](TrainConfig& c) {
                      c.objective = Objective::kIwae;
                      c.samples = 5;
                      c.pixels = Pixels::kDynamic;
                    }),
                    spec) > 10);
  CHECK(improvement(with([](TrainConfig& c) { c.optimizer = OptimizerKind::kAdamW; }), spec) > 10);
  CHECK(improvement(with([](TrainConfig& c) {
                      c.optimizer = OptimizerKind::kAdagrad;
                      c.learning_rate = 0.02;
                    }),
                    spec) > 10);
  CHECK(improvement(with([](TrainConfig& c) {
                      c.optimizer = OptimizerKind::kSgd;
                      c.momentum = 0.9;
                      c.clip = 5;
                    }),
                    spec) > 5);
  CHECK(improvement(with([](TrainConfig& c) { c.ema = 0.9; }), spec) > 10);
  CHECK(improvement(start, with_dropout(spec, 0.1f)) > 10);
  CHECK(improvement(start, with_likelihood(spec, Likelihood::kSquaredError)) > 1);
  CHECK(improvement(with([](TrainConfig& c) { c.pixels = Pixels::kDequantized; }),
                    with_likelihood(spec, Likelihood::kGaussian)) > 10);
  ModelSpec autoencoder = spec;
  autoencoder.prior = Prior::kNone;
  CHECK(improvement(with([](TrainConfig& c) { c.objective = Objective::kAutoencoder; }), autoencoder) > 10);
}

TEST_CASE("steps and batches: partial at an epoch's end, or wrapped into the next") {
  const ImageData data = bars();  // 640 images
  TrainConfig c = config(2);
  const auto images = [&](const TrainConfig& how) {
    Vae model = new_model(data);
    Trainer trainer(model, data, how);
    std::vector<int> sizes, ended;
    train(trainer, {[&](const StepReport& r) { sizes.push_back(r.images); },
                    [&](const EpochReport&) { ended.push_back(static_cast<int>(sizes.size())); },
                    {}});
    return std::pair(sizes, ended);
  };
  CHECK(images(c).first ==
        std::vector<int>{100, 100, 100, 100, 100, 100, 40, 100, 100, 100, 100, 100, 100, 40});
  CHECK(images(c).second == std::vector<int>{7, 14});
  c.last_batch = LastBatch::kWrap;
  CHECK(images(c).first == std::vector<int>(13, 100));
  CHECK(images(c).second == std::vector<int>{7, 13});
  c.steps = 3;
  CHECK(images(c).first.size() == 3);
  CHECK(images(c).second == std::vector<int>{3});
  c.train_images = 150;
  CHECK(images(c).second == std::vector<int>{2, 3});
}

TEST_CASE("the weight penalty: L2 on weights, a prior on all parameters") {
  const ImageData data = bars();
  const auto norm_after = [&](double l2, bool prior) {
    Vae model = new_model(data);
    TrainConfig c = config(10);
    c.l2 = l2;
    c.weight_prior = prior;
    Trainer trainer(model, data, c);
    train(trainer, {});
    double sum = 0;
    for (const torch::Tensor& p : model->parameters()) sum += p.square().sum().item<double>();
    return sum;
  };
  const double free = norm_after(0, false);
  CHECK(norm_after(0.1, false) < free);
  CHECK(norm_after(0, true) < free);
}

TEST_CASE("an exported file loads, in both precisions, and the model is not changed") {
  const ImageData data = bars();
  Vae model = new_model(data);
  Trainer trainer(model, data, config(1));
  train(trainer, {});
  const torch::Tensor before = model->parameters()[0].clone();
  const std::vector<std::byte> f32 = export_weights(*model, Dtype::kF32, {{"seed", "1"}});
  const std::vector<std::byte> f16 = export_weights(*model, Dtype::kF16, {{"seed", "1"}});
  CHECK(torch::equal(model->parameters()[0], before));
  CHECK(5 * f16.size() < 3 * f32.size() + 15000);
  for (const auto* file : {&f32, &f16}) {
    const auto loaded = Model::load(*file);
    if (!loaded) FAIL(loaded.error().message);
    CHECK(loaded->metadata("seed") == "1");
    CHECK(loaded->spec() == model->spec);
  }
}
