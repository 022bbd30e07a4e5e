// Training without LibTorch. (tests/native/train holds it to LibTorch's.)
#include "shared/train/mlp_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "shared/base/rng.hpp"
#include "shared/math/elbo.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/shared/train/bars.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

constexpr int kSize = 8;

ModelSpec network() { return mlp({1, kSize, kSize}, 24, 3); }

TrainConfig config() {
  TrainConfig c;
  c.batch_size = 50;
  c.learning_rate = 3e-3;
  return c;
}

MlpTrainer trainer_of(const ModelSpec& spec, const TrainConfig& c, const std::vector<std::uint8_t>& images,
                      Backend& backend) {
  auto trainer = MlpTrainer::make(spec, c, images, backend);
  if (!trainer) FAIL(trainer.error().message);
  return *std::move(trainer);
}

/// All numbers of all parameters.
std::vector<float> numbers(MlpTrainer& trainer) {
  std::vector<float> all;
  for (const ParameterSpec& p : parameters(trainer.spec())) {
    const std::span<float> values = trainer.parameter(p.name);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

void take(MlpTrainer& trainer, int steps) {
  for (int i = 0; i < steps; ++i) {
    const auto report = trainer.step();
    if (!report) FAIL(report.error().message);
  }
}

}  // namespace

TEST_CASE("every optimizer and likelihood learns, on images it has not seen") {
  const std::vector<std::uint8_t> images = bar_images(640, kSize, 1), test = bar_images(200, kSize, 2);
  EigenBackend backend;
  const auto improvement = [&](const ModelSpec& spec, const std::function<void(TrainConfig&)>& change) {
    TrainConfig c = config();
    change(c);
    MlpTrainer trainer = trainer_of(spec, c, images, backend);
    const double before = trainer.evaluate(test)->neg_elbo();
    take(trainer, 150);
    return before - trainer.evaluate(test)->neg_elbo();
  };
  const ModelSpec spec = network();
  CHECK(improvement(spec, [](TrainConfig&) {}) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) { c.samples = 3; }) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) { c.pixels = Pixels::kDynamic; }) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) { c.optimizer = OptimizerKind::kAdamW; }) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) { c.optimizer = OptimizerKind::kTfAdam; }) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) {
          c.optimizer = OptimizerKind::kAdagrad;
          c.learning_rate = 0.02;
        }) > 10);
  CHECK(improvement(spec, [](TrainConfig& c) {
          c.optimizer = OptimizerKind::kSgd;
          c.momentum = 0.9;
        }) > 5);
  CHECK(improvement(with_likelihood(spec, Likelihood::kSquaredError), [](TrainConfig&) {}) > 1);
  ModelSpec autoencoder = spec;
  autoencoder.prior = Prior::kNone;
  CHECK(improvement(autoencoder, [](TrainConfig& c) { c.objective = Objective::kAutoencoder; }) > 10);
}

TEST_CASE("the same seed gives the same numbers, bit for bit; another seed others") {
  const std::vector<std::uint8_t> images = bar_images(120, kSize);
  EigenBackend backend;
  const auto trained = [&](std::uint64_t seed) {
    TrainConfig c = config();
    c.seed = seed;
    MlpTrainer trainer = trainer_of(network(), c, images, backend);
    take(trainer, 10);
    return numbers(trainer);
  };
  CHECK(trained(1) == trained(1));
  CHECK(trained(1) != trained(2));
}

TEST_CASE("beta, rate and noise act from the next step on") {
  const std::vector<std::uint8_t> images = bar_images(100, kSize);
  EigenBackend backend;
  MlpTrainer trainer = trainer_of(network(), config(), images, backend);
  const MlpTrainer::Report first = *trainer.step();
  CHECK(first.step == 1);
  CHECK(first.epoch == 1);
  CHECK(first.images == 50);
  CHECK(first.learning_rate == 3e-3);
  CHECK(first.objective == Approx(first.batch.neg_elbo()));
  CHECK_FALSE(trainer.set_beta(4));
  CHECK_FALSE(trainer.set_learning_rate(1e-4));
  const MlpTrainer::Report second = *trainer.step();
  CHECK(second.objective == Approx(second.batch.reconstruction + 4 * second.batch.kl));
  CHECK(second.learning_rate == 1e-4);
  CHECK((*trainer.step()).epoch == 2);

  for (const double bad : {-1.0, std::nan(""), 1e300}) {
    REQUIRE(trainer.set_beta(bad));
    REQUIRE(trainer.set_learning_rate(bad));
  }
  CHECK(trainer.config().beta == 4);
  CHECK(trainer.config().learning_rate == 1e-4);

  // Where z is mu, log_var's head learns from the KL term alone: without that, not at all.
  trainer.set_noise(false);
  CHECK_FALSE(trainer.set_beta(0));
  take(trainer, 1);
  const auto is_zero = [](float x) { return x == 0; };
  const std::span<const float> still = trainer.gradient("log_var.weight"),
                               moved = trainer.gradient("mu.weight");
  REQUIRE(still.size() == 3 * 24);
  CHECK(std::all_of(still.begin(), still.end(), is_zero));
  CHECK_FALSE(std::all_of(moved.begin(), moved.end(), is_zero));
  trainer.set_noise(true);
  take(trainer, 1);
  CHECK_FALSE(std::all_of(still.begin(), still.end(), is_zero));
}

