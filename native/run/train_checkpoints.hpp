// native_train's checkpoints: when they are written, and how a run goes on from one.
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
  /// `facts` are what a run that goes on must share: data and settings; "machine" may differ, at the price of
  /// the last bits. `snapshots` (or null) are kept beside. Without --checkpoint nothing is ever written, nor
  /// by any process of the group but the first.
  Checkpoints(const TrainOptions& options, Trainer& trainer, SnapshotWriter* snapshots, Metadata facts,
              ProcessGroup& group);

  /// Goes on from the first process' newest whole checkpoint where --resume asks for it, or `automatic`;
  /// prints so. Throws Failure kMissingInput (nothing to resume), kUsage (another run's, or not asked
  /// for), kBadData.
  void resume(bool automatic);

  /// After a step: when its time has come, and whenever the test loss is the best so far.
  void maybe_save(bool best);

  /// False when there is no folder to save to.
  bool save(bool best = false);

 private:
  std::optional<Checkpoint> find(bool automatic) const;
  void check_same_run(const Checkpoint& c) const;
  std::string where() const { return "--checkpoint " + o_.checkpoint; }

  const TrainOptions& o_;
  Trainer& trainer_;
  SnapshotWriter* snapshots_;
  Metadata facts_;
  ProcessGroup& group_;
  std::optional<CheckpointFolder> folder_;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace vae
