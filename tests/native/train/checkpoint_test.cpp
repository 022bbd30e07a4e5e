// Checkpoints and what follows from them: a run that is cut anywhere ends in the same weights.
#include "native/train/checkpoint.hpp"

#include <fstream>

#include "native/support/failure.hpp"
#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/bars.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

TrainConfig config(OptimizerKind optimizer) {
  TrainConfig c;
  c.steps = 23;  // three epochs of 7 steps, and two
  c.batch_size = 50;
  c.learning_rate = 1e-2;
  c.momentum = 0.9;
  c.ema = 0.9;
  c.schedule = Schedule::kOneCycle;
  c.optimizer = optimizer;
  c.pixels = Pixels::kDynamic;
  return c;
}

Vae new_model(const ImageData& data) {
  Vae model(with_dropout(mlp(data.train.shape, 16, 3), 0.1f));
  initialize(*model, 1);
  return model;
}

Checkpoint through_bytes(const Checkpoint& c) { return read_checkpoint(write_checkpoint(c), "test"); }

bool same(const NamedTensors& a, const NamedTensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && torch::equal(x.second, y.second);
  });
}

/// Trains, stopping after each of these steps to start a new process's worth of objects from a checkpoint.
TrainerState run_with_stops(const ImageData& data, const TrainConfig& c, std::vector<std::int64_t> stops) {
  stops.push_back(c.steps);
  TrainerState state;
  bool first = true;
  for (std::int64_t stop : stops) {
    Vae model = new_model(data);
    Trainer trainer(model, data, c);
    if (!std::exchange(first, false)) trainer.restore(through_bytes({state, {}}).state);
    train(trainer, {.stop = [&] { return trainer.step() == stop; }});
    state = trainer.state();
  }
  return state;
}

}  // namespace

TEST_CASE("resumed equals uninterrupted, bit for bit, at random stops and for every optimizer") {
  ImageData data = bars(420, 100);
  hold_out(data, 100);
  Rng rng(11, Stream::kSample);
  for (OptimizerKind kind : {OptimizerKind::kAdam, OptimizerKind::kAdamW, OptimizerKind::kAdagrad,
                             OptimizerKind::kSgd, OptimizerKind::kTfAdam}) {
    TrainConfig c = config(kind);
    c.keep = Keep::kBest;
    const TrainerState whole = run_with_stops(data, c, {});
    CHECK(whole.step == 23);
    CHECK_FALSE(whole.best_parameters.empty());
    for (int i = 0; i < 20; ++i) {
      const auto a = 1 + static_cast<std::int64_t>(rng.below(22)),
                 b = 1 + static_cast<std::int64_t>(rng.below(22));
      CAPTURE(i, a, b);
      const TrainerState cut = run_with_stops(data, c, a < b ? std::vector{a, b} : std::vector{a});
      REQUIRE(same(cut.parameters, whole.parameters));
      REQUIRE(same(cut.average, whole.average));
      REQUIRE(same(cut.optimizer.tensors, whole.optimizer.tensors));
      REQUIRE(cut.best == whole.best);
      REQUIRE(cut.epochs_since_best == whole.epochs_since_best);
      REQUIRE(same(cut.best_parameters, whole.best_parameters));
      REQUIRE(cut.sum.kl == whole.sum.kl);
    }
  }
}

TEST_CASE("a checkpoint keeps everything, to the last bit") {
  const ImageData data = bars(320, 100);
  Vae model = new_model(data);
  Trainer trainer(model, data, config(OptimizerKind::kAdam));
  for (int i = 0; i < 9; ++i) trainer.advance();
  const Checkpoint c{trainer.state(), {{"config", "--lr 1"}}}, back = through_bytes(c);
  CHECK(back.state.step == 9);
  CHECK(back.state.optimizer.steps == 9);
  CHECK(back.state.sum.reconstruction == c.state.sum.reconstruction);
  CHECK(back.state.summed_images == 420);  // no finish_epoch() in between
  CHECK(back.state.best == c.state.best);
  CHECK(same(back.state.parameters, c.state.parameters));
  CHECK(back.state.optimizer.tensors.size() == 2 * c.state.parameters.size());
  CHECK(back.get("config") == "--lr 1");
}

TEST_CASE("a checkpoint of another model is refused") {
  const ImageData data = bars(320, 100);
  Vae model = new_model(data), other(mlp(data.train.shape, 17, 3));
  Trainer trainer(model, data, config(OptimizerKind::kAdam)),
      wrong(other, data, config(OptimizerKind::kAdam));
  trainer.advance();
  try {
    wrong.restore(trainer.state());
    FAIL("was taken");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::kBadData);
  }
}

TEST_CASE("a folder keeps the newest two and the best, and skips what is damaged") {  // N1, N8
  const ImageData data = bars(320, 100);
  Vae model = new_model(data);
  Trainer trainer(model, data, config(OptimizerKind::kAdam));
  TemporaryFolder folder;
  CheckpointFolder checkpoints(folder / "run");
  CHECK(checkpoints.empty());
  for (int i = 1; i <= 5; ++i) {
    trainer.advance();
    checkpoints.save({trainer.state(), {}}, i == 2);
  }
  const auto there = [&](const char* name) { return std::filesystem::exists(checkpoints.path() / name); };
  CHECK(there("checkpoint-0000000005.bin"));
  CHECK(there("checkpoint-0000000004.bin"));
  CHECK_FALSE(there("checkpoint-0000000003.bin"));
  CHECK(read_checkpoint(read_file(checkpoints.path() / "best.bin", 1 << 30), "best").state.step == 2);

  std::vector<std::string> damaged;
  const auto note = [&](const std::string& text) { damaged.push_back(text); };
  CHECK(checkpoints.newest(note)->state.step == 5);
  CHECK(damaged.empty());
  Bytes bytes = read_bytes(checkpoints.path() / "checkpoint-0000000005.bin");
  bytes[bytes.size() / 2] ^= 1;
  write_bytes(checkpoints.path() / "checkpoint-0000000005.bin", bytes);
  CHECK(checkpoints.newest(note)->state.step == 4);
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].find("[crc]") != std::string::npos);
  write_bytes(checkpoints.path() / "checkpoint-0000000004.bin", {});
  CHECK_FALSE(checkpoints.newest(note));
  CHECK_THROWS_AS(CheckpointFolder(folder / "run"), Failure);  // locked
}
