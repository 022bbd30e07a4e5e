// The presets: published systems and our own default.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "shared/spec/model_spec.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// What can be chosen of a network.
struct SpecOptions {
  int latent = 20, hidden = 400;  // hidden 0: fixed by the network
  Likelihood likelihood = Likelihood::kBernoulli;
  float dropout = 0;
  GaussianMean gaussian_mean = GaussianMean::kSigmoid;
  int components = 0;  // of a mixture as prior; 0: the prior is N(0, I)
};

/// What a preset's source logs and saves while it runs. None of this affects the result.
struct RunDefaults {
  std::int64_t log_every = 0, metrics_every = 0, picture_every = 200,
               checkpoint_steps = 0;  // as TrainOptions
  // Reports and draws a step's own batch after the update, without dropout; steps are counted from 0.
  bool after_update = false;
  int picture_inputs = 20;  // images above their reconstructions
  // Of a folder beside the output: what takes the place of its extension. Empty: there is none.
  std::string_view log_dir = {}, checkpoint = {};
  bool resume = false;  // resumes from its checkpoints without --resume
};

/// A network and its training. The table in presets.cpp is the only list of presets: add a row there.
struct Preset {
  std::string_view name, source;                                 // source: in words, for --help
  ModelSpec (*network)(const Shape& image, const SpecOptions&);  // before likelihood, dropout and prior
  SpecOptions options;                                           // its own choices
  TrainConfig training;
  RunDefaults run;
  std::string_view differs = {};  // from its source, in words, for --print-config
};

std::span<const Preset> presets();  // the first one is native_train's default

/// Returns the preset of this name, or null.
const Preset* find_preset(std::string_view name);

/// Returns a preset's network with these choices. Throws Failure kUsage for an impossible one: tf-conv and
/// resnet take images of 28x28 and have a fixed number of hidden units.
ModelSpec make_spec(std::string_view name, const Shape& image, const SpecOptions& options);

}  // namespace vae
