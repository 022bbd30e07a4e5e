// Checkpoints: everything a run needs to go on as if it had never stopped, in the container of weights.bin
// (format "digit-vae-checkpoint"): parameters, optimizer state, averaged weights, step, running sums, best
// test loss. What a run draws is keyed by its seed and step, so no generator's state is kept.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "native/support/output_file.hpp"
#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

struct Checkpoint {
  TrainerState state;
  Metadata facts;                                  // of the run: settings, data, device
  std::string fact(const std::string& key) const;  // empty if there is none
};

/// Bytes of a checkpoint and back. Reading throws Failure kBadData, naming `name`, for anything damaged.
std::vector<std::byte> write_checkpoint(const Checkpoint& checkpoint);
Checkpoint read_checkpoint(std::span<const std::byte> bytes, const std::string& name);

/// A folder of one run's checkpoints: the newest two as checkpoint-STEP.bin, and best.bin, the state at
/// the end of the epoch with the lowest test loss. Whatever kills the process, the newest whole file is a
/// valid checkpoint.
class CheckpointFolder {
 public:
  /// Makes the folder and locks it. Throws Failure kIo, kLocked.
  explicit CheckpointFolder(std::filesystem::path folder);

  bool empty() const;
  const std::filesystem::path& path() const { return folder_; }

  /// The newest checkpoint that is whole; `on_damaged` is told about those that are not. Nothing when there
  /// is none.
  std::optional<Checkpoint> newest(const std::function<void(const std::string&)>& on_damaged) const;

  /// Throws Failure kIo; older checkpoints are left then.
  void save(const Checkpoint& checkpoint, bool best);

 private:
  std::vector<std::filesystem::path> files() const;  // newest first
  std::filesystem::path folder_;
  std::unique_ptr<OutputLock> lock_;
};

}  // namespace vae
