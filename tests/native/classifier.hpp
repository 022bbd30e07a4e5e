// An independent judge of drawn digits: a small convolutional network that learns from MNIST's training
// images and labels, and never from a sample.
#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "native/data/dataset.hpp"
#include "native/support/parallel.hpp"

namespace vae::testing {

/// What the classifier says of n images.
struct Judgment {
  torch::Tensor label;       // (n), int64: the likeliest class
  torch::Tensor confidence;  // (n), its probability
  torch::Tensor features;    // (n, 128): the last hidden layer
};

/// Two 5x5 convolutions (32 and 64 channels), each with a ReLU and 2x2 max-pooling, a layer of 128 ReLUs,
/// 10 classes.
class Classifier {
 public:
  /// Weights as LibTorch draws them from this seed.
  explicit Classifier(std::uint64_t seed = 1);
  /// Adam, batches of 100, a learning rate that falls from 2e-3 to 0, dropout, shifts of up to two pixels.
  /// `progress` is told the images learned from, of epochs * set.count().
  void train(const ImageSet& set, int epochs, const Progress& progress = {});
  /// `images`: (n, 784), each pixel in [0, 1].
  Judgment judge(const torch::Tensor& images);
  double accuracy(const ImageSet& set);

  void save(const std::filesystem::path& path);
  /// Throws what torch::load throws.
  void load(const std::filesystem::path& path);

 private:
  torch::nn::Sequential features_, classes_;
};

}  // namespace vae::testing
