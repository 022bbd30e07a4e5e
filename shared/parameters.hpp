// From the tensors of a file to the parameters of layers: what reading a model and reading the snapshots of
// its training have in common. For shared/ alone.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "shared/model_spec.hpp"
#include "shared/result.hpp"
#include "shared/sequential.hpp"
#include "shared/weights_file.hpp"

namespace vae {

/// The file must hold exactly the tensors expected, in any order, with scales where they are int8; otherwise
/// kNames.
std::optional<Error> check_names(const WeightsView& view, const std::vector<ParameterSpec>& expected);

/// All parameters named, one behind the other; names and shapes must have been checked. Errors: kNonfinite,
/// kMemory.
Result<Floats> read_parameters(const WeightsView& view, const std::vector<ParameterSpec>& names);

/// Entries for every layer of a list, taken from `next`, which then points behind the list's last parameter.
std::vector<LayerParameters> layer_parameters(const LayerList& layers, const float*& next);

}  // namespace vae
