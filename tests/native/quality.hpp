// How good the digits of a weights file are, beyond its likelihood: what an independent classifier makes of
// its samples, its answers to "a seven, please" and its reconstructions. The pictures come from the file
// alone, through the code that runs in the browser.
#pragma once

#include <span>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "tests/native/classifier.hpp"

namespace vae::testing {

struct Quality {
  double confident =
      0;  // share of samples from the prior that the classifier gives a class with at least 0.9
  double recognized =
      0;  // share of the requests, as many for every class, that it takes for the class requested
  double worst_recognized = 0;  // of the ten classes
  double kept = 0;     // share of test images whose reconstruction, at z = mu, it gives the image's label
  double frechet = 0;  // distance between its features of the samples and of the test images
};

/// |mean1 - mean2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two sets of features, (n1, d) and (n2, d): the
/// squared 2-Wasserstein distance of the normal distributions with their moments (Heusel et al. 2017 for
/// Inception's features).
double frechet_distance(const torch::Tensor& a, const torch::Tensor& b);

/// `samples` from the prior, as many requests, and all images of `test`. One thread for each model, all of
/// one file with an encoder; the figures do not depend on how many there are. Samples and requests are
/// numbers 0, 1, ... of seed 1. `progress` is told the pictures drawn, of 2 * samples + test.count(). A file
/// without anchors has `recognized` 0.
Quality measure_quality(std::span<Model> models, Classifier& classifier, const ImageSet& test, int samples,
                        const Progress& progress = {});

}  // namespace vae::testing
