// Builds a torch::nn::Sequential from a list of layers: the interpreter for training. (shared/nn/sequential
// is the other one; tests compare the two layer by layer, gradients included.)
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// The step and the rows of its batch that a forward pass is for. Dropout masks are keyed by it, so that a
/// resumed run, or one shared among processes, draws the same masks. All modules of a model share one key.
struct ForwardKey {
  std::uint64_t seed = 1;
  std::int64_t step = 0;
  std::int64_t first_row = 0, rows = 1, batch_rows = 1;  // rows first_row to first_row + rows of batch_rows

  /// Returns the index in the whole batch's (samples * batch_rows, ...) of row i of (samples * rows, ...).
  std::int64_t batch_row(std::int64_t i) const { return i / rows * batch_rows + first_row + i % rows; }
};

/// Builds the modules, named by index, so that parameters read "0.weight", "2.bias" as in Python. The result
/// takes (n, C, H, W), or (n, features) where a vector is expected; padding and cropping are part of their
/// layer's module. `first_layer` numbers the layers for dropout, so that two lists of one model draw
/// different masks.
torch::nn::Sequential make_sequential(const LayerList& layers,
                                      std::shared_ptr<const ForwardKey> key = std::make_shared<ForwardKey>(),
                                      int first_layer = 0);

/// Runs make_sequential(layers) and returns the input of each module, and at the end the output. Skips add
/// here: their modules do nothing.
std::vector<torch::Tensor> feature_maps(torch::nn::Sequential& modules, const LayerList& layers,
                                        torch::Tensor x);

}  // namespace vae
