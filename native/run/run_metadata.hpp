// What native_train writes about a run, as metadata: into the weights file, and into its checkpoints.
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

/// What a run was, without paths, times and hosts: the same seed gives the same file. A file that is only
/// sealed keeps what it knows of its own training.
Metadata training_facts(const TrainCommand& command, const std::optional<InitialWeights>& init,
                        const torch::Device& device, const ImageData& data, const Trainer& trainer);

/// The averages over the test set.
Metadata test_facts(const Evaluation& test, Pixels pixels);

/// What a checkpoint must share with the run that goes on from it.
Metadata run_facts(const TrainCommand& command, const std::optional<InitialWeights>& init,
                   const VaeImpl& model, const ImageData& data, const torch::Device& device,
                   const ProcessGroup& group);

}  // namespace vae
