// From the tensors of a file to the parameters of layers: what reading a model and reading the snapshots of
// its training have in common. For shared/ alone.
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

/// The file must hold exactly the tensors expected, in any order, with scales where they are int8;
/// otherwise kNames.
std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected);

/// One parameter as it is kept, a weight as pack_weight() makes it: floats, or int8 with a factor for
/// each output.
struct Parameter {
  const float* values = nullptr;  // those factors where it is int8
  const std::int8_t* quantized = nullptr;
};

/// Parameters with the memory that they point into.
struct Parameters {
  Floats memory;
  std::vector<Parameter> list;
};

/// All parameters named, in that order; names and shapes must have been checked. What the file has as int8
/// stays so where layers take it, in matrices: a page has room for ten million weights, but not four times
/// over. Errors: kNonfinite, kMemory.
Result<Parameters> read_parameters(const WeightsView& view, const std::vector<ParameterSpec>& names);

/// Entries for every layer of a list, taken from `next`, which then points behind the list's last parameter.
std::vector<LayerParameters> layer_parameters(const LayerList& layers, const Parameter*& next);

}  // namespace vae
