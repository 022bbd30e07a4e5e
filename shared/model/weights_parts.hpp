// Splits a weights file into two, so that a page shows its first digit after half the download: a decoder
// file with everything but the encoder's parameters, and an encoder file with those. Both have checksums and
// golden samples of their own (Model::load, then Model::add_encoder), and carry the CRC of the file that they
// were split from, which identifies the pair.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shared/base/result.hpp"

namespace vae {

/// The files of the two parts.
struct WeightsParts {
  std::vector<std::byte> decoder, encoder;
};

/// Splits a complete file; parameters keep their dtype. Errors: those of Model::load; kNames for a file that
/// is itself a part.
Result<WeightsParts> split_weights(std::span<const std::byte> complete);

}  // namespace vae
