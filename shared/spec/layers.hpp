// The vocabulary of an architecture: one plain struct per layer. An architecture is data, a list of these.
// Two interpreters visit it (native/model/sequential builds LibTorch modules, shared/nn/sequential runs
// them without it), so a new layer must not compile until both know it: never add a catch-all to a
// visitor. Layouts are PyTorch's: Linear (out, in), Conv2d (out, in, kh, kw), ConvTranspose2d (in, out,
// kh, kw), C,H,W. kWord is a layer's name in the model line; fields() calls
// `visit` with its numbers in their order there, until that returns false.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

#include "shared/base/enum_names.hpp"

namespace vae {

/// The size of an image or feature map in C,H,W order. A vector of n numbers is {n, 1, 1}.
struct Shape {
  int channels = 1, height = 1, width = 1;
  constexpr std::int64_t size() const { return std::int64_t{1} * channels * height * width; }
  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// Pixels added around a convolution's input, or cut from a transposed convolution's output. The four sides
/// may differ: TensorFlow's "SAME" is {0,0,...} to {1,1,2,2} depending on kernel and stride.
struct Padding {
  int top = 0, left = 0, bottom = 0, right = 0;
  friend constexpr bool operator==(const Padding&, const Padding&) = default;
};

/// The function of an Activation.
enum class ActivationKind { kRelu, kLeakyRelu, kTanh, kSigmoid, kSilu };

/// Returns its name in the model line.
constexpr std::string_view name_of(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::kRelu:
      return "relu";
    case ActivationKind::kLeakyRelu:
      return "leaky_relu";
    case ActivationKind::kTanh:
      return "tanh";
    case ActivationKind::kSigmoid:
      return "sigmoid";
    case ActivationKind::kSilu:
      return "silu";
  }
  return {};
}

struct Linear {  // a dense layer
  int in = 1, out = 1;
  static constexpr std::string_view kWord = "linear";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.in) && visit(l.out);
  }
  friend constexpr bool operator==(const Linear&, const Linear&) = default;
};
struct Conv2d {  // square kernel
  int in = 1, out = 1, kernel = 1, stride = 1;
  Padding padding{};
  static constexpr std::string_view kWord = "conv";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.in) && visit(l.out) && visit(l.kernel) && visit(l.stride) && visit(l.padding);
  }
  friend constexpr bool operator==(const Conv2d&, const Conv2d&) = default;
};
struct ConvTranspose2d {  // square kernel; full output is (in - 1) * stride + kernel, then `crop` is cut away
  int in = 1, out = 1, kernel = 1, stride = 1;
  Padding crop{};
  static constexpr std::string_view kWord = "conv_transpose";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.in) && visit(l.out) && visit(l.kernel) && visit(l.stride) && visit(l.crop);
  }
  friend constexpr bool operator==(const ConvTranspose2d&, const ConvTranspose2d&) = default;
};
struct Activation {  // in the model line its kind's name, and the slope of kLeakyRelu
  ActivationKind kind = ActivationKind::kRelu;
  float slope = 0;  // of kLeakyRelu, for negative inputs
  friend constexpr bool operator==(const Activation&, const Activation&) = default;
};
struct Dropout {   // identity outside training
  float rate = 0;  // probability of zeroing, below 1
  static constexpr std::string_view kWord = "dropout";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.rate);
  }
  friend constexpr bool operator==(const Dropout&, const Dropout&) = default;
};
struct Skip {  // adds what went into the layer `over` layers before: a residual block (He et al. 2016)
  int over = 1;
  static constexpr std::string_view kWord = "skip";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.over);
  }
  friend constexpr bool operator==(const Skip&, const Skip&) = default;
};
struct Reshape {  // flatten is Reshape{{n, 1, 1}}
  Shape to{};
  static constexpr std::string_view kWord = "reshape";
  template <class L, class F>
  static bool fields(L& l, F& visit) {
    return visit(l.to);
  }
  friend constexpr bool operator==(const Reshape&, const Reshape&) = default;
};

