// What the latent space of a trained model looks like, from the posteriors of many images: where each class
// lies, along which axes the encoder spreads them, which dimensions carry information. Every run stores this
// in its weights file (shared/model.hpp lists the keys), so that a page can start a walk at a 3 and follow
// the widest axis without data. No LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "native/dataset.hpp"
#include "native/pixels.hpp"
#include "shared/model.hpp"

namespace vae {

/// Mean and standard deviation of the aggregated posterior of each class: of z drawn from q(z|x) for a random
/// image of the class, so Var z = E[sigma^2] + Var[mu].
struct Anchors {
  std::vector<int> labels;       // (classes), those that occur, rising
  std::vector<float> mean, std;  // (classes, latent)
};

/// `labels` (n) belong to the rows of `q` (n, latent).
Anchors class_anchors(const Posterior& q, std::span<const std::uint8_t> labels);

inline constexpr int kPrincipalAxes = 8;  // at most

/// Principal component analysis of encoder means.
struct PrincipalAxes {
  std::vector<float> mean;       // (latent)
  std::vector<float> axes;       // (k, latent), unit vectors; the largest component of each is positive
  std::vector<float> variances;  // (k), falling; over n, not n - 1
};

/// `mu` (n, latent), n at least 1; k is the smaller of latent and kPrincipalAxes.
PrincipalAxes principal_axes(std::span<const float> mu, int latent);

/// KL(q(z|x) || N(0, I)) of each dimension, averaged over the rows of `q` (n, latent), in nats. (latent)
std::vector<float> kl_per_dimension(const Posterior& q, int latent);

/// Dimensions whose mu (n, latent) varies by more than 0.01 over the images (Burda, Grosse and Salakhutdinov
/// 2016, section 5.1.1).
int active_units(std::span<const float> mu, int latent);

/// Bytes that the header of a weights file can still take.
std::size_t header_room(std::span<const std::byte> file);

/// All of it as facts of the model in whose file they go, in at most `room` bytes of header; of KL and active
/// units, anchors, and axes, in this order, what does not fit any more is left out whole. Anchors and axes
/// are those of 10 000 training images, drawn without replacement and always the same ones (all, when there
/// are no more); KL and active units those of all test images. Without a prior there is no KL, and z is mu.
/// Throws Failure when the images do not have the model's size.
Metadata aggregate_facts(Model& model, const ImageData& data, Pixels pixels, std::size_t room);

}  // namespace vae
