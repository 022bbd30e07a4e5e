#include "native/train.hpp"

#include <algorithm>
#include <numeric>

#include "native/export.hpp"
#include "native/failure.hpp"
#include "shared/model.hpp"
#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

ImageData bars() {
  TemporaryFolder folder;
  write_bars(folder.path());
  return {read_image_set(folder.path(), "train", false), read_image_set(folder.path(), "t10k", false)};
}

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
  const TrainResult result =
      train(model, data, config(30), {{}, [&](const EpochReport& r) { epochs.push_back(r); }, {}});
  REQUIRE(epochs.size() == 30);
  CHECK(result.steps == 30 * 7);
  CHECK(result.epochs == 30);
  CHECK_FALSE(result.stopped);
  CHECK(epochs.back().test.neg_elbo() < 0.6 * epochs.front().test.neg_elbo());
  CHECK(epochs.back().train.neg_elbo() < 0.6 * epochs.front().train.neg_elbo());
}

TEST_CASE("the same seed gives the same file, bit for bit; another seed another") {
  const ImageData data = bars();
  const auto file = [&](std::uint64_t seed) {
    Vae model = new_model(data, seed);
    TrainConfig c = config(2);
    c.seed = seed;
    train(model, data, c, {});
    return export_weights(*model, Dtype::kF32, {});
  };
  CHECK((file(1) == file(1)));  // glog breaks the printing of byte vectors
  CHECK((file(1) != file(2)));  // glog breaks the printing of byte vectors
}

TEST_CASE("the loop can be stopped between two steps") {
  const ImageData data = bars();
  Vae model = new_model(data);
  int asked = 0;
  const TrainResult result = train(model, data, config(30), {{}, {}, [&] { return ++asked == 10; }});
  CHECK(result.stopped);
  CHECK(result.steps == 10);
  CHECK(result.epochs == 1);
}

TEST_CASE("a loss that is not finite ends training in that step") {  // N9
  const ImageData data = bars();
  Vae model = new_model(data);
  TrainConfig c = config(30);
  c.learning_rate = 1e6;
  std::int64_t last = 0;
  try {
    train(model, data, c, {[&](const StepReport& r) { last = r.step; }, {}, {}});
    FAIL("did not diverge");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::kDiverged);
    CHECK(std::string(failure.what()).find("--lr 1e+06") != std::string::npos);
    CHECK(std::string(failure.what()).find("step " + std::to_string(last + 1)) != std::string::npos);
  }
}

TEST_CASE("beta weighs the KL term") {
  const ImageData data = bars();
  const auto final_kl = [&](double beta) {
    Vae model = new_model(data);
    TrainConfig c = config(20);
    c.beta = beta;
    double kl = 0;
    train(model, data, c, {{}, [&](const EpochReport& r) { kl = r.test.kl; }, {}});
    return kl;
  };
  const double strong = final_kl(10), normal = final_kl(1), weak = final_kl(0.1);
  CHECK(strong < normal);
  CHECK(normal < weak);
}

TEST_CASE("schedules") {
  TrainConfig c;
  c.learning_rate = 0.5;
  for (std::int64_t step : {0, 50, 99}) CHECK(learning_rate_at(c, step, 100) == 0.5);
  c.schedule = Schedule::kOneCycle;
  CHECK(learning_rate_at(c, 0, 100) == Approx(0.5 / 25));
  CHECK(learning_rate_at(c, 15, 100) == Approx(0.5 * (1 + 1.0 / 25) / 2));  // halfway up
  CHECK(learning_rate_at(c, 30, 100) == Approx(0.5));
  CHECK(learning_rate_at(c, 65, 100) == Approx(0.25).epsilon(1e-3));  // halfway down
  CHECK(learning_rate_at(c, 99, 100) < 0.001);
  CHECK(learning_rate_at(c, 0, 1) > 0);
}

TEST_CASE("an epoch's order is a permutation of its own") {
  std::vector<std::int64_t> order = shuffled(1000, 1, 1);
  CHECK(order == shuffled(1000, 1, 1));
  CHECK(order != shuffled(1000, 1, 2));
  CHECK(order != shuffled(1000, 2, 1));
  std::sort(order.begin(), order.end());
  std::vector<std::int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  CHECK(order == all);
}

TEST_CASE("an exported file loads, in both precisions, and the model is not changed") {
  const ImageData data = bars();
  Vae model = new_model(data);
  train(model, data, config(1), {});
  const torch::Tensor before = model->parameters()[0].clone();
  const std::vector<std::byte> f32 = export_weights(*model, Dtype::kF32, {{"seed", "1"}});
  const std::vector<std::byte> f16 = export_weights(*model, Dtype::kF16, {{"seed", "1"}});
  CHECK(torch::equal(model->parameters()[0], before));
  CHECK(5 * f16.size() < 3 * f32.size() + 15000);
  for (const auto* file : {&f32, &f16}) {
    const auto loaded = Model::load(*file);
    if (!loaded) FAIL(loaded.error().message);
    CHECK(loaded->fact("seed") == "1");
    CHECK(loaded->spec() == model->spec);
  }
}
