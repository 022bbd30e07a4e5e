// The step that a GPU records once and replays. Without a GPU the same is asked of the CPU's step.
#include "native/train/graph_step.hpp"

#include "native/model/objectives.hpp"
#include "native/train/trainer.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/native/bars.hpp"
#include "tests/native/steps.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

torch::Device fastest() { return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU; }

TrainConfig config(OptimizerKind optimizer) {
  TrainConfig c;
  c.epochs = 2;
  c.batch_size = 100;  // of 640 images: the last batch of an epoch has 40
  c.optimizer = optimizer;
  c.clip = 1;
  return c;
}

Vae model_for(const ImageData& data, Prior prior) {
  ModelSpec spec = mlp(data.train.shape, 32, 3);
  spec.prior = prior;
  Vae model(spec);
  initialize(*model, 1);
  model->to(fastest());
  return model;
}

}  // namespace

TEST_CASE("what keeps steps from being a CUDA graph is said") {
  const ModelSpec spec = mlp({1, 6, 6}, 8, 2);
  const auto obstacle = [&](const ModelSpec& s, auto change, int processes = 1) {
    TrainConfig c;
    change(c);
    return graph_obstacle(s, c, processes);
  };
  const auto nothing = [](TrainConfig&) {};
  CHECK(obstacle(spec, nothing).empty());
  CHECK(obstacle(spec, [](TrainConfig& c) { c.optimizer = OptimizerKind::kAdamW; }).empty());
  CHECK(obstacle(spec, [](TrainConfig& c) { c.optimizer = OptimizerKind::kSgd; }) == "--optimizer sgd");
  CHECK(obstacle(spec, [](TrainConfig& c) { c.beta_warmup = 9; }) == "--beta-warmup 9");
  CHECK(obstacle(spec, [](TrainConfig& c) { c.bf16 = true; }) == "--bf16 true");
  CHECK(obstacle(with_dropout(spec, 0.1f), nothing) == "dropout");
  CHECK(obstacle(spec, nothing, 2) == "several processes");
}

TEST_CASE("TensorFloat-32 is off unless it is asked for") {
  for (const bool allowed : {true, false}) {
    set_tf32(allowed);
    CHECK(at::globalContext().allowTF32CuBLAS() == allowed);
    CHECK(at::globalContext().allowTF32CuDNN() == allowed);
  }
}

TEST_CASE("where nothing is drawn by chance the fastest step is the plain one, of small last batches too") {
  const KeepThreads keep;
  const ImageData data = bars();
  for (const OptimizerKind optimizer : {OptimizerKind::kAdam, OptimizerKind::kAdamW}) {
    TrainConfig fast_config = config(optimizer);
    fast_config.objective = Objective::kAutoencoder;
    fast_config.weight_decay = optimizer == OptimizerKind::kAdamW ? 0.1 : 0;
    TrainConfig plain_config = fast_config;
    plain_config.plain = true;
    Vae fast = model_for(data, Prior::kNone), plain = model_for(data, Prior::kNone);
    if (torch::cuda::is_available()) REQUIRE(GraphStep::covers(*fast, fast_config));
    Trainer fast_trainer(fast, data, fast_config), plain_trainer(plain, data, plain_config);
    while (!fast_trainer.done()) {
      const StepReport a = fast_trainer.advance(), b = plain_trainer.advance();
      CHECK(a.batch.reconstruction == Approx(b.batch.reconstruction).epsilon(1e-4));
      CHECK(a.objective == Approx(b.objective).epsilon(1e-4));
    }
    CHECK(plain_trainer.done());
    for (auto& p : fast->named_parameters()) {
      INFO(p.key());
      CHECK(distance(p.value(), plain->named_parameters()[p.key()]) < 1e-3);
    }
  }
}

TEST_CASE("a resumed run draws what the whole one drew, and another seed gives something else") {
  const KeepThreads keep;
  const ImageData data = bars();
  const auto trained = [&](std::uint64_t seed, bool resumed) {
    TrainConfig c = config(OptimizerKind::kAdam);
    c.seed = seed;
    Vae model = model_for(data, Prior::kNormal);
    Trainer trainer(model, data, c);
    while (trainer.step() < 5) trainer.advance();
    Vae other = model_for(data, Prior::kNormal);
    Trainer later(other, data, c);
    if (resumed) later.restore(trainer.state());
    for (Trainer& t = resumed ? later : trainer; !t.done();) t.advance();
    return (resumed ? other : model)->mu->weight.detach();
  };
  const torch::Tensor whole = trained(1, false);
  CHECK(distance(trained(1, true), whole) < 1e-6);
  CHECK(distance(trained(2, false), whole) > 1e-3);
}
