// The training loop. It prints nothing: `on_step` and `on_epoch` tell the caller what happens, and `stop`
// lets the caller end it between two steps.
#pragma once

#include <cstdint>
#include <functional>

#include "native/dataset.hpp"
#include "native/vae.hpp"

namespace vae {

enum class Schedule {
  kConstant,  // the rate stays at learning_rate
  kOneCycle,  // from learning_rate / 25 up to it over the first 30 % of the steps, then down to nothing
              // (cosine)
};

struct TrainConfig {
  int epochs = 10;
  int batch_size = 128;
  double learning_rate = 1e-3;
  Schedule schedule = Schedule::kConstant;
  double beta = 1;         // weight of the KL term; 1 is the ELBO
  std::uint64_t seed = 1;  // of initialisation, shuffling and noise
};

/// Averages in nats per image, z sampled.
struct Losses {
  double reconstruction = 0, kl = 0;
  double neg_elbo() const { return reconstruction + kl; }
};

struct StepReport {
  int epoch;                 // counted from 1
  std::int64_t step, steps;  // of the whole run, counted from 1
  Losses batch;
  int images;  // in this batch
};

struct EpochReport {
  int epoch;
  Losses train;  // averaged over the epoch, while the weights moved
  Losses test;
};

struct TrainCallbacks {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const EpochReport&)> on_epoch;
  std::function<bool()> stop;  // asked after every step
};

struct TrainResult {
  std::int64_t steps = 0;  // done
  int epochs = 0;          // completed
  bool stopped = false;
};

/// Learning rate of step 0 <= step < steps.
double learning_rate_at(const TrainConfig& config, std::int64_t step, std::int64_t steps);

/// Order of `count` images in an epoch (Fisher-Yates), keyed by (seed, epoch).
std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch);

/// Trains in place with Adam on the model's device. Shuffling and noise are keyed by (seed, epoch, step), so
/// the same seed, device and thread count give the same weights, bit for bit. Throws Failure kDiverged in the
/// step whose loss is not finite.
TrainResult train(Vae& model, const ImageData& data, const TrainConfig& config,
                  const TrainCallbacks& callbacks);

}  // namespace vae
