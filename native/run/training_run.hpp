// One run of native_train from its options to the written file: data, model, process group, checkpoints, log
// and reports around the training loop. It prints; what goes wrong is thrown to main().
#pragma once

#include <atomic>

#include "native/run/train_options.hpp"

namespace vae {

/// Returns the exit code. `interrupted` is the number of a signal that came, 0 before: the run then ends
/// after its step and keeps what it has. Throws Failure,
/// CLI::ParseError, and what LibTorch throws.
int run_training(TrainCommand& command, const std::atomic<int>& interrupted);

}  // namespace vae
