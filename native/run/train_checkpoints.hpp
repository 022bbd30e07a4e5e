// native_train's checkpoints: when they are written, and how a run resumes from one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "native/run/train_options.hpp"
#include "native/train/checkpoint.hpp"
#include "native/train/snapshot_writer.hpp"

namespace vae {

class Checkpoints {
 public:
  /// `metadata` is what a resumed run must have in common with this one, data and settings; "machine" may
  /// differ, at the cost of the last bits. `snapshots` (or null) are saved beside. Nothing is written without
  /// --checkpoint, nor by any process of the group except the first.
  Checkpoints(const TrainOptions& options, Trainer& trainer, SnapshotWriter* snapshots, Metadata metadata,
              ProcessGroup& group);

  /// Resumes from the first process' newest intact checkpoint if --resume asks for it, or `automatic`, and
  /// says so; a run at a constant rate may be longer than it was. Throws Failure kMissingInput (nothing to
  /// resume), kUsage (of another run, or not asked for), kBadData.
  void resume(bool automatic);

  /// Saves if it is due, and whenever the test loss is the best so far. Called after every step.
  void maybe_save(bool best);

  /// Saves a checkpoint; returns false when there is no folder for it, or it cannot be written, of which the
  /// first failure is warned of.
  bool save(bool best = false);

 private:
  std::optional<Checkpoint> find(bool automatic) const;
  [[noreturn]] void nothing_there() const;
  void check_same_run(const Checkpoint& c) const;
  void check_length(const Checkpoint& c, const std::string& change) const;
  std::string where() const { return "--checkpoint " + o_.checkpoint; }

  const TrainOptions& o_;
  Trainer& trainer_;
  SnapshotWriter* snapshots_;
  Metadata metadata_;
  ProcessGroup& group_;
  std::optional<CheckpointFolder> folder_;
  bool failing_ = false;  // to write
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace vae