using Layer = std::variant<Linear, Conv2d, ConvTranspose2d, Activation, Dropout, Skip, Reshape>;

/// std::visit with one lambda per type of layer: `std::visit(Overloaded{[](const Linear&) {...}, ...},
/// layer)`.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
/// Lets `Overloaded{...}` find its types.
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// A list of layers of fixed capacity, for constant expressions.
class LayerList {
 public:
  static constexpr int kCapacity = 32;

  constexpr LayerList() = default;
  constexpr LayerList(std::initializer_list<Layer> layers) {
    for (const Layer& layer : layers) items_[static_cast<std::size_t>(size_++)] = layer;
  }
  /// Returns false, and adds nothing, when the list is full.
  constexpr bool push_back(const Layer& layer) {
    if (size_ == kCapacity) return false;
    items_[static_cast<std::size_t>(size_++)] = layer;
    return true;
  }
  constexpr int size() const { return size_; }
  constexpr const Layer& operator[](int i) const { return items_[static_cast<std::size_t>(i)]; }
  constexpr const Layer* begin() const { return items_.data(); }
  constexpr const Layer* end() const { return items_.data() + size_; }
  friend constexpr bool operator==(const LayerList&, const LayerList&) = default;

 private:
  std::array<Layer, kCapacity> items_{};
  int size_ = 0;
};

/// The dimensions of a parameter tensor; rank 0: there is none.
struct Dims {
  int rank = 0;
  std::array<int, 4> size{};
  constexpr std::int64_t count() const {
    std::int64_t n = rank > 0 ? 1 : 0;
    for (int i = 0; i < rank; ++i) n *= size[static_cast<std::size_t>(i)];
    return n;
  }
  friend constexpr bool operator==(const Dims&, const Dims&) = default;
};

/// Shapes of a layer's parameters, of rank 0 where it has none.
struct ParameterShapes {
  Dims weight, bias;
  bool in_first = false;  // the weight is (in, out, ...) rather than (out, in, ...)
};

/// Returns the shapes of a layer's weight and bias.
constexpr ParameterShapes parameter_shapes(const Layer& layer) {
  return std::visit(Overloaded{
                        [](const Linear& l) { return ParameterShapes{{2, {l.out, l.in}}, {1, {l.out}}}; },
                        [](const Conv2d& c) {
                          return ParameterShapes{{4, {c.out, c.in, c.kernel, c.kernel}}, {1, {c.out}}};
                        },
                        [](const ConvTranspose2d& c) {
                          return ParameterShapes{{4, {c.in, c.out, c.kernel, c.kernel}}, {1, {c.out}}, true};
                        },
                        [](const Activation&) { return ParameterShapes{}; },
                        [](const Dropout&) { return ParameterShapes{}; },
                        [](const Skip&) { return ParameterShapes{}; },
                        [](const Reshape&) { return ParameterShapes{}; },
                    },
                    layer);
}

/// The largest width or height of a feature map; keeps products of sizes within 64 bits (channels are at most
/// 2^20).
inline constexpr int kMaxLength = 1 << 21;

namespace detail {
constexpr std::optional<int> length_within_limits(std::int64_t length) {
  if (length < 1 || length > kMaxLength) return std::nullopt;
  return static_cast<int>(length);
}
constexpr std::optional<int> conv_length(int in, int before, int after, int kernel, int stride) {
  const std::int64_t padded = std::int64_t{in} + before + after;
  if (kernel < 1 || stride < 1 || before < 0 || after < 0 || padded < kernel) return std::nullopt;
  return length_within_limits((padded - kernel) / stride + 1);
}
constexpr std::optional<int> conv_transpose_length(int in, int before, int after, int kernel, int stride) {
  if (kernel < 1 || stride < 1 || before < 0 || after < 0) return std::nullopt;
  return length_within_limits(std::int64_t{in - 1} * stride + kernel - before - after);
}
constexpr std::optional<Shape> feature_map(int channels, std::optional<int> height,
                                           std::optional<int> width) {
  if (!height || !width) return std::nullopt;
  return Shape{channels, *height, *width};
}
}  // namespace detail