TEST_CASE("a loss that is not finite is an error, and nothing has changed") {
  const std::vector<std::uint8_t> images = bar_images(100, kSize);
  EigenBackend backend;
  TrainConfig c = config();
  c.optimizer = OptimizerKind::kSgd;
  c.learning_rate = 1000;
  MlpTrainer trainer = trainer_of(network(), c, images, backend);
  std::vector<float> before;
  for (int i = 0; i < 100; ++i) {
    before = numbers(trainer);
    const auto report = trainer.step();
    if (report) continue;
    CHECK(report.error().code == ErrorCode::kNonfinite);
    CHECK(report.error().message.find("step " + std::to_string(trainer.steps() + 1)) != std::string::npos);
    CHECK(report.error().message.find("learning rate") != std::string::npos);
    CHECK(numbers(trainer) == before);
    CHECK(std::all_of(before.begin(), before.end(), [](float x) { return std::isfinite(x); }));
    CHECK_FALSE(trainer.step());
    return;
  }
  FAIL("did not diverge");
}

TEST_CASE("a gradient whose square is no float is an error, not a weight that never moves again") {
  const std::vector<std::uint8_t> images = bar_images(100, kSize);
  EigenBackend backend;
  TrainConfig c = config();
  c.objective = Objective::kAutoencoder;  // without a KL term, whose exponential would overflow first
  c.optimizer = OptimizerKind::kSgd;
  c.learning_rate = 1000;
  c.l2 = 1e6;
  ModelSpec spec = network();
  spec.prior = Prior::kNone;
  MlpTrainer trainer = trainer_of(spec, c, images, backend);
  for (int i = 0; i < 10; ++i) {
    const std::vector<float> before = numbers(trainer);
    const auto report = trainer.step();
    if (report) continue;
    const std::string expected =
        "the gradient of step " + std::to_string(i + 1) + " is not finite or too large";
    CHECK(report.error().message.find(expected) != std::string::npos);
    CHECK(numbers(trainer) == before);
    return;
  }
  FAIL("no gradient was too large");
}

TEST_CASE("what it makes is a weights file that says how it was made, and evaluates to the same figures") {
  const std::vector<std::uint8_t> images = bar_images(130, kSize), test = bar_images(70, kSize, 2);
  EigenBackend backend;
  for (const Likelihood likelihood : {Likelihood::kBernoulli, Likelihood::kSquaredError}) {
    TrainConfig c = config();
    c.seed = 7;
    MlpTrainer trainer = trainer_of(with_likelihood(network(), likelihood), c, images, backend);
    take(trainer, 8);
    auto model = trainer.snapshot({{"data", "bars"}});
    if (!model) FAIL(model.error().message);
    CHECK(model->spec() == trainer.spec());
    for (const auto& [key, value] :
         Metadata{{"seed", "7"}, {"steps", "8"}, {"epochs", "2"}, {"train_images", "130"}, {"data", "bars"}})
      CHECK(model->metadata(key) == value);
    // The same test by the interpreter.
    const auto pixels = static_cast<std::size_t>(model->pixels());
    Losses sums, at_mu;
    for (int i = 0; i < 70; ++i) {
      std::vector<float> x;
      for (std::size_t p = 0; p < pixels; ++p)
        x.push_back(static_cast<float>(test[static_cast<std::size_t>(i) * pixels + p]) / 255);
      const Posterior q = *model->encode(x);
      Rng rng(5, Stream::kEvaluation, {static_cast<std::uint64_t>(i)});
      std::vector<float> z;
      for (std::size_t d = 0; d < 3; ++d) z.push_back(q.mu[d] + std::exp(q.log_var[d] / 2) * rng.normal());
      sums.reconstruction += reconstruction_loss(likelihood, *model->decode_output(z), x) / 70;
      sums.kl += kl_divergence(q.mu, q.log_var) / 70;
      at_mu.reconstruction += reconstruction_loss(likelihood, *model->decode_output(q.mu), x) / 70;
    }
    const auto held_out = trainer.evaluate(test, 1, 5);
    REQUIRE(held_out);
    CHECK(held_out->reconstruction == Approx(sums.reconstruction).epsilon(1e-4));
    CHECK(held_out->kl == Approx(sums.kl).epsilon(1e-4));
    CHECK(trainer.evaluate(test, 0)->reconstruction == Approx(at_mu.reconstruction).epsilon(1e-4));
    CHECK(trainer.evaluate(test, 50)->reconstruction == Approx(sums.reconstruction).epsilon(0.05));
  }
}

