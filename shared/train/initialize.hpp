// The parameters that a model starts from, drawn from our own generator, so that a seed means the same model
// on every device, with LibTorch and without it.
#pragma once

#include <cstdint>
#include <vector>

#include "shared/spec/model_spec.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// The numbers of each of parameters(spec). The log-variance head of a model without a prior is set to
/// log_var = -20 everywhere: whoever samples z gets mu. The components of a mixture are spread as N(0, I) is.
std::vector<std::vector<float>> initial_parameters(const ModelSpec& spec, std::uint64_t seed,
                                                   Init init = Init::kPytorch);

}  // namespace vae
