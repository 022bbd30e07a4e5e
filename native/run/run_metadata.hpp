// The metadata that native_train writes about a run: in the weights file, and in its checkpoints.
#pragma once

#include <torch/torch.h>

#include <optional>

#include "native/eval/evaluate.hpp"
#include "native/run/train_options.hpp"
#include "native/train/initial_weights.hpp"
#include "native/train/process_group.hpp"
#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

/// Returns the settings of the last training that these weights have behind them, as flags; "" where that is
/// not known.
std::string training_config(const InitialWeights& init);

/// Returns the settings of a run without paths, times and hosts, so that the same seed gives the same file.
/// "library" and "config" are of the first step, from nothing to weights; with --init every further step adds
/// its own, "library.2", "config.2" and so on, which name the file that they began with by its SHA-256. A
/// file that is only converted keeps the other metadata of its training.
Metadata training_metadata(const TrainCommand& command, const std::optional<InitialWeights>& init,
                           const torch::Device& device, const ImageData& data, const Trainer& trainer);

/// Returns the averages over the test set; without a prior that is the reconstruction alone.
Metadata test_metadata(const Evaluation& test, Pixels pixels, Prior prior);

/// Returns what a checkpoint must have in common with the run that resumes it, and for files made of it
/// "resolved_config", "library" and "seed".
Metadata run_metadata(const TrainCommand& command, const std::optional<InitialWeights>& init,
                      const VaeImpl& model, const ImageData& data, const torch::Device& device,
                      const ProcessGroup& group);

}  // namespace vae
