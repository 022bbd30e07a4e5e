#include "tests/native/quality.hpp"

#include <algorithm>
#include <functional>

#include "native/support/failure.hpp"
#include "shared/model/latent_statistics.hpp"

namespace vae::testing {
namespace {

constexpr int kClasses = 10, kChunk = 50;
constexpr std::uint64_t kSeed = 1;

struct Moments {
  torch::Tensor mean, covariance;
};

Moments moments(const torch::Tensor& features) {
  const torch::Tensor x = features.to(torch::kDouble), mean = x.mean(0), centered = x - mean;
  return {mean, centered.t().mm(centered) / static_cast<double>(x.size(0) - 1)};
}

/// Of a symmetric matrix without negative eigenvalues but those of rounding.
torch::Tensor square_root(const torch::Tensor& matrix) {
  const auto [values, vectors] = torch::linalg_eigh(matrix);
  return (vectors * values.clamp_min(0).sqrt()).mm(vectors.t());
}

double share(const torch::Tensor& of) { return of.to(torch::kDouble).mean().item<double>(); }

/// What comes as (n, pixels) from one model for the numbers `first` to `first + n`.
using Draw = std::function<std::vector<float>(Model& model, int first, int n)>;

torch::Tensor draw_all(std::span<Model> models, int count, const Draw& draw, const Progress& progress) {
  const int pixels = models[0].pixels(), chunks = (count + kChunk - 1) / kChunk;
  torch::Tensor images = torch::empty({count, pixels});
  float* const to = images.data_ptr<float>();
  const auto piece = [&](Model& model, int index, const std::stop_token&) {
    const int first = index * kChunk;
    const std::vector<float> drawn = draw(model, first, std::min(kChunk, count - first));
    std::copy(drawn.begin(), drawn.end(), to + std::ptrdiff_t{first} * pixels);
  };
  for_each_piece(models, chunks, piece, [&](int done) {
    if (progress) progress(std::min(done * kChunk, count));
  });
  return images;
}

/// Draws what z(model, number) decodes to.
template <class Latent>
Draw decoded(Latent latent) {
  return [latent](Model& model, int first, int n) {
    std::vector<float> z;
    for (int i = first; i < first + n; ++i) {
      const std::vector<float> one = latent(model, i);
      z.insert(z.end(), one.begin(), one.end());
    }
    return value_or_throw(model.decode(z));
  };
}

}  // namespace

double frechet_distance(const torch::Tensor& a, const torch::Tensor& b) {
  const Moments p = moments(a), q = moments(b);
  const torch::Tensor root = square_root(p.covariance);
  const auto product = torch::linalg_eigvalsh(root.mm(q.covariance).mm(root)).clamp_min(0);
  return ((p.mean - q.mean).square().sum() + p.covariance.trace() + q.covariance.trace() -
          2 * product.sqrt().sum())
      .item<double>();
}

Quality measure_quality(std::span<Model> models, Classifier& classifier, const ImageSet& test, int samples,
                        const Progress& progress) {
  const auto after = [&](int before) -> Progress {
    return [&progress, before](int done) {
      if (progress) progress(before + done);
    };
  };
  Quality quality;
  const auto prior =
      decoded([](const Model& model, int i) { return model.sample_prior(kSeed, std::uint64_t(i)); });
  const Judgment drawn = classifier.judge(draw_all(models, samples, prior, after(0)));
  quality.confident = share(drawn.confidence >= 0.9);

  if (const auto anchors = read_anchors(models[0]); anchors && anchors->labels.size() == kClasses) {
    const auto request = decoded([&](const Model& model, int i) {
      return sample_class(*anchors, i % kClasses, kSeed, std::uint64_t(i), 1, model.mixture());
    });
    const torch::Tensor label = classifier.judge(draw_all(models, samples, request, after(samples))).label;
    const torch::Tensor wanted = torch::arange(samples) % kClasses, right = label.eq(wanted);
    quality.recognized = share(right);
    quality.worst_recognized = 1;
    for (int digit = 0; digit < kClasses; ++digit)
      quality.worst_recognized =
          std::min(quality.worst_recognized, share(right.masked_select(wanted.eq(digit))));
  }

  const auto reconstruction = [&test](Model& model, int first, int n) {
    return value_or_throw(model.decode(value_or_throw(model.encode(test.gray(first, n))).mu));
  };
  const Judgment redrawn =
      classifier.judge(draw_all(models, test.count(), reconstruction, after(2 * samples)));
  const std::vector<std::int64_t> labels(test.labels.begin(), test.labels.end());
  quality.kept = share(redrawn.label.eq(torch::tensor(labels)));

  std::vector<float> gray = test.gray(0, test.count());
  const torch::Tensor images = torch::from_blob(gray.data(), {test.count(), test.shape.size()});
  quality.frechet = frechet_distance(drawn.features, classifier.judge(images).features);
  return quality;
}

}  // namespace vae::testing
