#include "shared/nn/sequential.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "shared/nn/kernels.hpp"

// Between layers, feature maps are in H,W,C order, so that a convolution reads contiguous channels.
namespace vae {
namespace {

/// Transposes a matrix (rows, columns).
void transpose(const float* from, int rows, int columns, float* to) {
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c)
      to[std::ptrdiff_t{c} * rows + r] = from[std::ptrdiff_t{r} * columns + c];
  }
}

int area(const Shape& s) { return s.height * s.width; }

/// Returns whether C,H,W and H,W,C are different orders.
bool ordered(const Shape& s) { return s.channels > 1 && area(s) > 1; }

void run(const Linear& l, const LayerParameters& p, const float* in, int n, float* out) {
  if (p.quantized != nullptr) {
    multiply(in, p.quantized, p.scale, p.bias, n, l.in, l.out, out);
  } else {
    multiply(in, p.weight, p.bias, n, l.in, l.out, out);
  }
}

/// Returns how many numbers an output row reads: (width, kernel, kernel, in).
std::ptrdiff_t row_size(const Conv2d& c, int width) {
  return std::ptrdiff_t{width} * c.kernel * c.kernel * c.in;
}

/// Returns how many output rows run at once: as many as fit, unrolled, into the second-level cache.
int rows_at_once(const Conv2d& c, const Shape& out) {
  return static_cast<int>(std::clamp<std::ptrdiff_t>((1 << 16) / row_size(c, out.width), 1, out.height));
}

/// Unrolls the input of output row y, with zeros as padding.
void unroll(const Conv2d& c, const Shape& shape, int y, int width, const float* in, float* unrolled) {
  for (int x = 0; x < width; ++x) {
    for (int ky = 0; ky < c.kernel; ++ky) {
      const int in_y = y * c.stride + ky - c.padding.top;
      for (int kx = 0; kx < c.kernel; ++kx, unrolled += c.in) {
        const int in_x = x * c.stride + kx - c.padding.left;
        if (in_y < 0 || in_y >= shape.height || in_x < 0 || in_x >= shape.width) {
          std::fill_n(unrolled, c.in, 0.0f);
        } else {
          std::copy_n(in + (std::ptrdiff_t{in_y} * shape.width + in_x) * c.in, c.in, unrolled);
        }
      }
    }
  }
}

/// Convolves one sample: the product of its unrolled input with the weight.
void run(const Conv2d& c, const LayerParameters& p, const Shape& in_shape, const Shape& out_shape,
         const float* in, float* out, float* unrolled) {
  const int height = out_shape.height, width = out_shape.width, most = rows_at_once(c, out_shape);
  const std::ptrdiff_t size = row_size(c, width);
  for (int y = 0; y < height; y += most) {
    const int rows = std::min(most, height - y);
    for (int row = 0; row < rows; ++row) unroll(c, in_shape, y + row, width, in, unrolled + row * size);
    multiply(unrolled, p.weight, p.bias, rows * width, c.kernel * c.kernel * c.in, c.out,
             out + std::ptrdiff_t{y} * width * c.out);
  }
}

/// Convolves one sample, transposed: multiplies each input by the whole kernel and adds the product to the
/// outputs that it reaches.
void run(const ConvTranspose2d& c, const LayerParameters& p, const Shape& in_shape, const Shape& out_shape,
         const float* in, float* out, float* products) {
  const std::ptrdiff_t tap_row = std::ptrdiff_t{c.kernel} * c.out,
                       out_row = std::ptrdiff_t{out_shape.width} * c.out;
  for (int i = 0; i < area(out_shape); ++i) std::copy_n(p.bias, c.out, out + std::ptrdiff_t{i} * c.out);
  for (int y = 0; y < in_shape.height; ++y) {  // by rows, whose products stay in the second-level cache
    multiply(in + std::ptrdiff_t{y} * in_shape.width * c.in, p.weight, nullptr, in_shape.width, c.in,
             static_cast<int>(c.kernel * tap_row), products);
    const float* from = products;
    for (int x = 0; x < in_shape.width; ++x) {
      const std::ptrdiff_t left =
          std::ptrdiff_t{x * c.stride - c.crop.left} * c.out;  // of the taps in their row
      const std::ptrdiff_t cut = std::max<std::ptrdiff_t>(-left, 0), end = std::min(tap_row, out_row - left);
      for (int ky = 0; ky < c.kernel; ++ky, from += tap_row) {
        const int at = y * c.stride + ky - c.crop.top;
        if (at >= 0 && at < out_shape.height) add(from + cut, end - cut, out + at * out_row + left + cut);
      }
    }
  }
}

void run(const Activation& a, float* x, std::ptrdiff_t count) {
  switch (a.kind) {
    case ActivationKind::kRelu:
      return leaky_relu(x, count, 0);
    case ActivationKind::kLeakyRelu:
      return leaky_relu(x, count, a.slope);
    case ActivationKind::kTanh:
      return vae::tanh(x, count);
    case ActivationKind::kSigmoid:
      return sigmoid(x, count);
    case ActivationKind::kSilu:
      return silu(x, count);
  }
}

