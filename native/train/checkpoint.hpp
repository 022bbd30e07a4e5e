// Checkpoints: everything that a run needs to continue as if it had never stopped, in the container of
// weights.bin (format "digit-vae-checkpoint"): parameters, optimizer state, averaged weights, step, running
// sums, best validation loss. Random numbers are keyed by seed and step, so there is no generator state.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "native/support/output_file.hpp"
#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

inline constexpr FileLimits kCheckpointLimits{"digit-vae-checkpoint", std::size_t{1} << 30, 1024};

struct Checkpoint {
  TrainerState state;
  Metadata metadata;                              // of the run: settings, data, device
  std::string get(const std::string& key) const;  // empty if there is none
};

/// Write and read a checkpoint. Reading throws Failure kBadData, naming `name`, for anything damaged.
std::vector<std::byte> write_checkpoint(const Checkpoint& checkpoint);
Checkpoint read_checkpoint(std::span<const std::byte> bytes, const std::string& name);

/// A folder with a run's checkpoints: the newest two as checkpoint-STEP.bin, and best.bin, the state at the
/// end of the epoch with the lowest validation loss. Whatever kills the process, the newest complete file is
/// a valid checkpoint.
class CheckpointFolder {
 public:
  /// Creates the folder and locks it. Throws Failure kIo, kLocked.
  explicit CheckpointFolder(std::filesystem::path folder);

  bool empty() const;
  const std::filesystem::path& path() const { return folder_; }

  /// Returns the newest intact checkpoint, if any; calls `on_damaged` for damaged ones.
  std::optional<Checkpoint> newest(const std::function<void(const std::string&)>& on_damaged) const;

  /// Saves a checkpoint. Throws Failure kIo, leaving older checkpoints.
  void save(const Checkpoint& checkpoint, bool best);

 private:
  std::vector<std::filesystem::path> files() const;  // newest first
  std::filesystem::path folder_;
  std::unique_ptr<OutputLock> lock_;
};

}  // namespace vae
