// A model as the list of steps that a digit goes through, from its ModelSpec: the picture, the encoder's
// layers, the two heads, z, the decoder's layers, the picture again. Only the core: no ImGui in here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shared/model/model.hpp"

namespace lab {

struct Node {
  enum Part { kImage, kEncoder, kHeads, kCode, kDecoder, kDrawn } part;
  int index;                // in its layer list; 0 for what is no layer
  const vae::Layer* layer;  // of the spec; null for what is no layer
  vae::Shape out;           // what it gives; kHeads: mu alone
  std::int64_t parameters;
  /// Changes no numbers, or each by itself: drawn small, with the node before it.
  bool small() const { return layer != nullptr && parameters == 0; }
};

/// All steps in order; they point into `spec`. Their parameters add up to the model's.
std::vector<Node> nodes_of(const vae::ModelSpec& spec);

/// What a node gives in a trace of the image x and the code z; kDrawn: nothing, its picture is decode(z).
std::span<const float> values_of(const Node& node, const vae::Trace& trace, std::span<const float> x,
                                 std::span<const float> z);

}  // namespace lab
