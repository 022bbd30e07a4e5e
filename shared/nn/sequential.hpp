// Runs a list of layers on batches: the interpreter of browsers and native_eval. (native/model/sequential is
// the other one; tests compare the two layer by layer.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "shared/spec/layers.hpp"

namespace vae {

/// Frees Floats.
struct FreeFloats {
  void operator()(float* p) const { std::free(p); }
};
constexpr std::size_t kCacheLine = 16;  // floats
/// Returns `floats`, rounded up to whole lines of the cache.
constexpr std::size_t whole_lines(std::size_t floats) {
  return (floats + kCacheLine - 1) / kCacheLine * kCacheLine;
}

/// An array of floats, or null when memory is short, since browsers have no exceptions. It starts at a cache
/// line, so that rows do not straddle two.
using Floats = std::unique_ptr<float[], FreeFloats>;
/// Allocates `count` numbers without values; null when memory is short.
Floats allocate_floats(std::size_t count);

/// A layer's weight, in the layout of pack_weight(), and bias (null if it has none); not owned. A Linear
/// layer may instead have an int8 weight with per-channel scales, in a quarter of the memory.
struct LayerParameters {
  const float* weight = nullptr;           // (kernel, kernel, in, out), transposed (in, kernel, kernel, out)
  const float* bias = nullptr;             // (out)
  const std::int8_t* quantized = nullptr;  // (in, out)
  const float* scale = nullptr;            // (out)
};

/// Reorders a weight from PyTorch's layout, (out, in, kernel...) or `in_first` (in, out, kernel...), to
/// (kernel..., in, out) or (in, kernel..., out): the matrix that a row of inputs is multiplied with. `from`
/// and `to` do not overlap.
template <class T>
void pack_weight(const Dims& shape, bool in_first, const T* from, T* to) {
  const auto out = static_cast<std::ptrdiff_t>(shape.size[in_first ? 1 : 0]);
  const auto in = static_cast<std::ptrdiff_t>(shape.size[in_first ? 0 : 1]);
  const std::ptrdiff_t taps = static_cast<std::ptrdiff_t>(shape.count()) / (out * in);
  const std::ptrdiff_t out_stride = in_first ? taps : in * taps, in_stride = in_first ? out * taps : taps;
  const std::ptrdiff_t to_tap = in_first ? out : in * out, to_in = in_first ? taps * out : out;
  constexpr std::ptrdiff_t kBlock = 64;  // rows written stay in the cache
  for (std::ptrdiff_t first = 0; first < in; first += kBlock) {
    const std::ptrdiff_t end = std::min(in, first + kBlock);
    for (std::ptrdiff_t o = 0; o < out; ++o) {
      for (std::ptrdiff_t i = first; i < end; ++i) {
        const T* const taps_from = from + o * out_stride + i * in_stride;
        T* const taps_to = to + i * to_in + o;
        for (std::ptrdiff_t tap = 0; tap < taps; ++tap) taps_to[tap * to_tap] = taps_from[tap];
      }
    }
  }
}

/// Runs layers with their parameters.
class Sequential {
 public:
  /// `layers` must fit together for the input `in` (first_mismatch() == -1). `parameters` has an entry per
  /// layer; what they point to must outlive this.
  Sequential(const LayerList& layers, Shape in, std::vector<LayerParameters> parameters);

  /// Returns the shape of one input.
  Shape input_shape() const { return in_; }
  /// Returns the shape of one output.
  Shape output_shape() const { return out_; }

  /// Runs (n, input) to (n, output), packed in C,H,W order. Returns false when memory for intermediate
  /// results, whose size does not depend on n, is short. They are freed afterwards: a page keeps many models
  /// and usually decodes a few digits at a time.
  bool run(std::span<const float> input, std::span<float> output) const;

  /// Runs one sample and keeps all outputs: outputs[i] is that of layer i, in C,H,W order.
  bool run_traced(std::span<const float> input, std::vector<std::vector<float>>& outputs) const;

 private:
  Floats workspace(int n) const;
  const float* run_chunk(const float* input, int n, float* workspace,
                         std::vector<std::vector<float>>* outputs = nullptr) const;

  LayerList layers_;
  Shape in_, out_;
  std::vector<LayerParameters> parameters_;
  std::size_t largest_ = 0;    // numbers in the largest feature map, in and out included
  std::vector<bool> kept_;     // per layer: does a Skip need its input?
  std::size_t kept_size_ = 0;  // numbers in the largest such feature map
  std::size_t unrolled_ = 0;   // size of the largest unrolled convolution (of the rows that run at once)
  int chunk_ = 1;              // samples that run at once, at most
};

}  // namespace vae
