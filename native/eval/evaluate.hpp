// What a weights file is worth, from the file alone: the test-set averages through the Eigen interpreter,
// which is the code that runs in the browser. No LibTorch here. (native/eval/nll has the
// importance-weighted figure.)
#pragma once

#include <span>
#include <string>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/data/pixels.hpp"
#include "native/support/parallel.hpp"
#include "shared/base/rng.hpp"
#include "shared/model/model.hpp"

namespace vae {

/// Averages over images, in nats. `reconstruction` and `kl` belong to z drawn from q(z|x), `draws` an image;
/// `neg_elbo` is their sum. `neg_elbo_at_mu` puts z = mu instead: it is not a bound on anything, and looks
/// better. `kl_per_dimension` adds up to `kl` for a prior N(0, I); of a mixture it is the KL to the normal
/// distribution with the prior's mean and variance in each dimension, which tells what is used most.
struct Evaluation {
  double reconstruction = 0, kl = 0, neg_elbo = 0, neg_elbo_at_mu = 0;
  int images = 0, draws = 1;
  std::vector<double> kl_per_dimension = {};  // (latent), see below
  std::vector<bool> active = {};              // (latent), does the dimension vary with the image?
  std::vector<float> mu = {};                 // (images, latent), the means of q(z|x)
  int active_units() const;
};

/// A dimension is active where the variance over the images of its mean is above this (Burda, Grosse and
/// Salakhutdinov 2016, section 5.2).
inline constexpr double kActiveVariance = 0.01;

/// The noise of test image `index`: the same here, in the trainer's own test and in every importance
/// sample (a fixed seed, not the run's), so that all print the same number. evaluation_noise is its first
/// draw, (latent).
Rng evaluation_rng(int index);
std::vector<float> evaluation_noise(int latent, int index);

/// Images `first` to `first` + n as tests see them, (n, pixels); drawn pixels are the same in every test.
std::vector<float> test_pixels(const ImageSet& set, Pixels mode, int first, int n);

/// Draws of z for each image unless somebody wants another number. Over MNIST's 10 000 test images chance
/// moves -ELBO by about 0.04 nats (a standard error) with one draw, and by sqrt(draws) less with more: 16
/// where the decoder is cheap (up to 4 million multiply-adds), else 1.
int default_draws(const ModelSpec& spec);

/// One thread for each model, all of one file; the figures do not depend on how many there are. A model
/// without a prior is taken at z = mu, and its kl is 0. `draws` 0: default_draws(). `progress` is told the
/// images done. Throws Failure when the images do not have the model's size.
Evaluation evaluate(std::span<Model> models, const ImageSet& set, Pixels pixels = Pixels::kGray,
                    const Progress& progress = {}, int draws = 0);
Evaluation evaluate(Model& model, const ImageSet& set, Pixels pixels = Pixels::kGray,
                    const Progress& progress = {});

/// How z was chosen, in words: "16 z drawn for each", "z = mu".
std::string draws_in_words(const Evaluation& e, Prior prior);

/// Throws Failure kBadData when the images do not have the model's size.
void require_same_size(const Model& model, const ImageSet& set);

/// Posteriors of all images of a set, mu and log_var (count, latent), of the pixels that a test has. Throws
/// Failure when the images do not have the model's size.
Posterior encode_all(Model& model, const ImageSet& set, Pixels pixels = Pixels::kGray,
                     const Progress& progress = {});

}  // namespace vae
