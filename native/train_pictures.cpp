#include "native/train_pictures.hpp"

#include <algorithm>
#include <array>

#include "native/evaluate.hpp"
#include "native/principal_axes.hpp"
#include "native/scatter.hpp"

namespace vae {
namespace {

constexpr int kChunk = 1000;           // images encoded at a time
constexpr int kScatterImages = 10000;  // as many as a scatter plot has ink for
constexpr int kSheet = 10;             // rows and columns of the sample sheet
constexpr int kDigits = 10, kDigitScale = 4;
constexpr std::size_t kTraversals = 20;  // at most; the rest is noise in practice

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// (n, columns), a copy.
torch::Tensor to_tensor(std::span<const float> values, std::int64_t columns) {
  const auto rows = static_cast<std::int64_t>(values.size()) / columns;
  torch::Tensor tensor = torch::empty({rows, columns});
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  return tensor;
}

/// Dimensions by falling KL to the prior, averaged over the images.
std::vector<int> by_information(const PosteriorTensors& q) {
  const torch::Tensor kl = (q.mu.square() + q.log_var.exp() - q.log_var - 1).mean(0);  // (latent), doubled
  const torch::Tensor order = kl.argsort(0, true);
  std::vector<int> dimensions;
  for (std::int64_t i = 0; i < order.size(0); ++i) dimensions.push_back(order[i].item<int>());
  return dimensions;
}

}  // namespace

TrainPictures::TrainPictures(VaeImpl& model, const ImageSet& test, Pixels pixels, std::uint64_t seed)
    : model_(model),
      test_(test),
      pixels_(pixels),
      seed_(seed),
      was_training_(model.is_training()),
      generator_{[this](std::span<const float> z) { return decode(z); }, model.spec.latent,
                 model.spec.image} {
  model_.eval();
}

TrainPictures::~TrainPictures() { model_.train(was_training_); }

std::vector<Picture> TrainPictures::progress(int inputs) const {
  const int n = std::min(inputs, test_.count());
  return {{"reconstructions",
           reconstructions_png(generator_, test_pixels(test_, pixels_, 0, n), to_vector(encode(0, n).mu))},
          {"samples", samples()}};
}

std::vector<Picture> TrainPictures::figures() const {
  const int latent = model_.spec.latent;
  const PosteriorTensors q = encode(0, std::min(kScatterImages, test_.count()));
  std::vector<Picture> all = {{"digits", samples_png(generator_, seed_, 1, kDigits, kDigitScale)},
                              {"samples", samples()},
                              {"traversals", traversals(q)}};
  if (latent == 2) all.push_back({"manifold", manifold_png(generator_)});
  if (latent >= 2 && !test_.labels.empty()) all.push_back({"scatter", scatter(q)});
  if (auto png = interpolations(q); !png.empty()) all.push_back({"interpolations", std::move(png)});
  return all;
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

/// Around the first test image: in many dimensions the prior's mean itself is no digit.
std::vector<std::byte> TrainPictures::traversals(const PosteriorTensors& q) const {
  std::vector<int> order = by_information(q);
  order.resize(std::min(order.size(), kTraversals));
  return traversals_png(generator_, order, to_vector(q.mu[0]));
}

/// Between the first image of each class and that of the next. Empty where there is one class only.
std::vector<std::byte> TrainPictures::interpolations(const PosteriorTensors& q) const {
  std::vector<std::int64_t> firsts;  // of the classes that there are
  if (test_.labels.empty()) return {};
  const auto end = test_.labels.begin() + q.mu.size(0);
  for (std::uint8_t label = 0; label < kLabelColors.size(); ++label) {
    if (const auto at = std::find(test_.labels.begin(), end, label); at != end)
      firsts.push_back(at - test_.labels.begin());
  }
  std::vector<torch::Tensor> a, b;  // (latent) each
  for (std::size_t i = 0; i + 1 < firsts.size(); i += 2) {
    a.push_back(q.mu[firsts[i]]);
    b.push_back(q.mu[firsts[i + 1]]);
  }
  if (a.empty()) return {};
  return interpolations_png(generator_, to_vector(torch::stack(a)), to_vector(torch::stack(b)));
}

/// The encoder's means, in two dimensions as they are, in more on their principal axes through the origin:
/// the prior is N(0, I) there, too.
std::vector<std::byte> TrainPictures::scatter(const PosteriorTensors& q) const {
  const bool planar = model_.spec.latent == 2;
  const std::vector<float> mu = to_vector(q.mu);
  const auto count = static_cast<std::size_t>(q.mu.size(0));
  const ScatterAxes axes{planar ? "z1" : "PC 1", planar ? "z2" : "PC 2", model_.spec.prior == Prior::kNormal};
  return scatter_png(planar ? mu : project_on_principal_axes(mu, model_.spec.latent),
                     std::span(test_.labels).first(count), axes);
}

}  // namespace vae
