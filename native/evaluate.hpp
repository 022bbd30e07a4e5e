// What a weights file is worth, from the file alone: the test-set averages through the Eigen interpreter,
// which is the code that runs in the browser. No LibTorch here.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "native/dataset.hpp"
#include "native/pixels.hpp"
#include "shared/model.hpp"

namespace vae {

/// Averages over images, in nats. `reconstruction` and `kl` belong to z drawn from q(z|x), one draw an image;
/// `neg_elbo` is their sum. `neg_elbo_at_mu` puts z = mu instead: it is not a bound on anything, and looks
/// better.
struct Evaluation {
  double reconstruction = 0, kl = 0, neg_elbo = 0, neg_elbo_at_mu = 0;
  int images = 0;
};

/// The noise of test image `index` is the same here and in the trainer's own test (a fixed seed, not the
/// run's), so that the two print the same number. (latent)
std::vector<float> evaluation_noise(int latent, int index);

/// Test images `first` to `first + n` as every test sees them, (n, pixels) in [0, 1].
std::vector<float> test_pixels(const ImageSet& set, Pixels mode, int first, int n);

/// A model without a prior is taken at z = mu, and its kl is 0. `progress(done)` is called with the number of
/// images done. Throws Failure when the images do not have the model's size.
Evaluation evaluate(Model& model, const ImageSet& set, Pixels pixels = Pixels::kGray,
                    const std::function<void(int)>& progress = {});

}  // namespace vae
