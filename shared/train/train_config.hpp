// Everything that decides what a training run computes, as plain data. Two runs with equal configurations,
// data, device and threads give the same file.
#pragma once

#include <cstdint>
#include <string_view>

#include "shared/math/pixels.hpp"

namespace vae {

/// What is minimized.
enum class Objective {
  kElbo,         // -ELBO, estimated with `samples` draws of z
  kIwae,         // the importance-weighted bound with `samples` draws (Burda, Grosse, Salakhutdinov 2016)
  kAutoencoder,  // z = mu, reconstruction only: nothing is sampled and there is no KL term
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Objective value) {
  switch (value) {
    case Objective::kElbo:
      return "elbo";
    case Objective::kIwae:
      return "iwae";
    case Objective::kAutoencoder:
      return "autoencoder";
  }
  return {};
}

enum class Estimator {  // of the ELBO (Kingma and Welling 2013)
  kA,                   // all of it by sampling: log p(x, z) - log q(z|x)
  kB,                   // the KL term in closed form
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Estimator value) {
  switch (value) {
    case Estimator::kA:
      return "a";
    case Estimator::kB:
      return "b";
  }
  return {};
}

enum class Gradient {  // of the importance-weighted bound with respect to the encoder
  kPlain,              // by backpropagation
  kDreg,               // doubly reparameterized (Tucker et al. 2018): the same mean, less variance
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Gradient value) {
  switch (value) {
    case Gradient::kPlain:
      return "plain";
    case Gradient::kDreg:
      return "dreg";
  }
  return {};
}

enum class SigmaHead {  // what the encoder's second head gives in training; a file has log sigma^2
  kLogVar,              // log sigma^2
  kLogSigma,            // log sigma, twice of which is log sigma^2
};
/// Returns its name on the command line.
constexpr std::string_view name_of(SigmaHead value) {
  switch (value) {
    case SigmaHead::kLogVar:
      return "log-var";
    case SigmaHead::kLogSigma:
      return "log-sigma";
  }
  return {};
}

/// How parameters follow their gradient.
enum class OptimizerKind {
  kAdam,
  kAdamW,
  kAdagrad,
  kSgd,
  kTfAdam,  // Adam as TensorFlow has it: epsilon is added before the root's bias correction, not after it
};
/// Returns its name on the command line.
constexpr std::string_view name_of(OptimizerKind value) {
  switch (value) {
    case OptimizerKind::kAdam:
      return "adam";
    case OptimizerKind::kAdamW:
      return "adamw";
    case OptimizerKind::kAdagrad:
      return "adagrad";
    case OptimizerKind::kSgd:
      return "sgd";
    case OptimizerKind::kTfAdam:
      return "tf-adam";
  }
  return {};
}

/// The learning rate over a run.
enum class Schedule {
  kConstant,  // the rate stays at learning_rate
  kCosine,    // from learning_rate down to 0 along half a cosine
  kOneCycle,  // from learning_rate / 25 up to it over the first 30 % of the steps, then down to 0 (cosine)
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Schedule value) {
  switch (value) {
    case Schedule::kConstant:
      return "constant";
    case Schedule::kCosine:
      return "cosine";
    case Schedule::kOneCycle:
      return "one-cycle";
  }
  return {};
}

/// The parameters before the first step.
enum class Init {
  kPytorch,          // weights and biases uniform in +-1 / sqrt(fan in), PyTorch's default
  kGlorot,           // weights uniform in +-sqrt(6 / (fan in + fan out)), biases 0 (Glorot and Bengio 2010)
  kTruncatedNormal,  // weights N(0, 0.001^2) cut at two standard deviations, biases 0
  kNormal,           // weights and biases N(0, 0.01^2)
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Init value) {
  switch (value) {
    case Init::kPytorch:
      return "pytorch";
    case Init::kGlorot:
      return "glorot";
    case Init::kTruncatedNormal:
      return "truncated-normal";
    case Init::kNormal:
      return "normal";
  }
  return {};
}

enum class LastBatch {  // of an epoch whose images do not fill it
  kPartial,             // is smaller
  kWrap,                // is filled from the next epoch, as TensorFlow's old MNIST reader does
};
/// Returns its name on the command line.
constexpr std::string_view name_of(LastBatch value) {
  switch (value) {
    case LastBatch::kPartial:
      return "partial";
    case LastBatch::kWrap:
      return "wrap";
  }
  return {};
}

enum class Keep {  // which weights of a run
  kLast,           // those of the last step
  kBest,           // those of the epoch with the lowest loss on the validation images
};
/// Returns its name on the command line.
constexpr std::string_view name_of(Keep value) {
  switch (value) {
    case Keep::kLast:
      return "last";
    case Keep::kBest:
      return "best";
  }
  return {};
}

/// The settings of a run.
struct TrainConfig {
  int epochs = 10;
  std::int64_t steps = 0;  // instead of epochs, when above 0
  int batch_size = 128;
  LastBatch last_batch = LastBatch::kPartial;
  int skip_images = 0;   // training images, the first ones, that are left out
  int train_images = 0;  // only the first so many of the others; 0: all
  int validation = 0;    // training images, the last ones, that are held out to choose on; 0: none
  int patience = 0;      // epochs without a better validation loss after which a run ends; 0: any
  Keep keep = Keep::kLast;

  Objective objective = Objective::kElbo;
  Estimator estimator = Estimator::kB;
  int samples = 1;  // of z for each image: L, or k of the importance-weighted bound
  Gradient gradient = Gradient::kPlain;
  double beta = 1;               // weight of the KL term; 1 is the ELBO
  std::int64_t beta_warmup = 0;  // steps over which beta grows from 0 in a straight line
  double free_bits = 0;          // nats of each latent's KL, averaged over a batch, that cost nothing more
  double l2 = 0;                 // weight of sum(w^2) / 2 over the weights, without biases
  bool weight_prior =
      false;  // a standard normal prior on all parameters: sum(w^2) / 2 over the training images
  Pixels pixels = Pixels::kGray;

  OptimizerKind optimizer = OptimizerKind::kAdam;
  double learning_rate = 1e-3;
  double weight_decay = 0;  // decoupled, AdamW's
  double momentum = 0;      // SGD's
  Schedule schedule = Schedule::kConstant;
  double clip = 0;  // largest norm of the gradient; 0: any
  double ema = 0;   // decay of the exponential average of the weights that is evaluated and kept; 0: none

  Init init = Init::kPytorch;
  bool mean_bias = false;  // the output's biases start at the log-odds of the training images' mean
  SigmaHead sigma_head = SigmaHead::kLogVar;
  bool bf16 = false;       // matrix products and convolutions in bfloat16, sums and parameters in float32
  bool tf32 = false;       // on a GPU, their factors in TensorFloat-32
  std::uint64_t seed = 1;  // of initialization, shuffling, noise, pixels and dropout
  bool plain = false;      // no fast path (mlp_step, fused optimizers): slower, the same up to rounding
};

}  // namespace vae