/// Returns the shape after one layer, or nothing when the layer cannot take `in`.
constexpr std::optional<Shape> output_shape(const Layer& layer, const Shape& in) {
  using detail::conv_length, detail::conv_transpose_length, detail::feature_map;
  return std::visit(
      Overloaded{
          [&](const Linear& l) -> std::optional<Shape> {
            if (in != Shape{l.in, 1, 1}) return std::nullopt;
            return Shape{l.out, 1, 1};
          },
          [&](const Conv2d& c) -> std::optional<Shape> {
            if (in.channels != c.in) return std::nullopt;
            const Padding& p = c.padding;
            return feature_map(c.out, conv_length(in.height, p.top, p.bottom, c.kernel, c.stride),
                               conv_length(in.width, p.left, p.right, c.kernel, c.stride));
          },
          [&](const ConvTranspose2d& c) -> std::optional<Shape> {
            if (in.channels != c.in) return std::nullopt;
            const Padding& p = c.crop;
            return feature_map(c.out, conv_transpose_length(in.height, p.top, p.bottom, c.kernel, c.stride),
                               conv_transpose_length(in.width, p.left, p.right, c.kernel, c.stride));
          },
          [&](const Activation&) -> std::optional<Shape> { return in; },
          [&](const Dropout& d) -> std::optional<Shape> {
            if (!(d.rate >= 0 && d.rate < 1)) return std::nullopt;
            return in;
          },
          [&](const Skip&) -> std::optional<Shape> { return in; },  // skip_fits() checks the other input
          [&](const Reshape& r) -> std::optional<Shape> {
            if (r.to.size() != in.size()) return std::nullopt;
            return r.to;
          },
      },
      layer);
}

/// Returns whether layer `i` is not a Skip, or adds two feature maps of the same shape with no other Skip
/// between. `in` is the input of the list, whose layers before `i` must fit together.
constexpr bool skip_fits(const LayerList& layers, int i, Shape in) {
  if (!std::holds_alternative<Skip>(layers[i])) return true;
  const int over = std::get<Skip>(layers[i]).over;
  if (over < 1 || over > i) return false;
  Shape from{};
  for (int at = 0; at < i; ++at) {
    if (at == i - over) from = in;
    if (at >= i - over && std::holds_alternative<Skip>(layers[at])) return false;
    in = output_shape(layers[at], in).value_or(Shape{});
  }
  return from == in;
}

/// Returns the index of the first layer that cannot take its input, or -1 when the list fits together.
constexpr int first_mismatch(const LayerList& layers, const Shape& in) {
  Shape shape = in;
  for (int i = 0; i < layers.size(); ++i) {
    const std::optional<Shape> out = output_shape(layers[i], shape);
    if (!out || !skip_fits(layers, i, in)) return i;
    shape = *out;
  }
  return -1;
}

/// Returns the shape after all layers, or nothing when they do not fit together.
constexpr std::optional<Shape> output_shape(const LayerList& layers, Shape in) {
  if (first_mismatch(layers, in) >= 0) return std::nullopt;
  for (const Layer& layer : layers) in = output_shape(layer, in).value_or(Shape{});
  return in;
}

/// Returns the multiply-adds of a layer for one sample of shape `in`; 0 for layers without weights.
constexpr std::int64_t multiply_adds(const Layer& layer, const Shape& in) {
  const ParameterShapes shapes = parameter_shapes(layer);
  if (shapes.weight.rank < 4) return shapes.weight.count();
  const Shape places = shapes.in_first ? in : output_shape(layer, in).value_or(Shape{});  // of the kernel
  return shapes.weight.count() * places.height * places.width;
}

/// Returns the multiply-adds of all layers, which must fit together.
constexpr std::int64_t multiply_adds(const LayerList& layers, Shape in) {
  std::int64_t sum = 0;
  for (const Layer& layer : layers) {
    sum += multiply_adds(layer, in);
    in = output_shape(layer, in).value_or(in);
  }
  return sum;
}

}  // namespace vae
