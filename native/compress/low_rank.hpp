// A smaller decoder, whose last layer is split into two thin ones. The outputs of a wide layer for likely z
// are close to a subspace of few dimensions, and a layer through that subspace needs far fewer weights.
#pragma once

#include <string>

#include "native/data/dataset.hpp"
#include "native/model/vae.hpp"
#include "native/support/parallel.hpp"
#include "shared/math/pixels.hpp"

namespace vae {

/// Returns why the decoder's last layer cannot have this rank, "--low-rank ...", or "".
std::string check_low_rank(const ModelSpec& spec, int rank);

/// Returns a copy on the CPU whose last decoder layer, Linear in -> out, is Linear in -> rank -> out without
/// activation between: the `rank` principal directions of its outputs over z of the posteriors of training
/// images and of the prior, each pixel weighted by the cost of a change of its logit. check_low_rank() must
/// return "". `pixels`: those that the model was trained on. `progress` receives how many of
/// low_rank_images() are done.
Vae low_rank(VaeImpl& model, const ImageSet& train, Pixels pixels, int rank, const Progress& progress = {});
int low_rank_images(const ImageSet& train);

}  // namespace vae
