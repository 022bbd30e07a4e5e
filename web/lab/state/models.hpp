// The models that the site has beside the page, for the chooser: what is known of each before it is fetched.
// web/tools/models.py reads it from the headers of assets/*.bin at build time, so that it cannot disagree
// with the files. The lab's views and the hosts include this.
#pragma once

#include <span>

namespace lab {

struct KnownModel {
  const char* id;         // the ModelSpec's name, or "autoencoder" for a model without a prior
  const char* file;       // beside the page: "weights.bin"
  long bytes;             // of that file
  int latent;             // dimensions of z
  float test_neg_elbo;    // nats per image over MNIST's test images, z sampled; 0: none
  const char* snapshots;  // file with the decoder at moments of its training, or ""
  long snapshot_bytes;    // of that file, or 0
};

/// The default first; empty when there are no trained weights.
std::span<const KnownModel> known_models();
/// Only the default is known from now on, without snapshots: for a page that has no other beside it.
void forget_other_models();

}  // namespace lab
