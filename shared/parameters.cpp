#include "shared/parameters.hpp"

#include <string>
#include <utility>

namespace vae {
namespace {

Error error(ErrorCode code, std::string message) { return {code, std::move(message)}; }

std::string words(const Dims& dims) {
  std::string text;
  for (int i = 0; i < dims.rank; ++i) {
    text += (i > 0 ? "x" : "") + std::to_string(dims.size[static_cast<std::size_t>(i)]);
  }
  return text;
}

}  // namespace

std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected) {
  std::size_t used = 0;
  for (const ParameterSpec& parameter : expected) {
    const TensorView* tensor = view.find(parameter.name);
    if (tensor == nullptr) {
      return error(ErrorCode::kNames,
                   "the model needs a tensor \"" + parameter.name + "\", which is not in the file");
    }
    if (tensor->shape != parameter.shape) {
      return error(ErrorCode::kNames, "tensor \"" + parameter.name + "\" has the shape " +
                                          words(tensor->shape) + "; the model needs " +
                                          words(parameter.shape));
    }
    ++used;
    if (tensor->dtype != Dtype::kI8) continue;
    const TensorView* scale = view.find(parameter.name + "_scale");
    if (scale == nullptr || scale->dtype != Dtype::kF32 ||
        scale->shape != Dims{1, {parameter.shape.size[0]}}) {
      return error(ErrorCode::kNames, "int8 tensor \"" + parameter.name + "\" needs one F32 scale per row");
    }
    ++used;
  }
  if (used != view.tensors.size()) {
    return error(ErrorCode::kNames, "the file holds " + std::to_string(view.tensors.size()) +
                                        " tensors; its model uses " + std::to_string(used));
  }
  return std::nullopt;
}

Result<Floats> read_parameters(const WeightsView& view, const std::vector<ParameterSpec>& names) {
  std::size_t total = 0;
  for (const ParameterSpec& parameter : names) total += static_cast<std::size_t>(parameter.shape.count());
  Floats values = allocate_floats(total);
  if (!values) return error(ErrorCode::kMemory, "not enough memory for this model");
  float* out = values.get();
  for (const ParameterSpec& parameter : names) {
    const auto count = static_cast<std::size_t>(parameter.shape.count());
    if (!dequantize(*view.find(parameter.name), view.find(parameter.name + "_scale"), {out, count})) {
      return error(ErrorCode::kNonfinite, "tensor \"" + parameter.name + "\" holds NaN or infinity");
    }
    out += count;
  }
  return values;
}

std::vector<LayerParameters> layer_parameters(const LayerList& layers, const float*& next) {
  std::vector<LayerParameters> all;
  for (const Layer& layer : layers) {
    const ParameterShapes shapes = parameter_shapes(layer);
    LayerParameters p;
    if (shapes.weight.rank > 0) p.weight = std::exchange(next, next + shapes.weight.count());
    if (shapes.bias.rank > 0) p.bias = std::exchange(next, next + shapes.bias.count());
    all.push_back(p);
  }
  return all;
}

}  // namespace vae
