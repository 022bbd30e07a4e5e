#include "native/config/presets.hpp"

#include <algorithm>
#include <iterator>

#include "native/support/failure.hpp"
#include "shared/spec/architectures.hpp"

namespace vae {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Failure(Exit::kUsage, what); }

/// TensorFlow's old MNIST reader keeps the first 5 000 of the 60 000 training images for validation.
constexpr int kTensorFlowValidation = 5000;

/// A tutorial's convolutional VAE: mean squared error summed over pixels + KL, Adam.
TrainConfig tf_conv_training() {
  TrainConfig c;
  c.steps = 30000;
  c.batch_size = 64;
  c.last_batch = LastBatch::kWrap;
  c.skip_images = kTensorFlowValidation;
  c.optimizer = OptimizerKind::kTfAdam;
  c.learning_rate = 5e-4;
  c.init = Init::kGlorot;
  return c;
}

/// A script for an MLP: Bernoulli cross-entropy + KL, Adam at a high rate, steps 1 to 999 999.
TrainConfig tf_mlp_training() {
  TrainConfig c;
  c.steps = 999999;
  c.batch_size = 100;
  c.last_batch = LastBatch::kWrap;
  c.skip_images = kTensorFlowValidation;
  c.optimizer = OptimizerKind::kTfAdam;
  c.learning_rate = 0.01;
  c.init = Init::kTruncatedNormal;
  return c;
}

/// Kingma and Welling 2013: Adagrad, MAP with a standard normal prior on the parameters.
TrainConfig aevb_training() {
  TrainConfig c;
  c.epochs = 100;
  c.batch_size = 100;
  c.optimizer = OptimizerKind::kAdagrad;
  c.learning_rate = 0.02;
  c.weight_prior = true;
  c.init = Init::kNormal;
  return c;
}

/// Burda et al. 2016 with a single sample (a VAE); --objective iwae --samples 50 is their bound.
TrainConfig iwae_training() {
  TrainConfig c;
  c.epochs = 100;
  c.batch_size = 100;
  c.pixels = Pixels::kDynamic;
  c.learning_rate = 2e-3;
  c.schedule = Schedule::kOneCycle;
  c.init = Init::kGlorot;
  c.mean_bias = true;
  c.sigma_head = SigmaHead::kLogSigma;
  return c;
}

/// Ours: the importance-weighted bound on dynamically binarized pixels, a one-cycle schedule, averaged
/// weights.
TrainConfig resnet_training() {
  TrainConfig c;
  c.epochs = 215;
  c.batch_size = 256;
  c.pixels = Pixels::kDynamic;
  c.objective = Objective::kIwae;
  c.samples = 8;
  c.learning_rate = 4e-3;
  c.schedule = Schedule::kOneCycle;
  c.clip = 200;
  c.ema = 0.999;
  return c;
}

/// Makes a network of fixed layer sizes.
ModelSpec fixed_network(std::string_view name, ModelSpec (*make)(int latent), const Shape& image,
                        const SpecOptions& o) {
  if (image != Shape{1, 28, 28})
    refuse("--preset " + std::string(name) + " takes images of 28x28; use --preset mlp");
  if (o.hidden > 0) refuse("--preset " + std::string(name) + " has no --hidden: its layers have fixed sizes");
  return make(o.latent);
}

const Preset kPresets[] = {
    {"mlp",
     "ours; by default it trains as PyTorch's example",
     [](const Shape& image, const SpecOptions& o) { return mlp(image, o.hidden, o.latent); },
     {},
     {},
     {}},
    {"resnet",
     "ours, the page's default",
     [](const Shape& image, const SpecOptions& o) {
       return fixed_network("resnet", [](int latent) { return resnet(latent); }, image, o);
     },
     {.latent = 24, .hidden = 0, .components = 100},
     resnet_training(),
     {}},
    {"tf-conv",
     "a TensorFlow tutorial",
     [](const Shape& image, const SpecOptions& o) {
       return fixed_network("tf-conv", [](int latent) { return tf_conv(latent); }, image, o);
     },
     {.latent = 8, .hidden = 0, .likelihood = Likelihood::kSquaredError, .dropout = 0.2f},
     tf_conv_training(),
     {.log_every = 200, .after_update = true, .picture_inputs = 1, .log_dir = ".log"},
     "TensorFlow's padding, reader and Adam are here; the source's random numbers are not"},
    {"tf-mlp",
     "a TensorFlow script",
     [](const Shape& image, const SpecOptions& o) {
       ModelSpec spec = mlp(image, o.hidden, o.latent);
       spec.name = "tf-mlp";
       return spec;
     },
     {},
     tf_mlp_training(),
     {.log_every = 50,
      .metrics_every = 1,
      .checkpoint_steps = 50,
      .log_dir = ".log",
      .checkpoint = ".checkpoints",
      .resume = true},
     "reader and Adam are TensorFlow's; the source's random numbers are not here"},
    {"aevb",
     "Kingma and Welling 2013",
     [](const Shape& image, const SpecOptions& o) { return aevb(o.latent, image, o.hidden); },
     {2, 500},
     aevb_training(),
     {.log_dir = ".log"},
     "the paper names no number of epochs and tries rates of 0.01, 0.02 and 0.1; its prior on the weights is "
     "of the decoder's alone in the text, of all weights here; its Gaussian decoder has a linear sigma, here "
     "the log-variance is"},
    {"iwae",
     "the one-layer network of Burda et al. 2016",
     [](const Shape& image, const SpecOptions& o) { return iwae(o.latent, image, o.hidden); },
     {50, 200},
     iwae_training(),
     {},
     "the authors train for 3280 epochs in batches of 20, at a rate that falls from 1e-3 to 1e-4 and with "
     "Adam's epsilon at 1e-4"},
};

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset* find_preset(std::string_view name) {
  const auto found = std::find_if(std::begin(kPresets), std::end(kPresets),
                                  [&](const Preset& preset) { return preset.name == name; });
  return found == std::end(kPresets) ? nullptr : found;
}

ModelSpec make_spec(std::string_view name, const Shape& image, const SpecOptions& options) {
  const Preset* const preset = find_preset(name);
  if (preset == nullptr) refuse("there is no preset " + std::string(name));
  ModelSpec spec = with_dropout(
      with_likelihood(preset->network(image, options), options.likelihood, options.gaussian_mean),
      options.dropout);
  spec.prior = options.components > 0 ? Prior::kMixture : Prior::kNormal;
  spec.components = options.components;
  return spec;
}

}  // namespace vae