TEST_CASE("what cannot be trained is refused in words") {
  const std::vector<std::uint8_t> images = bar_images(10, kSize);
  EigenBackend backend;
  const auto refused = [&](const ModelSpec& spec, const std::function<void(TrainConfig&)>& change,
                           std::span<const std::uint8_t> bytes) {
    TrainConfig c = config();
    change(c);
    const auto made = MlpTrainer::make(spec, c, bytes, backend);
    return made ? "" : std::string(code_name(made.error().code)) + ": " + made.error().message;
  };
  const auto nothing = [](TrainConfig&) {};
  CHECK(refused(network(), nothing, images) == "");
  CHECK(refused(tf_conv(), nothing, images).starts_with("model: only Linear layers"));
  CHECK(refused(
            network(), [](TrainConfig& c) { c.learning_rate = 0; }, images)
            .starts_with("model: the learning rate must be above 0"));
  CHECK(refused(
            network(), [](TrainConfig& c) { c.objective = Objective::kAutoencoder; }, images)
            .starts_with("model: an autoencoder has no prior"));
  CHECK(refused(
            network(), [](TrainConfig& c) { c.batch_size = 0; }, images)
            .starts_with("model: a batch must have 1 to 60000 images"));
  CHECK(refused(
            with_likelihood(network(), Likelihood::kSquaredError), [](TrainConfig& c) { c.mean_bias = true; },
            images)
            .starts_with("model: mean_bias needs"));
  CHECK(refused(
            network(), [](TrainConfig& c) { c.skip_images = 1; }, images)
            .starts_with("model: leave images out"));
  CHECK(refused(network(), nothing, std::span(images).first(63)) ==
        "shape: got 63 bytes of images; expected some of 1x8x8, a byte a pixel");
  CHECK(refused(network(), nothing, {}).starts_with("shape: got 0 bytes"));
  CHECK(refused(mlp({1, kSize, kSize}, 60000, 500), nothing, images).starts_with("too-large: a model of "));
  // Petabytes, more than any address space has.
  CHECK(refused(
            mlp({1, kSize, kSize}, 100000, 3),
            [](TrainConfig& c) {
              c.samples = 100000;
              c.batch_size = 60000;
              c.last_batch = LastBatch::kWrap;
            },
            images)
            .starts_with("memory: "));
}

