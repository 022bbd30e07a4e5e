#include "native/compress/gptq.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "native/eval/evaluate.hpp"
#include "shared/base/rng.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/model.hpp"

namespace vae {
namespace {

using Matrix = Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int kImages = 10000;
constexpr std::int64_t kLeastWeights = 4096;  // smaller layers are not worth it
constexpr double kDamping = 1e-3;             // of the mean second moment, so that the inverse exists

/// A weight to quantize, and the second moments of its layer's inputs: E[x x^T], (in, in).
struct Layer8 {
  std::string name;
  bool decoder;
  int after;  // index of the layer whose output it takes; -1: the image, or z
  Matrix moments;
  std::vector<float> inputs;  // of some images, not yet in `moments`
};

std::vector<Layer8> layers_of(const ModelSpec& spec, const WeightsView& view) {
  std::vector<Layer8> layers;
  const auto add = [&](const std::string& name, bool decoder, int after) {
    const TensorView& weight = *view.find(name);
    if (weight.dtype == Dtype::kI8 || weight.shape.count() < kLeastWeights ||
        weight.shape.size[1] > kMostInputs)
      return;
    layers.push_back({name, decoder, after, Matrix::Zero(weight.shape.size[1], weight.shape.size[1]), {}});
  };
  const auto add_list = [&](const std::string& prefix, const LayerList& list) {
    for (int i = 0; i < list.size(); ++i) {
      if (std::holds_alternative<Linear>(list[i]))
        add(prefix + std::to_string(i) + ".weight", prefix == "decoder.", i - 1);
    }
  };
  add_list("encoder.", spec.encoder);
  for (const char* head : {"mu.weight", "log_var.weight"}) add(head, false, spec.encoder.size() - 1);
  add_list("decoder.", spec.decoder);
  if (traits(spec.likelihood).learned_variance)
    add("decoder_log_var.weight", true, last_linear(spec.decoder) - 1);
  return layers;
}

void add_moments(Layer8& layer) {
  const Eigen::Map<const RowMajor> x(layer.inputs.data(), std::ssize(layer.inputs) / layer.moments.rows(),
                                     layer.moments.rows());
  layer.moments += (x.transpose() * x).cast<double>();
  layer.inputs.clear();
}

/// Measures the second moments over training images; a decoder gets z of their posteriors. Returns false on
/// failure.
bool measure(Model& model, const ImageSet& train, Pixels pixels, const Progress& progress,
             std::vector<Layer8>& layers) {
  const int images = quantize_images(train);
  const bool through_decoder =
      std::ranges::any_of(layers, [](const Layer8& l) { return l.decoder && l.after >= 0; });
  Rng rng(2, Stream::kEvaluation);
  for (int i = 0; i < images; ++i) {
    const std::vector<float> image =
        test_pixels(train, pixels, static_cast<int>(std::int64_t{i} * train.count() / images), 1);
    const auto encoded = model.trace(image, {});
    if (!encoded) return false;
    std::vector<float> z = encoded->posterior.mu;
    if (model.spec().prior != Prior::kNone) {
      std::vector<float> epsilon(z.size());
      std::ranges::generate(epsilon, [&] { return rng.normal(); });
      z = reparameterize(encoded->posterior.mu, encoded->posterior.log_var, epsilon);
    }
    const auto decoded = through_decoder ? model.trace({}, z) : Result<Trace>(Trace{});
    if (!decoded) return false;
    for (Layer8& layer : layers) {
      const auto& outputs = layer.decoder ? decoded->decoder : encoded->encoder;
      const std::vector<float>& x = layer.after >= 0 ? outputs[std::size_t(layer.after)]
                                    : layer.decoder  ? z
                                                     : image;
      layer.inputs.insert(layer.inputs.end(), x.begin(), x.end());
      if (i % 250 == 249 || i + 1 == images) add_moments(layer);
    }
    if (progress) progress(i + 1);
  }
  for (Layer8& layer : layers) layer.moments /= images;
  return true;
}

float rounded(float x, float scale) { return std::clamp(std::round(x / scale), -127.0f, 127.0f) * scale; }

/// Returns the scale of least cost when each number of a row is rounded by itself, weighted by the strength
/// of its input: large weights of weak inputs are clipped.
float best_scale(const Eigen::VectorXf& row, const Eigen::VectorXf& strength) {
  const float largest = row.cwiseAbs().maxCoeff();
  if (largest == 0) return 1;
  float best = largest / 127, least = std::numeric_limits<float>::infinity();
  for (float scale = largest / 127; scale > largest / 127 / 64; scale *= 0.95f) {
    const float cost =
        (row - row.unaryExpr([=](float x) { return rounded(x, scale); })).cwiseAbs2().dot(strength);
    if (cost < least) std::tie(best, least) = std::pair(scale, cost);
  }
  return best;
}

/// Quantizes weight (out, in) in place and returns the scale of each row.
std::vector<float> round_rows(Eigen::Map<RowMajor> weight, const Matrix& moments) {
  const Eigen::Index inputs = weight.cols();
  Eigen::PermutationMatrix<Eigen::Dynamic> order(inputs);  // the strongest inputs first
  order.setIdentity();
  std::stable_sort(order.indices().data(), order.indices().data() + inputs,
                   [&](Eigen::Index a, Eigen::Index b) { return moments(a, a) > moments(b, b); });
  const Eigen::VectorXf strength = moments.diagonal().cast<float>();
  std::vector<float> scales;
  for (Eigen::Index r = 0; r < weight.rows(); ++r)
    scales.push_back(best_scale(weight.row(r).transpose(), strength));

  // The Cholesky factor U of the inverse tells how to spread a column's error over the columns after it.
  Matrix sorted = order.transpose() * moments * order;
  sorted.diagonal().array() += kDamping * moments.diagonal().mean() + 1e-12;
  const Matrix inverse = sorted.llt().solve(Matrix::Identity(inputs, inputs));
  const Matrix u = inverse.llt().matrixU();
  Matrix left = weight.cast<double>() * order;
  for (Eigen::Index c = 0; c < inputs; ++c) {
    Eigen::VectorXd error(weight.rows());
    for (Eigen::Index r = 0; r < weight.rows(); ++r) {
      float& number = weight(r, order.indices()(c));
      number = rounded(static_cast<float>(left(r, c)), scales[std::size_t(r)]);
      error(r) = (left(r, c) - number) / u(c, c);
    }
    const Eigen::Index rest = inputs - c - 1;
    left.rightCols(rest).noalias() -= error * u.row(c).tail(rest);
  }
  return scales;
}

}  // namespace

int quantize_images(const ImageSet& train) { return std::min(kImages, train.count()); }

std::vector<NamedTensor> quantized_weights(std::span<const std::byte> file, const ImageSet& train,
                                           Pixels pixels, const Progress& progress) {
  auto model = Model::load(file);
  const auto view = read_weights(file);
  if (!model || !model->has_encoder() || train.count() == 0 || train.shape != model->spec().image) return {};
  std::vector<Layer8> layers = layers_of(model->spec(), *view);
  if (layers.empty() || !measure(*model, train, pixels, progress, layers)) return {};
  std::vector<NamedTensor> weights;
  for (const Layer8& layer : layers) {
    NamedTensor weight = named_tensor(*view, layer.name);
    weight.dtype = Dtype::kI8;
    weight.scale =
        round_rows({weight.values.data(), weight.shape.size[0], weight.shape.size[1]}, layer.moments);
    weights.push_back(std::move(weight));
  }
  return weights;
}

}  // namespace vae
