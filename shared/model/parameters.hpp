// Turns a file's tensors into the parameters of layers, for Model and Snapshots. Only shared/ includes this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

/// Checks that the file has exactly the expected tensors, in any order, with per-channel scales where they
/// are int8; otherwise returns kNames.
std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected);

/// A parameter in memory, a weight in the layout of pack_weight(): floats, or int8 with per-channel scales.
struct Parameter {
  const float* values = nullptr;  // the scales where it is int8
  const std::int8_t* quantized = nullptr;
};

/// Parameters and the memory that they point into.
struct Parameters {
  Floats memory;
  std::vector<Parameter> list;
};

/// Reads the named parameters, in that order; their names and shapes must have been checked. Int8 matrices
/// stay int8: a page has room for ten million weights, but not four times over. Errors: kNonfinite, kMemory.
Result<Parameters> read_parameters(const WeightsView& view, const std::vector<ParameterSpec>& names);

/// Returns an entry for every layer of a list, taken from `next`, and moves `next` past the list's last
/// parameter.
std::vector<LayerParameters> layer_parameters(const LayerList& layers, const Parameter*& next);

}  // namespace vae
