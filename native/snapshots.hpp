// Decoders along a training, for a slider over its time: the untrained one, then steps in geometric
// progression to the last, each with the test losses it had. All in one file (format "digit-vae-snapshots"):
// tensors K.decoder.0.weight and so on in F16, metadata `model`, `snapshot_steps` (numbers with spaces
// between), and `snapshot_reconstruction` and `snapshot_kl` as base64 of little-endian F32.
#pragma once

#include <cstdint>
#include <vector>

#include "native/train.hpp"
#include "shared/weights_file.hpp"

namespace vae {

inline constexpr FileLimits kSnapshotLimits{"digit-vae-snapshots", std::size_t{64} << 20, 1024};

/// `count` steps from 0 to `steps`, geometric from 1 on, without repetition; fewer when there are not so
/// many, but at least the first and the last.
std::vector<std::int64_t> snapshot_steps(int count, std::int64_t steps);

class Snapshots {
 public:
  /// Throws Failure kUsage when so many decoders of this model do not fit the file.
  Snapshots(int count, std::int64_t steps, const ModelSpec& spec);

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
