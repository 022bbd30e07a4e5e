// Snapshots files for tests, made with the core alone: random decoders, and the parts to spoil one with.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shared/model/snapshots.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/models.hpp"

namespace vae::testing {

struct SnapshotParts {
  Metadata metadata;
  std::vector<NamedTensor> tensors;
  std::vector<std::byte> file() const { return write_weights(metadata, tensors, kSnapshotLimits.format); }
};

/// The decoder's tensors of random_tensors(spec, seed, dtype) with the names of decoder `k`.
inline std::vector<NamedTensor> snapshot_tensors(const ModelSpec& spec, int k, std::uint64_t seed,
                                                 Dtype dtype) {
  std::vector<NamedTensor> all;
  for (NamedTensor& tensor : random_tensors(spec, seed, dtype)) {
    if (!tensor.name.starts_with("decoder")) continue;
    tensor.name = std::to_string(k) + '.' + tensor.name;
    all.push_back(std::move(tensor));
  }
  return all;
}

/// Three decoders, of seeds 1, 2 and 3, after steps 0, 1 and 40; decoder k has the losses 100 - k and k.
inline SnapshotParts snapshot_parts(const ModelSpec& spec = small_spec(), Dtype dtype = Dtype::kF16) {
  SnapshotParts parts{{{"model", to_string(spec)},
                       {"snapshot_steps", "0 1 40"},
                       {"snapshot_reconstruction", encode_floats(std::vector<float>{100, 99, 98})},
                       {"snapshot_kl", encode_floats(std::vector<float>{0, 1, 2})}},
                      {}};
  for (int k = 0; k < 3; ++k) {
    for (NamedTensor& tensor : snapshot_tensors(spec, k, static_cast<std::uint64_t>(k) + 1, dtype)) {
      parts.tensors.push_back(std::move(tensor));
    }
  }
  return parts;
}

}  // namespace vae::testing
