#include "shared/sequential.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "shared/product.hpp"

namespace vae {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstVectorMap = Eigen::Map<const Eigen::VectorXf>;

int area(const Shape& s) { return s.height * s.width; }

/// Visits every (kernel tap, output pixel) pair of a convolution whose input pixel is inside the image:
/// visit(row of the column matrix, column of the column matrix, pixel in the packed input).
/// `in` is the side that padding applies to, `out` the other.
template <class Visit>
void for_each_tap(const Shape& in, const Shape& out, int kernel, int stride, const Padding& padding,
                  Visit visit) {
  int row = 0;
  for (int c = 0; c < in.channels; ++c) {
    for (int ky = 0; ky < kernel; ++ky) {
      for (int kx = 0; kx < kernel; ++kx, ++row) {
        for (int y = 0; y < out.height; ++y) {
          const int in_y = y * stride + ky - padding.top;
          if (in_y < 0 || in_y >= in.height) continue;
          for (int x = 0; x < out.width; ++x) {
            const int in_x = x * stride + kx - padding.left;
            if (in_x < 0 || in_x >= in.width) continue;
            visit(row, y * out.width + x, (c * in.height + in_y) * in.width + in_x);
          }
        }
      }
    }
  }
}

void run(const Linear& l, const LayerParameters& p, const float* in, int n, float* out) {
  if (p.quantized != nullptr) {
    multiply_transposed(in, p.quantized, p.scale, n, l.in, l.out, out);
  } else {
    multiply_transposed(in, p.weight, n, l.in, l.out, out);
  }
  MatrixMap(out, n, l.out).rowwise() += ConstVectorMap(p.bias, l.out).transpose();
}

/// One sample: unroll the input into rows (out pixels, in * k * k), then one matrix product.
void run(const Conv2d& c, const LayerParameters& p, const Shape& in_shape, const Shape& out_shape,
         const float* in, float* out, float* columns) {
  const int taps = c.in * c.kernel * c.kernel, pixels = area(out_shape);
  std::fill_n(columns, std::ptrdiff_t{taps} * pixels, 0.0f);
  for_each_tap(in_shape, out_shape, c.kernel, c.stride, c.padding, [&](int tap, int pixel, int source) {
    columns[std::ptrdiff_t{pixel} * taps + tap] = in[source];
  });
  multiply_transposed(p.weight, columns, c.out, taps, pixels, out);
  MatrixMap(out, c.out, pixels).colwise() += ConstVectorMap(p.bias, c.out);
}

/// One sample, the adjoint of Conv2d: one matrix product gives the columns, which are then added into place.
void run(const ConvTranspose2d& c, const LayerParameters& p, const Shape& in_shape, const Shape& out_shape,
         const float* in, float* out, float* columns) {
  const int taps = c.out * c.kernel * c.kernel, pixels = area(in_shape);
  transposed_multiply(p.weight, in, c.in, taps, pixels, columns);
  MatrixMap(out, c.out, area(out_shape)).colwise() = ConstVectorMap(p.bias, c.out);
  for_each_tap(out_shape, in_shape, c.kernel, c.stride, c.crop, [&](int tap, int pixel, int target) {
    out[target] += columns[std::ptrdiff_t{tap} * pixels + pixel];
  });
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

void run(const Activation& a, const float* in, std::ptrdiff_t count, float* out) {
  const auto apply = [&](auto f) { std::transform(in, in + count, out, f); };
  switch (a.kind) {
    case ActivationKind::kRelu:
      return apply([](float x) { return x > 0 ? x : 0.0f; });
    case ActivationKind::kLeakyRelu:
      return apply([slope = a.slope](float x) { return x > 0 ? x : slope * x; });
    case ActivationKind::kTanh:
      return apply([](float x) { return std::tanh(x); });
    case ActivationKind::kSigmoid:
      return apply(sigmoid);
    case ActivationKind::kSilu:
      return apply([](float x) { return x * sigmoid(x); });
  }
}

/// Numbers in the unrolled convolution of one sample, 0 for other layers.
std::int64_t column_count(const Layer& layer, const Shape& in, const Shape& out) {
  if (const auto* c = std::get_if<Conv2d>(&layer)) {
    return std::int64_t{c->in} * c->kernel * c->kernel * area(out);
  }
  if (const auto* c = std::get_if<ConvTranspose2d>(&layer)) {
    return std::int64_t{c->out} * c->kernel * c->kernel * area(in);
  }
  return 0;
}

}  // namespace

Floats allocate_floats(std::size_t count) {
  if (count > std::numeric_limits<std::size_t>::max() / sizeof(float)) return nullptr;
  return Floats(static_cast<float*>(std::malloc(std::max<std::size_t>(count, 1) * sizeof(float))));
}

Sequential::Sequential(const LayerList& layers, Shape in, std::vector<LayerParameters> parameters)
    : layers_(layers), in_(in), out_(in), parameters_(std::move(parameters)) {
  largest_ = static_cast<std::size_t>(in.size());
  for (const Layer& layer : layers_) {
    const Shape next = vae::output_shape(layer, out_).value_or(Shape{});
    columns_ = std::max(columns_, static_cast<std::size_t>(column_count(layer, out_, next)));
    largest_ = std::max(largest_, static_cast<std::size_t>(next.size()));
    out_ = next;
  }
  // Large enough for efficient matrix products, small enough for a few megabytes.
  constexpr std::size_t kWorkspace = std::size_t{1} << 20;
  chunk_ = static_cast<int>(std::clamp<std::size_t>(kWorkspace / (2 * largest_), 1, 256));
}

/// Two feature maps of n samples, then the columns of one.
Floats Sequential::workspace(int n) const {
  return allocate_floats(2 * largest_ * static_cast<std::size_t>(n) + columns_);
}

bool Sequential::run(std::span<const float> input, std::span<float> output) const {
  const auto in_size = static_cast<std::size_t>(in_.size()), out_size = static_cast<std::size_t>(out_.size());
  const std::size_t samples = input.size() / in_size;
  const Floats space = workspace(static_cast<int>(std::min(samples, static_cast<std::size_t>(chunk_))));
  if (!space) return false;
  for (std::size_t i = 0; i < samples; i += static_cast<std::size_t>(chunk_)) {
    const int n = static_cast<int>(std::min(samples - i, static_cast<std::size_t>(chunk_)));
    const float* result = run_chunk(input.data() + i * in_size, n, space.get());
    std::copy_n(result, static_cast<std::size_t>(n) * out_size, output.data() + i * out_size);
  }
  return true;
}

bool Sequential::run_traced(std::span<const float> input, std::vector<std::vector<float>>& outputs) const {
  outputs.clear();
  const Floats space = workspace(1);
  if (!space) return false;
  run_chunk(input.data(), 1, space.get(), &outputs);
  return true;
}

/// (n, input) -> (n, output), which stands in the workspace, or is the input when no layer changes anything.
const float* Sequential::run_chunk(const float* input, int n, float* workspace,
                                   std::vector<std::vector<float>>* outputs) const {
  const std::size_t half = largest_ * static_cast<std::size_t>(n);
  float* const columns = workspace + 2 * half;
  const float* from = input;  // (n, shape)
  Shape shape = in_;
  for (int i = 0; i < layers_.size(); ++i) {
    float* const to = from == workspace ? workspace + half : workspace;
    const Shape next = vae::output_shape(layers_[i], shape).value_or(Shape{});
    const LayerParameters& p = parameters_[static_cast<std::size_t>(i)];
    const auto in_size = static_cast<std::ptrdiff_t>(shape.size()),
               out_size = static_cast<std::ptrdiff_t>(next.size());
    const auto each_sample = [&](const auto& convolution) {
      for (int s = 0; s < n; ++s) {
        vae::run(convolution, p, shape, next, from + s * in_size, to + s * out_size, columns);
      }
    };
    const bool moved =
        std::visit(Overloaded{
                       [&](const Linear& l) { return vae::run(l, p, from, n, to), true; },
                       [&](const Conv2d& c) { return each_sample(c), true; },
                       [&](const ConvTranspose2d& c) { return each_sample(c), true; },
                       [&](const Activation& a) { return vae::run(a, from, n * in_size, to), true; },
                       [](const Dropout&) { return false; },  // identity outside training
                       [](const Reshape&) { return false; },  // packed data stays as it is
                   },
                   layers_[i]);
    if (moved) from = to;
    shape = next;
    if (outputs != nullptr) outputs->emplace_back(from, from + out_size);
  }
  return from;
}

}  // namespace vae
