// Models for tests: random weights in a sealed file, made with the core alone.
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "shared/base/encoding.hpp"
#include "shared/base/rng.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/model.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"

namespace vae::testing {

/// Weights uniform in +-1 / sqrt(fan in), biases too.
inline std::vector<NamedTensor> random_tensors(const ModelSpec& spec, std::uint64_t seed = 1,
                                               Dtype dtype = Dtype::kF32) {
  Rng rng(seed, Stream::kInit);
  std::vector<NamedTensor> tensors;
  double bound = 0;
  for (const ParameterSpec& p : parameters(spec)) {
    const bool bias = p.shape.rank == 1;
    if (!bias) bound = 1 / std::sqrt(static_cast<double>(p.shape.count() / p.shape.size[0]));
    NamedTensor tensor{p.name, p.shape, {}, bias ? Dtype::kF32 : dtype};
    for (std::int64_t i = 0; i < p.shape.count(); ++i) {
      tensor.values.push_back(static_cast<float>((2 * rng.uniform() - 1) * bound));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

inline const NamedTensor& tensor_named(const std::vector<NamedTensor>& tensors, std::string_view name) {
  for (const NamedTensor& t : tensors) {
    if (t.name == name) return t;
  }
  std::abort();
}

/// A layer's weight, which PyTorch's layout has at `weight`, as LayerParameters has it.
inline std::vector<float> packed_weight(const Layer& layer, const float* weight) {
  const Dims shape = parameter_shapes(layer).weight;
  std::vector<float> packed(static_cast<std::size_t>(shape.count()));
  pack_weight(shape, std::holds_alternative<ConvTranspose2d>(layer), weight, packed.data());
  return packed;
}

/// A Linear layer on one sample, without the model.
inline std::vector<float> dense(const std::vector<NamedTensor>& tensors, const std::string& name,
                                const std::vector<float>& x) {
  const NamedTensor &w = tensor_named(tensors, name + ".weight"), &b = tensor_named(tensors, name + ".bias");
  std::vector<float> y;
  for (std::size_t o = 0; o < b.values.size(); ++o) {
    double sum = b.values[o];
    for (std::size_t i = 0; i < x.size(); ++i) sum += double{w.values[o * x.size() + i]} * x[i];
    y.push_back(static_cast<float>(sum));
  }
  return y;
}

/// The golden image, decoded without the model: an independent straight-line MLP decoder (two Linear
/// layers, ReLU).
inline std::vector<float> golden_image(const std::vector<NamedTensor>& tensors, const std::vector<float>& z) {
  std::vector<float> h = dense(tensors, "decoder.0", z);
  for (float& v : h) v = v > 0 ? v : 0;
  std::vector<float> x = dense(tensors, "decoder.2", h);
  for (float& v : x) v = 1 / (1 + std::exp(-v));
  return x;
}

inline Metadata sealed_metadata(const ModelSpec& spec, const std::vector<NamedTensor>& tensors) {
  const std::vector<float> z = sample_prior(spec.latent, 0);
  return {{"model", to_string(spec)},
          {"golden_z", encode_floats(z)},
          {"golden_x", encode_floats(golden_image(tensors, z))}};
}

/// A small MLP that is quick to load and to damage: 4x4 pixels, `hidden` units, 2 latents.
inline ModelSpec small_spec(int hidden = 5) { return mlp({1, 4, 4}, hidden, 2); }

/// Bytes of a valid file.
inline std::vector<std::byte> sealed_file(const ModelSpec& spec = small_spec(), std::uint64_t seed = 1) {
  const std::vector<NamedTensor> tensors = random_tensors(spec, seed);
  return write_weights(sealed_metadata(spec, tensors), tensors);
}

}  // namespace vae::testing
