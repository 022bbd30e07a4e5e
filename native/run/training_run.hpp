// One run of native_train, from its options to the written file: data, model, process group, checkpoints, log
// and reports around the training loop. It prints; failures are thrown to main().
#pragma once

#include <atomic>

#include "native/run/train_options.hpp"

namespace vae {

/// Runs the training and returns the exit code. `interrupted` is the signal received, 0 if none: the run then
/// ends after its step and saves what it has. Throws Failure, CLI::ParseError, and what LibTorch throws.
int run_training(TrainCommand& command, const std::atomic<int>& interrupted);

}  // namespace vae
