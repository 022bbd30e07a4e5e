#include "native/run/train_pictures.hpp"

#include <algorithm>

#include "native/eval/evaluate.hpp"
#include "native/model/tensors.hpp"

namespace vae {
namespace {

constexpr int kChunk = 1000;          // images encoded at a time
constexpr int kFigureImages = 10000;  // encoded for the figures, at most
constexpr int kSheet = 10;            // rows and columns of the sample sheet

/// Copies to a tensor (n, columns).
torch::Tensor to_tensor(std::span<const float> values, std::int64_t columns) {
  const auto rows = static_cast<std::int64_t>(values.size()) / columns;
  torch::Tensor tensor = torch::empty({rows, columns});
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  return tensor;
}

}  // namespace

TrainPictures::TrainPictures(VaeImpl& model, const ImageSet& test, Pixels pixels, std::uint64_t seed)
    : model_(model),
      test_(test),
      pixels_(pixels),
      seed_(seed),
      was_training_(model.is_training()),
      mixture_(mixture_of(model)),
      generator_{[this](std::span<const float> z) { return decode(z); }, model.spec.latent, model.spec.image,
                 mixture_ ? &*mixture_ : nullptr} {
  model_.eval();
}

TrainPictures::~TrainPictures() { model_.train(was_training_); }

std::vector<Picture> TrainPictures::progress(int inputs) const {
  const int n = std::min(inputs, test_.count());
  return {{"reconstructions",
           reconstructions_png(generator_, test_pixels(test_, pixels_, 0, n), to_vector(encode(0, n).mu))},
          {"samples", samples()}};
}

std::vector<Picture> TrainPictures::progress(const Replay& batch, int inputs) const {
  const std::int64_t n = std::min<std::int64_t>(inputs, batch.x.size(0));
  return {{"reconstructions", reconstructions_png(generator_, to_vector(batch.x.narrow(0, 0, n)),
                                                  to_vector(batch.z.narrow(0, 0, n)))},
          {"samples", samples()}};
}

std::vector<Picture> TrainPictures::figures() const {
  const int n = std::min(kFigureImages, test_.count());
  const PosteriorTensors q = encode(0, n);
  const std::vector<float> mu = to_vector(q.mu);
  const auto labels = std::min(static_cast<std::size_t>(n), test_.labels.size());
  return vae::figures(
      {generator_, mu, std::span(test_.labels).first(labels), model_.spec.prior == Prior::kNormal, seed_});
}

PosteriorTensors TrainPictures::encode(int first, int n) const {
  const torch::NoGradGuard no_grad;
  const torch::Device device = model_.parameters().front().device();
  std::vector<torch::Tensor> mu, log_var;
  for (const int end = first + n; first < end; first += kChunk) {
    const std::vector<float> x = test_pixels(test_, pixels_, first, std::min(kChunk, end - first));
    const PosteriorTensors q = model_.encode(to_tensor(x, test_.shape.size()).to(device));
    mu.push_back(q.mu.to(torch::kCPU));
    log_var.push_back(q.log_var.to(torch::kCPU));
  }
  return {torch::cat(mu), torch::cat(log_var)};
}

std::vector<float> TrainPictures::decode(std::span<const float> z) const {
  const torch::NoGradGuard no_grad;
  const torch::Device device = model_.parameters().front().device();
  return to_vector(model_.image(model_.decode(to_tensor(z, model_.spec.latent).to(device))));
}

std::vector<std::byte> TrainPictures::samples() const {
  return samples_png(generator_, seed_, kSheet, kSheet);
}

}  // namespace vae
