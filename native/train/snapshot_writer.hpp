// Collects the decoders along a training that shared/model/snapshots reads: the untrained one, then steps in
// geometric progression to the last, each with the test losses it had.
#pragma once

#include <cstdint>
#include <vector>

#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/model/snapshots.hpp"

namespace vae {

/// `count` steps from 0 to `steps`, geometric from 1 on, without repetition; fewer when there are not so
/// many, but at least the first and the last.
std::vector<std::int64_t> snapshot_steps(int count, std::int64_t steps);

class SnapshotWriter {
 public:
  /// Throws Failure kUsage when so many decoders of this model do not fit the file.
  SnapshotWriter(int count, std::int64_t steps, const ModelSpec& spec);

  /// Is one due after `step` steps?
  bool due(std::int64_t step) const;
  void take(std::int64_t step, VaeImpl& model, const Losses& test);

  /// The file; in the middle of a run, as far as it goes.
  std::vector<std::byte> bytes(const Metadata& facts) const;
  /// Goes on from bytes(), without what was taken after `step`. Throws Failure kBadData.
  void restore(std::span<const std::byte> bytes, std::int64_t step);

 private:
  ModelSpec spec_;
  std::vector<std::int64_t> due_, taken_;
  std::vector<float> reconstruction_, kl_;
  std::vector<NamedTensor> tensors_;
};

}  // namespace vae
