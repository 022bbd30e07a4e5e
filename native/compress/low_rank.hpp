// A smaller decoder: its last layer as two thin ones. What a wide layer gives for the z that occur lies near
// a plane of few dimensions, and the layer that goes through that plane needs far fewer weights.
#pragma once

#include <string>

#include "native/data/dataset.hpp"
#include "native/model/vae.hpp"
#include "native/support/parallel.hpp"

namespace vae {

/// Why the decoder's last layer cannot be had with this rank, "--low-rank ...", or "".
std::string check_low_rank(const ModelSpec& spec, int rank);

/// A copy on the CPU whose last decoder layer, Linear in -> out, is Linear in -> rank -> out with nothing
/// between: those `rank` directions of its outputs that keep most of them, over z of the posteriors of
/// training images and of the prior, each pixel weighted by what a change of its logit costs there.
/// check_low_rank() must have nothing to say. `progress` is told how many of low_rank_images() are done.
Vae low_rank(VaeImpl& model, const ImageSet& train, int rank, const Progress& progress = {});
int low_rank_images(const ImageSet& train);

}  // namespace vae