/// Returns the size of what a convolution unrolls at once or, transposed, makes of an input row; 0 for other
/// layers.
std::size_t unrolled_count(const Layer& layer, const Shape& in, const Shape& out) {
  const std::ptrdiff_t none = 0;
  const std::ptrdiff_t count = std::visit(
      Overloaded{
          [&](const Conv2d& c) { return rows_at_once(c, out) * row_size(c, out.width); },
          [&](const ConvTranspose2d& c) { return std::ptrdiff_t{in.width} * c.kernel * c.kernel * c.out; },
          [&](const Linear&) { return none; },
          [&](const Activation&) { return none; },
          [&](const Dropout&) { return none; },
          [&](const Skip&) { return none; },
          [&](const Reshape&) { return none; },
      },
      layer);
  return static_cast<std::size_t>(count);
}

}  // namespace

Floats allocate_floats(std::size_t count) {
  if (count > std::numeric_limits<std::size_t>::max() / sizeof(float) - kCacheLine) return nullptr;
  const std::size_t size = whole_lines(std::max<std::size_t>(count, 1)) * sizeof(float);
  return Floats(static_cast<float*>(std::aligned_alloc(kCacheLine * sizeof(float), size)));
}

Sequential::Sequential(const LayerList& layers, Shape in, std::vector<LayerParameters> parameters)
    : layers_(layers), in_(in), out_(in), parameters_(std::move(parameters)) {
  largest_ = static_cast<std::size_t>(in.size());
  kept_.assign(static_cast<std::size_t>(layers_.size()), false);
  for (int i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const Shape next = vae::output_shape(layer, out_).value_or(Shape{});
    unrolled_ = std::max(unrolled_, unrolled_count(layer, out_, next));
    if (const auto* skip = std::get_if<Skip>(&layer)) {
      kept_[static_cast<std::size_t>(i - skip->over)] = true;
      kept_size_ = std::max(kept_size_, static_cast<std::size_t>(next.size()));
    }
    largest_ = std::max(largest_, static_cast<std::size_t>(next.size()));
    out_ = next;
  }
  // Large enough for efficient matrix products, small enough for a second-level cache or, at worst, a few
  // megabytes.
  constexpr std::size_t kWorkspace = std::size_t{1} << 20;
  chunk_ = static_cast<int>(std::clamp<std::size_t>(kWorkspace / (2 * largest_ + kept_size_), 1, 48));
}

/// Allocates two feature maps of n samples, one for a Skip, and the unrolled input of one sample.
Floats Sequential::workspace(int n) const {
  return allocate_floats((2 * largest_ + kept_size_) * static_cast<std::size_t>(n) + unrolled_);
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

/// Runs (n, input) to (n, output) and returns it: in the workspace, or the input itself when no layer changes
/// anything.
const float* Sequential::run_chunk(const float* input, int n, float* workspace,
                                   std::vector<std::vector<float>>* outputs) const {
  const std::size_t half = largest_ * static_cast<std::size_t>(n);
  float* const kept = workspace + 2 * half;
  float* const unrolled = kept + kept_size_ * static_cast<std::size_t>(n);
  const float* from = input;  // (n, shape)
  Shape shape = in_;
  /// Calls `layer(from, to)` to write the other half of the workspace.
  const auto move = [&](const auto& layer) {
    float* const to = from == workspace ? workspace + half : workspace;
    layer(from, to);
    from = to;
  };
  /// Calls `layer(x)` to change the feature map in place, in the workspace.
  const auto in_place = [&](const auto& layer) {
    if (from == input) move([&](const float* in, float* out) { std::copy_n(in, n * shape.size(), out); });
    layer(from == workspace ? workspace : workspace + half);
  };
  const auto each_sample = [&](const Shape& next, const auto& layer) {
    move([&](const float* in, float* out) {
      for (std::int64_t s = 0; s < n; ++s) layer(in + s * shape.size(), out + s * next.size());
    });
  };
  const auto to_channels_last = [&] {
    if (!ordered(shape)) return;
    each_sample(shape, [&](const float* in, float* out) { transpose(in, shape.channels, area(shape), out); });
  };
  const auto to_channels_first = [&] {
    if (!ordered(shape)) return;
    each_sample(shape, [&](const float* in, float* out) { transpose(in, area(shape), shape.channels, out); });
  };

  to_channels_last();
  for (int i = 0; i < layers_.size(); ++i) {
    const Shape next = vae::output_shape(layers_[i], shape).value_or(Shape{});
    const LayerParameters& p = parameters_[static_cast<std::size_t>(i)];
    const std::ptrdiff_t count = n * static_cast<std::ptrdiff_t>(shape.size());
    if (kept_[static_cast<std::size_t>(i)]) std::copy_n(from, count, kept);
    const auto convolve = [&](const auto& c) {
      each_sample(next, [&](const float* in, float* out) { vae::run(c, p, shape, next, in, out, unrolled); });
    };
    std::visit(
        Overloaded{
            [&](const Linear& l) { move([&](const float* in, float* out) { vae::run(l, p, in, n, out); }); },
            [&](const Conv2d& c) { convolve(c); },
            [&](const ConvTranspose2d& c) { convolve(c); },
            [&](const Activation& a) { in_place([&](float* x) { vae::run(a, x, count); }); },
            [](const Dropout&) {},  // identity outside training
            [&](const Skip&) { in_place([&](float* x) { add(kept, count, x); }); },
            [&](const Reshape&) {
              to_channels_first();
              shape = next;
              to_channels_last();
            },
        },
        layers_[i]);
    shape = next;
    if (outputs == nullptr) continue;
    const auto size = static_cast<std::size_t>(shape.size());
    outputs->emplace_back(from, from + size);
    if (ordered(shape)) transpose(from, area(shape), shape.channels, outputs->back().data());
  }
  to_channels_first();
  return from;
}

}  // namespace vae
