// Collects decoders during training, for shared/model/snapshots: the untrained one, then at steps in
// geometric progression up to the last, each with its test losses.
#pragma once

#include <cstdint>
#include <vector>

#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/model/snapshots.hpp"

namespace vae {

/// Returns `count` steps from 0 to `steps`, geometric from 1 on, without repetition; fewer if there are not
/// so many, but at least the first and the last.
std::vector<std::int64_t> snapshot_steps(int count, std::int64_t steps);

class SnapshotWriter {
 public:
  /// Throws Failure kUsage when so many decoders of this model do not fit into the file.
  SnapshotWriter(int count, std::int64_t steps, const ModelSpec& spec);

  /// Returns whether a snapshot is due after `step` steps.
  bool due(std::int64_t step) const;
  void take(std::int64_t step, VaeImpl& model, const Losses& test);

  /// Returns the file, during a run with the snapshots so far. `more` is added to the metadata.
  std::vector<std::byte> bytes(const Metadata& more) const;
  /// Continues from bytes(), without snapshots after `step`. Throws Failure kBadData.
  void restore(std::span<const std::byte> bytes, std::int64_t step);

 private:
  ModelSpec spec_;
  std::vector<std::int64_t> due_, taken_;
  std::vector<float> reconstruction_, kl_;
  std::vector<NamedTensor> tensors_;
};

}  // namespace vae
