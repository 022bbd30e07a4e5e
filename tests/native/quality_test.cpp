// The figures of quality.hpp against closed forms, and the shipped default model within its own.
#include "tests/native/quality.hpp"

#include <cmath>
#include <numeric>

#include "native/eval/evaluate.hpp"
#include "native/eval/nll.hpp"
#include "native/support/output_file.hpp"
#include "tests/catch.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// Points whose mean is `mean` and whose covariance is `covariance`, symmetric and 2x2.
torch::Tensor points(const torch::Tensor& mean, const torch::Tensor& covariance) {
  const torch::Tensor corners =
      torch::tensor({{1.0, 1.0}, {1.0, -1.0}, {-1.0, 1.0}, {-1.0, -1.0}}, torch::kDouble);
  const auto [values, vectors] = torch::linalg_eigh(covariance);
  return mean +
         (corners * (values * 3 / 4).sqrt()).mm(vectors.t());  // unbiased: 4 points, 3 degrees of freedom
}

torch::Tensor matrix(double a, double b, double d) { return torch::tensor({{a, b}, {b, d}}, torch::kDouble); }

}  // namespace

TEST_CASE("the Frechet distance is that of two normal distributions") {
  const torch::Tensor zero = torch::zeros(2, torch::kDouble),
                      mean = torch::tensor({1.0, -2.0}, torch::kDouble);
  const torch::Tensor a = matrix(2, 0.5, 1), b = matrix(1, -0.7, 3);
  CHECK(frechet_distance(points(zero, a), points(zero, a)) == Approx(0).margin(1e-9));
  CHECK(frechet_distance(points(zero, a), points(mean, a)) == Approx(5));
  // For 2x2 matrices tr((ab)^(1/2)) = sqrt(tr(ab) + 2 sqrt(det(ab))).
  const torch::Tensor ab = a.mm(b);
  const double trace = ab.trace().item<double>(), det = (2 - 0.25) * (3 - 0.49);
  const double expected = 5 + 3 + 4 - 2 * std::sqrt(trace + 2 * std::sqrt(det));
  CHECK(frechet_distance(points(zero, a), points(mean, b)) == Approx(expected));
  // Features that are all zero in a direction leave no NaN behind.
  CHECK(frechet_distance(points(zero, matrix(1, 0, 0)), points(zero, matrix(4, 0, 0))) == Approx(1));
}

TEST_CASE("the page's default model draws digits as good as when it was chosen") {
  const ImageData data = read_image_data(MNIST_FOLDER, false);
  std::vector<int> indices(1000);
  std::iota(indices.begin(), indices.end(), 0);
  const ImageSet test = select(data.test, indices);
  const std::vector<std::byte> file = read_file(ASSETS "/weights.bin", FileLimits{}.bytes);
  CHECK(file.size() <= 330'000);
  std::vector<Model> models;
  for (int i = 0; i < 2; ++i) models.push_back(*Model::load(file));

  Classifier classifier;
  // After two epochs its own errors decide, and they depend on the processor.
  classifier.train(data.train, 4);
  REQUIRE(classifier.accuracy(data.test) > 0.99);
  const Quality quality = measure_quality(models, classifier, data.test, 1000);
  CHECK(quality.confident >= 0.85);
  CHECK(quality.recognized >= 0.97);
  CHECK(quality.kept >= 0.985);
  CHECK(measure_quality(std::span(models).first(1), classifier, test, 1000).confident == quality.confident);

  const std::vector<double> nll = negative_log_likelihoods(models, test, Pixels::kDynamic, 200);
  CHECK(std::accumulate(nll.begin(), nll.end(), 0.0) / 1000 < 78.9);  // 78.81 when it was stored
}
