// The weights in the tree through LibTorch and through Eigen; writes build/parity.json, from which the tests
// in Node, Chromium and Python take the numbers that they must reach too.
#include <filesystem>
#include <fstream>
#include <numeric>

#include "native/compress/stored_as.hpp"
#include "native/data/dataset.hpp"
#include "native/eval/evaluate.hpp"
#include "native/model/export.hpp"
#include "native/model/tensors.hpp"
#include "native/model/vae.hpp"
#include "native/support/output_file.hpp"
#include "shared/file/digits_file.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/latent_statistics.hpp"
#include "shared/model/model.hpp"
#include "shared/model/weights_parts.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

Vae torch_model(const std::vector<std::byte>& file, const ModelSpec& spec) {
  torch::NoGradGuard no_grad;
  const auto view = read_weights(file);
  REQUIRE(view);
  Vae model(spec);
  model->eval();
  for (auto& named : model->named_parameters()) {
    const TensorView* tensor = view->find(named.key());
    REQUIRE(tensor != nullptr);
    const auto numbers = to_tensor(*view, *tensor);
    REQUIRE(numbers);
    named.value().copy_(*numbers);
  }
  return model;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, double{std::fabs(a[i] - b[i])});
  return largest;
}

/// [[...], ...] with `columns` numbers a row, every float to the last bit.
std::string json_rows(const std::vector<float>& values, int columns) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool first = i % static_cast<std::size_t>(columns) == 0;
    char number[32];
    std::snprintf(number, sizeof number, "%.9g", static_cast<double>(values[i]));
    text += (first ? (i == 0 ? "[" : "],[") : ",") + std::string(number);
  }
  return text + "]]";
}

/// Both on 12 samples of the prior, some of them moved: checks them, and gives what the other tests
/// compare with.
std::string compare(const std::string& name) {
  torch::NoGradGuard no_grad;
  INFO(name);
  const std::vector<std::byte> file = read_file(std::filesystem::path(ASSETS) / name, FileLimits{}.bytes);
  Model eigen = *Model::load(file);
  Vae libtorch = torch_model(file, eigen.spec());
  constexpr std::uint64_t kSeed = 2026;
  constexpr int kCount = 12;
  const int latent = eigen.latent(), pixels = eigen.pixels();

  const auto anchors = read_anchors(eigen);
  std::vector<float> prior, sevens;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const std::vector<float> one = eigen.sample_prior(kSeed, i);
    prior.insert(prior.end(), one.begin(), one.end());
    const std::vector<float> seven = sample_sheet(eigen, anchors, 7, kSeed, i);
    sevens.insert(sevens.end(), seven.begin(), seven.end());
  }
  std::vector<float> z = prior;
  std::fill_n(z.begin(), latent, 0.0f);  // the origin
  if (eigen.mixture() == nullptr)
    std::fill_n(z.begin() + latent, latent, 3.0f);  // and a far corner of N(0, I)
  const torch::Tensor z_libtorch = torch::from_blob(z.data(), {kCount, latent});
  const std::vector<float> images = *eigen.decode(z);
  const std::vector<float> images_libtorch = to_vector(libtorch->image(libtorch->decode(z_libtorch)));
  CHECK(largest_difference(images, images_libtorch) < 1e-5);

  std::vector<float> x = images;
  const Posterior q = *eigen.encode(x);
  const PosteriorTensors q_libtorch = libtorch->encode(torch::from_blob(x.data(), {kCount, pixels}));
  CHECK(largest_difference(q.mu, to_vector(q_libtorch.mu)) < 1e-5);
  CHECK(largest_difference(q.log_var, to_vector(q_libtorch.log_var)) < 1e-5);

  if (eigen.mixture() != nullptr) {
    const torch::Tensor log_prior = libtorch->prior->log_density(z_libtorch);
    for (std::int64_t i = 0; i < kCount; ++i) {
      const auto one =
          std::span(z).subspan(static_cast<std::size_t>(i * latent), static_cast<std::size_t>(latent));
      CHECK(log_prior[i].item<double>() == Approx(eigen.log_prior(one)).epsilon(1e-5));
    }
  }
  return "{\"weights\":\"assets/" + name + "\",\"model\":\"" + to_string(eigen.spec()) +
         "\",\n\"seed\":" + std::to_string(kSeed) + ",\n\"z\":" + json_rows(z, latent) +
         ",\n\"images_eigen\":" + json_rows(images, pixels) +
         ",\n\"images_libtorch\":" + json_rows(images_libtorch, pixels) +
         ",\n\"prior\":" + json_rows(prior, latent) + ",\n\"sevens\":" + json_rows(sevens, latent) +
         ",\n\"samples\":" + json_rows(*eigen.decode(prior), pixels) +
         ",\n\"encode\":{\"pixels\":" + json_rows(x, pixels) + ",\n\"mu\":" + json_rows(q.mu, latent) +
         ",\n\"log_var\":" + json_rows(q.log_var, latent) + "}}";
}

