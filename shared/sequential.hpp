// Runs a list of layers on batches with Eigen: the interpreter that every browser and native_eval use.
// (native/sequential is the other one; tests hold the two together layer by layer.)
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "shared/layers.hpp"

namespace vae {

struct FreeFloats {
  void operator()(float* p) const { std::free(p); }
};
/// An array that is null, instead of a crash, when memory is short: there are no exceptions in a browser.
using Floats = std::unique_ptr<float[], FreeFloats>;
Floats allocate_floats(std::size_t count);

/// Weight and bias of one layer in PyTorch's layout (null where a layer has none); not owned. A dense layer
/// may have its weight as int8 with a factor for each row instead, in a quarter of the memory.
struct LayerParameters {
  const float* weight = nullptr;
  const float* bias = nullptr;
  const std::int8_t* quantized = nullptr;  // (out, in)
  const float* scale = nullptr;            // (out)
};

class Sequential {
 public:
  /// `layers` must fit together from `in` on (first_mismatch() == -1); one entry of `parameters` per layer,
  /// which must outlive this.
  Sequential(const LayerList& layers, Shape in, std::vector<LayerParameters> parameters);

  Shape input_shape() const { return in_; }
  Shape output_shape() const { return out_; }

  /// (n, input) -> (n, output), both packed in C,H,W order. False when memory for intermediate results, which
  /// is bounded whatever n is, cannot be had. It is given back afterwards: a page keeps many models, and
  /// mostly decodes a few digits at a time.
  bool run(std::span<const float> input, std::span<float> output) const;

  /// The same for one sample, to look inside: outputs[i] is what layer i gives, in C,H,W order.
  bool run_traced(std::span<const float> input, std::vector<std::vector<float>>& outputs) const;

 private:
  Floats workspace(int n) const;
  const float* run_chunk(const float* input, int n, float* workspace,
                         std::vector<std::vector<float>>* outputs = nullptr) const;

  LayerList layers_;
  Shape in_, out_;
  std::vector<LayerParameters> parameters_;
  std::size_t largest_ = 0;  // numbers in the largest feature map, in and out included
  std::size_t columns_ = 0;  // numbers in the largest unrolled convolution
  int chunk_ = 1;            // most samples that run at once
};

}  // namespace vae
