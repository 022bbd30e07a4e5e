// The model line: a ModelSpec as one line of text in a weights file, e.g.
//   mlp image=1x28x28 latent=20 likelihood=bernoulli prior=normal
//       encoder=linear:784:400,relu decoder=linear:20:400,relu,linear:400:784
// (without the line break).
#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.hpp"
#include "shared/spec/model_spec.hpp"

namespace vae {

/// Returns the model line.
std::string to_string(const ModelSpec& spec);
/// Parses a model line. Returns only specs that pass check(); the error code is kModel.
Result<ModelSpec> parse_model_spec(std::string_view line);

std::string to_string(const Shape& shape);  // "1x28x28": channels, height, width
std::string to_string(const Layer& layer);  // "linear:784:400"

}  // namespace vae