/// What native_eval --per-image says of the digits that the page has among the first 40 test images, by their
/// numbers on the page: [[digit, reconstruction, kl, reconstruction at mu], ...].
std::string page_figures(const std::string& name) {
  const std::vector<std::byte> file = read_file(std::filesystem::path(ASSETS) / name, FileLimits{}.bytes);
  const std::vector<std::byte> digit_file = read_file(std::filesystem::path(ASSETS) / "digits.bin", 1 << 20);
  Model model = *Model::load(file);
  const Digits digits = *read_digits(digit_file);
  ImageSet set = read_image_set(BUILD "/mnist", "t10k", false);
  set.labels.resize(40);
  set.pixels.resize(40 * 784);
  const std::vector<ImageEvaluation> images = evaluate_each({&model, 1}, set, trained_pixels(model));
  std::string json;
  for (int i = 0; i < digits.count(); ++i) {
    const auto index = static_cast<std::size_t>(digits.indices[static_cast<std::size_t>(i)]);
    if (index >= images.size()) continue;
    const ImageEvaluation& e = images[index];
    char row[128];
    std::snprintf(row, sizeof row, "%s[%d,%.6f,%.6f,%.6f]", json.empty() ? "" : ",", i,
                  e.drawn.reconstruction, e.drawn.kl, e.reconstruction_at_mu);
    json += row;
  }
  return "[" + json + "]";
}

}  // namespace

TEST_CASE("the weights in the tree: LibTorch and Eigen agree within 1e-5") {
  std::string json = "[";
  for (const char* name : {"weights.bin", "mlp.bin"}) {
    json += (json.size() > 1 ? ",\n" : "") + compare(name);
    json.insert(json.size() - 1, ",\n\"page\":" + page_figures(name));
  }
  json += "]\n";
  write_file(std::filesystem::path(BUILD) / "parity.json", std::as_bytes(std::span(json)));
}

TEST_CASE("the multilayer perceptrons in int8: 335 KiB for each half, at most 0.15 nats") {
  const ImageData data = read_image_data(BUILD "/mnist", false);
  const auto first = [](const ImageSet& set, int count) {
    std::vector<int> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), 0);
    return select(set, indices);
  };
  const ImageSet train = first(data.train, 3000), test = first(data.test, 300);
  const auto neg_elbo = [&](const std::vector<std::byte>& bytes) {
    Model model = *Model::load(bytes);
    return evaluate({&model, 1}, test, Pixels::kGray, {}, 1).neg_elbo;
  };
  for (const char* name : {"mlp.bin", "tf-mlp.bin"}) {
    CAPTURE(name);
    const std::vector<std::byte> file = read_file(std::filesystem::path(ASSETS) / name, FileLimits{}.bytes);
    const auto int8 = stored_as(file, Dtype::kI8, train);
    REQUIRE(int8);
    const auto parts = split_weights(*int8);
    REQUIRE(parts);
    CHECK(parts->decoder.size() <= 335 * 1024);
    CHECK(parts->encoder.size() <= 335 * 1024);
    const double cost = neg_elbo(*int8) - neg_elbo(file);
    CAPTURE(cost);
    CHECK((cost > 0 && cost <= 0.15));
  }
}

TEST_CASE("means and log-variances of a Gaussian decoder: LibTorch and Eigen agree within 1e-5") {
  torch::NoGradGuard no_grad;
  Vae libtorch(with_likelihood(aevb(2), Likelihood::kGaussian));
  initialize(*libtorch, 4);
  Model eigen = *Model::load(export_weights(*libtorch, Dtype::kF32, {}));
  std::vector<float> z = sample_prior_sheet(2, 1, 10);
  const torch::Tensor output = libtorch->decode(torch::from_blob(z.data(), {10, 2}));
  CHECK(output.sizes() == torch::IntArrayRef{10, 2 * 784});
  CHECK(largest_difference(*eigen.decode_output(z), to_vector(output)) < 1e-5);
  CHECK(largest_difference(*eigen.decode(z), to_vector(libtorch->image(output))) < 1e-5);
}
