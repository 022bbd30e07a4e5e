#include "tests/native/classifier.hpp"

#include "native/support/process_settings.hpp"

namespace vae::testing {
namespace {

namespace nn = torch::nn;

constexpr int kBatch = 100, kShift = 2;

torch::Tensor images_of(const ImageSet& set) {
  std::vector<float> gray = set.gray(0, set.count());
  return torch::from_blob(gray.data(), {set.count(), set.shape.size()}).clone();
}

torch::Tensor labels_of(const ImageSet& set) {
  return torch::tensor(std::vector<std::int64_t>(set.labels.begin(), set.labels.end()));
}

/// All images of a batch by the same few pixels.
torch::Tensor shifted(const torch::Tensor& images) {
  const auto offset = torch::randint(2 * kShift + 1, {2});
  const torch::Tensor padded = torch::constant_pad_nd(images, {kShift, kShift, kShift, kShift});
  return padded.narrow(2, offset[0].item<int>(), images.size(2))
      .narrow(3, offset[1].item<int>(), images.size(3));
}

}  // namespace

Classifier::Classifier(std::uint64_t seed) {
  torch::manual_seed(seed);
  features_ =
      nn::Sequential(nn::Conv2d(1, 32, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(32, 64, 5), nn::ReLU(),
                     nn::MaxPool2d(2), nn::Flatten(), nn::Dropout(0.25), nn::Linear(1024, 128), nn::ReLU());
  classes_ = nn::Sequential(nn::Dropout(0.5), nn::Linear(128, 10));
}

void Classifier::train(const ImageSet& set, int epochs, const Progress& progress) {
  keep_freed_memory();  // every batch frees as much as the next one takes
  const torch::Tensor images = images_of(set).view({-1, 1, 28, 28}), labels = labels_of(set);
  std::vector<torch::Tensor> parameters = features_->parameters();
  for (const torch::Tensor& parameter : classes_->parameters()) parameters.push_back(parameter);
  torch::optim::Adam optimizer(parameters);
  features_->train();
  classes_->train();
  const std::int64_t total = std::int64_t{epochs} * set.count();
  std::int64_t done = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    for (const torch::Tensor& batch : torch::randperm(set.count()).split(kBatch)) {
      static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options())
          .lr(2e-3 * (1 - static_cast<double>(done) / static_cast<double>(total)));
      optimizer.zero_grad();
      const torch::Tensor x = shifted(images.index_select(0, batch));
      nn::functional::cross_entropy(classes_->forward(features_->forward(x)), labels.index_select(0, batch))
          .backward();
      optimizer.step();
      done += batch.numel();
      if (progress) progress(static_cast<int>(done));
    }
  }
}

Judgment Classifier::judge(const torch::Tensor& images) {
  const torch::NoGradGuard no_grad;
  features_->eval();
  classes_->eval();
  std::vector<torch::Tensor> labels, confidences, features;
  for (const torch::Tensor& chunk : images.view({-1, 1, 28, 28}).split(1000)) {
    features.push_back(features_->forward(chunk));
    const auto [confidence, label] = classes_->forward(features.back()).softmax(1).max(1);
    labels.push_back(label);
    confidences.push_back(confidence);
  }
  return {torch::cat(labels), torch::cat(confidences), torch::cat(features)};
}

double Classifier::accuracy(const ImageSet& set) {
  return judge(images_of(set)).label.eq(labels_of(set)).to(torch::kDouble).mean().item<double>();
}

void Classifier::save(const std::filesystem::path& path) {
  torch::serialize::OutputArchive archive, features, classes;
  features_->save(features);
  classes_->save(classes);
  archive.write("features", features);
  archive.write("classes", classes);
  archive.save_to(path.string());
}

void Classifier::load(const std::filesystem::path& path) {
  torch::serialize::InputArchive archive, features, classes;
  archive.load_from(path.string());
  archive.read("features", features);
  archive.read("classes", classes);
  features_->load(features);
  classes_->load(classes);
}

}  // namespace vae::testing
