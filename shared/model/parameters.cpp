#include "shared/model/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "shared/base/concat.hpp"
#include "shared/nn/decoder.hpp"

namespace vae {
namespace {

std::string words(const Dims& dims) {
  std::string text;
  for (int i = 0; i < dims.rank; ++i) {
    text = concat({text, i > 0 ? "x" : "", dims.size[static_cast<std::size_t>(i)]});
  }
  return text;
}

}  // namespace

std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected) {
  std::size_t used = 0;
  for (const ParameterSpec& parameter : expected) {
    const TensorView* tensor = view.find(parameter.name);
    if (tensor == nullptr) {
      return make_error(ErrorCode::kNames,
                        {"the model needs a tensor \"", parameter.name, "\", which the file lacks"});
    }
    if (tensor->shape != parameter.shape) {
      return make_error(ErrorCode::kNames,
                        {"tensor \"", parameter.name, "\" has the shape ", words(tensor->shape),
                         "; the model needs ", words(parameter.shape)});
    }
    ++used;
    if (tensor->dtype != Dtype::kI8) continue;
    const TensorView* scale = view.find(parameter.name + "_scale");
    if (scale == nullptr || scale->dtype != Dtype::kF32 ||
        scale->shape != Dims{1, {parameter.shape.size[0]}}) {
      return make_error(ErrorCode::kNames,
                        {"int8 tensor \"", parameter.name, "\" needs one F32 scale per row"});
    }
    ++used;
  }
  if (used != view.tensors.size()) {
    return make_error(ErrorCode::kNames,
                      {"the file holds ", view.tensors.size(), " tensors; its model uses ", used});
  }
  return std::nullopt;
}

namespace {

bool stays_int8(const TensorView& tensor) { return tensor.dtype == Dtype::kI8 && tensor.shape.rank == 2; }

/// Returns the size in floats, rounded up to cache lines; of int8, its scales and then four numbers per
/// float.
std::size_t room_for(const TensorView& tensor) {
  const auto count = static_cast<std::size_t>(tensor.shape.count());
  return whole_lines(stays_int8(tensor) ? static_cast<std::size_t>(tensor.shape.size[0]) + (count + 3) / 4
                                        : count);
}

/// Copies an int8 matrix and its scales to `out`; returns whether all numbers are finite.
bool read_int8(const TensorView& tensor, const TensorView& scale, float* out) {
  const auto rows = static_cast<std::size_t>(tensor.shape.size[0]);
  std::memcpy(out, scale.bytes.data(), scale.bytes.size());
  pack_weight(tensor.shape, false, reinterpret_cast<const std::int8_t*>(tensor.bytes.data()),
              reinterpret_cast<std::int8_t*>(out + rows));
  return std::all_of(out, out + rows, [](float s) { return std::isfinite(128 * s); });
}

/// Copies a tensor to `out` as floats; returns whether all are finite. `unpacked` has room for the tensor.
bool read_floats(const TensorView& tensor, const TensorView* scale, bool in_first, float* unpacked,
                 float* out) {
  const bool bias = tensor.shape.rank == 1;
  float* const to = bias ? out : unpacked;
  if (!dequantize(tensor, scale, {to, static_cast<std::size_t>(tensor.shape.count())})) return false;
  if (!bias) pack_weight(tensor.shape, in_first, unpacked, out);
  return true;
}

}  // namespace

Result<Parameters> read_parameters(const WeightsView& view, const std::vector<ParameterSpec>& names) {
  std::size_t total = 0, largest = 0;
  for (const ParameterSpec& parameter : names) {
    const TensorView& tensor = *view.find(parameter.name);
    total += room_for(tensor);
    if (!stays_int8(tensor)) largest = std::max(largest, room_for(tensor));
  }
  Parameters all{allocate_floats(total), {}};
  const Floats unpacked = allocate_floats(largest);
  if (!all.memory || !unpacked) return out_of_memory();
  float* out = all.memory.get();
  for (const ParameterSpec& parameter : names) {
    const TensorView& tensor = *view.find(parameter.name);
    const TensorView* scale = view.find(parameter.name + "_scale");
    const bool int8 = stays_int8(tensor);
    const bool finite = int8 ? read_int8(tensor, *scale, out)
                             : read_floats(tensor, scale, parameter.in_first, unpacked.get(), out);
    if (!finite)
      return make_error(ErrorCode::kNonfinite, {"tensor \"", parameter.name, "\" holds NaN or infinity"});
    const float* const behind = out + tensor.shape.size[0];
    all.list.push_back({out, int8 ? reinterpret_cast<const std::int8_t*>(behind) : nullptr});
    out += room_for(tensor);
  }
  return all;
}

std::vector<LayerParameters> layer_parameters(const LayerList& layers, const Parameter*& next) {
  std::vector<LayerParameters> all;
  for (const Layer& layer : layers) {
    const ParameterShapes shapes = parameter_shapes(layer);
    LayerParameters p;
    if (shapes.weight.rank > 0) {
      const Parameter& weight = *next++;
      p.quantized = weight.quantized;
      (weight.quantized != nullptr ? p.scale : p.weight) = weight.values;
    }
    if (shapes.bias.rank > 0) p.bias = (next++)->values;
    all.push_back(p);
  }
  return all;
}

}  // namespace vae
