// Cuts a weights file in two complete ones, so that a page shows its first digit with half the download: the
// decoder's has everything but the encoder's parameters, the encoder's has those. Both are sealed, checked
// and prove themselves like the whole (Model::load, then Model::add_encoder), and carry the CRC of the file
// they were cut from, which tells what belongs together.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "shared/base/result.hpp"

namespace vae {

struct WeightsParts {
  std::vector<std::byte> decoder, encoder;
};

/// Parameters keep their dtype. Errors: those of Model::load; kNames for what is itself only a part.
Result<WeightsParts> split_weights(std::span<const std::byte> complete);

}  // namespace vae