namespace {

/// Something of everything that can be set, sensible or not.
struct Chance {
  Rng rng;
  int to(int most) { return static_cast<int>(rng.below(static_cast<std::uint32_t>(most + 1))); }
  bool once_in(int n) { return to(n - 1) == 0; }
  /// Mostly a positive number of any size, at times one that nobody should ask for.
  double number() {
    constexpr double kOdd[] = {0, -1, 1e300, -1e300, INFINITY, NAN};
    return once_in(40) ? kOdd[to(5)] : std::pow(10.0, rng.uniform() * 8 - 5);
  }
  Activation activation() {
    constexpr auto kKinds = kValuesOf<ActivationKind>;
    auto kind = kKinds[static_cast<std::size_t>(to(static_cast<int>(kKinds.size()) - 1))];
    if (!differentiable_from_output({kind, 0}) && !once_in(10)) kind = ActivationKind::kTanh;
    return {kind, kind == ActivationKind::kLeakyRelu ? static_cast<float>(to(30)) / 32 : 0};
  }
  ModelSpec spec() {
    ModelSpec s;
    s.name = "any";
    s.image = {1, 1 + to(4), 1 + to(4)};
    s.latent = 1 + to(4);
    s.likelihood = once_in(30) ? Likelihood::kGaussian : static_cast<Likelihood>(to(1));
    s.prior = once_in(4) ? Prior::kNone : Prior::kNormal;
    int width = static_cast<int>(s.image.size());
    for (int i = to(2); i >= 0; --i) {
      const int next = 1 + to(11);
      s.encoder.push_back(Linear{width, next});
      if (!once_in(6)) s.encoder.push_back(activation());
      width = next;
    }
    width = s.latent;
    for (int i = to(2); i > 0; --i) {
      const int next = 1 + to(11);
      s.decoder.push_back(Linear{width, next});
      if (!once_in(6)) s.decoder.push_back(activation());
      width = next;
    }
    s.decoder.push_back(Linear{width, static_cast<int>(s.image.size())});
    if (s.likelihood == Likelihood::kSquaredError && !once_in(3))
      s.decoder.push_back(Activation{ActivationKind::kSigmoid});
    return s;
  }
  TrainConfig config(const ModelSpec& s) {
    TrainConfig c;
    c.epochs = to(3);
    c.steps = once_in(2) ? to(5) : 0;
    c.batch_size = once_in(50) ? -to(3) : 1 + to(20);
    c.last_batch = static_cast<LastBatch>(to(1));
    c.train_images = once_in(3) ? to(30) : 0;
    c.objective = s.prior == Prior::kNone && !once_in(30) ? Objective::kAutoencoder : Objective::kElbo;
    c.samples = once_in(50) ? -to(3) : 1 + to(2);
    c.beta = number();
    c.beta_warmup = once_in(3) ? to(4) : 0;
    c.l2 = once_in(3) ? number() : 0;
    c.weight_prior = once_in(4);
    c.pixels = static_cast<Pixels>(to(3));
    c.optimizer = static_cast<OptimizerKind>(to(4));
    c.learning_rate = number();
    c.weight_decay = once_in(3) ? number() : 0;
    c.momentum = once_in(3) ? rng.uniform() : 0;
    c.schedule = static_cast<Schedule>(to(2));
    c.init = static_cast<Init>(to(3));
    c.seed = rng.next();
    return c;
  }
};

bool finite(const std::vector<float>& all) {
  return std::all_of(all.begin(), all.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace

TEST_CASE(
    "ten thousand settings by chance: trained or refused, and never worse off after a step that failed") {
  EigenBackend backend;
  int made = 0, steps = 0, diverged = 0, saved = 0;
  for (std::uint64_t seed = 0; seed < 10000; ++seed) {
    Chance chance{Rng(seed, Stream::kSample)};
    const ModelSpec spec = chance.spec();
    const TrainConfig c = chance.config(spec);
    std::vector<std::uint8_t> images(static_cast<std::size_t>(spec.image.size() * (1 + chance.to(30))));
    for (std::uint8_t& pixel : images) pixel = static_cast<std::uint8_t>(chance.rng.next());
    if (chance.once_in(50)) images.pop_back();
    CAPTURE(seed);
    auto trainer = MlpTrainer::make(spec, c, images, backend);
    if (!trainer) {
      if (trainer.error().message.empty()) FAIL("refused without a word");
      continue;
    }
    ++made;
    for (int i = chance.to(6); i >= 0; --i) {
      const std::vector<float> before = numbers(*trainer);
      if (chance.once_in(4)) trainer->set_noise(chance.once_in(2));
      if (chance.once_in(4)) (void)trainer->set_beta(chance.number());
      if (chance.once_in(4)) (void)trainer->set_learning_rate(chance.number());
      ++steps;
      const auto report = trainer->step();
      if (!report) {
        ++diverged;
        if (numbers(*trainer) != before) FAIL("a step that failed has moved the parameters");
      } else if (!std::isfinite(report->objective)) {
        FAIL("a loss that is not finite went by");
      }
      if (!finite(numbers(*trainer))) FAIL("a parameter is not finite");
    }
    if (!trainer->evaluate(images)) FAIL("could not be evaluated");
    const auto model = trainer->snapshot();
    if (model) ++saved;
    if (!model && model.error().code != ErrorCode::kGolden) FAIL(model.error().message);
  }
  CAPTURE(made, steps, diverged, saved);
  CHECK(made > 5000);
  CHECK(diverged > 100);
  CHECK(saved > made * 9 / 10);
}
