// Evaluates a weights file, from the file alone: averages over the test set through the Eigen interpreter,
// the code that runs in browsers. No LibTorch here. (native/eval/nll has the importance-weighted NLL.)
#pragma once

#include <span>
#include <string>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"
#include "shared/base/rng.hpp"
#include "shared/model/image_losses.hpp"

namespace vae {

/// Averages over images in nats. `reconstruction` and `kl` are for z ~ q(z|x), with `draws` samples per
/// image; `neg_elbo` is their sum. `neg_elbo_at_mu` is for z = mu, which is not a bound on anything and looks
/// better. `kl_per_dimension` sums to `kl` for the prior N(0, I); for a mixture it is the KL to the normal
/// distribution with the mixture's mean and variance in each dimension, which shows the most used ones.
struct Evaluation {
  double reconstruction = 0, kl = 0, neg_elbo = 0, neg_elbo_at_mu = 0;
  int images = 0, draws = 1;
  std::vector<double> kl_per_dimension = {};  // (latent)
  std::vector<bool> active = {};              // (latent), whether mu varies with the image
  std::vector<float> mu = {};                 // (images, latent), the means of q(z|x)
  int active_units() const;
};

/// The variance of mu over images above which a dimension counts as active (Burda, Grosse and Salakhutdinov
/// 2016, section 5.2).
inline constexpr double kActiveVariance = 0.01;

/// Returns images [first, first + n) as tests see them, (n, pixels); random pixels are the same in every
/// test.
std::vector<float> test_pixels(const ImageSet& set, Pixels mode, int first, int n);

/// Returns the default number of samples of z per image. Over MNIST's 10 000 test images the standard error
/// of -ELBO is about 0.04 nats with one sample, and falls with the square root of their number: 16 where the
/// decoder is cheap (up to 4 million multiply-adds), else 1.
int default_draws(const ModelSpec& spec);

/// Evaluates with one thread per model, all loaded from the same file; the result does not depend on their
/// number. A model without a prior is evaluated at z = mu, with kl 0. `draws` 0: default_draws(). `progress`
/// receives the number of finished images. Throws Failure when the images do not have the model's size.
Evaluation evaluate(std::span<Model> models, const ImageSet& set, Pixels pixels = Pixels::kGray,
                    const Progress& progress = {}, int draws = 0);
Evaluation evaluate(Model& model, const ImageSet& set, Pixels pixels = Pixels::kGray,
                    const Progress& progress = {});

/// The losses of one image: for the first z drawn for it, and for z = mu, whose KL is the same.
struct ImageEvaluation {
  ImageLosses drawn;
  double reconstruction_at_mu = 0;
};

/// Evaluates every image by itself, with pixels and noise as above. Throws Failure as evaluate() does.
std::vector<ImageEvaluation> evaluate_each(std::span<Model> models, const ImageSet& set, Pixels pixels,
                                           const Progress& progress = {});

/// Describes how z was chosen: "16 z drawn for each", "z = mu".
std::string draws_in_words(const Evaluation& e, Prior prior);

/// Throws Failure kBadData when the images do not have the model's size.
void require_same_size(const Model& model, const ImageSet& set);

/// Encodes all images of a set, with pixels as in tests: mu and log_var (count, latent). Throws Failure when
/// the images do not have the model's size.
Posterior encode_all(Model& model, const ImageSet& set, Pixels pixels = Pixels::kGray,
                     const Progress& progress = {});

}  // namespace vae
