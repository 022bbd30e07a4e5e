// Builds a torch::nn::Sequential from a list of layers: the interpreter that training uses.
// (shared/sequential is the other one; tests hold the two together layer by layer, gradients included.)
#pragma once

#include <torch/torch.h>

#include "shared/layers.hpp"

namespace vae {

/// Modules are named by position, so that parameters read "0.weight", "2.bias" as in Python. The module takes
/// (n, C, H, W), or (n, features) where a vector is expected; padding and cropping live inside their layer's
/// module.
torch::nn::Sequential make_sequential(const LayerList& layers);

}  // namespace vae
