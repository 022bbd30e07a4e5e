// The parameters that a model starts from, drawn from our own generator, so that a seed means the same model
// on every device, with LibTorch and without it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shared/spec/model_spec.hpp"
#include "shared/train/batch_stream.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// The numbers of each of parameters(spec). The log-variance head of a model without a prior is set to
/// log_var = -20 everywhere: whoever samples z gets mu. The components of a mixture are spread as N(0, I) is.
std::vector<std::vector<float>> initial_parameters(const ModelSpec& spec, std::uint64_t seed,
                                                   Init init = Init::kPytorch);

/// Returns the bias that mean_bias sets, "decoder.I.bias": that of the decoder's last layer if it is a Linear
/// one and gives the logits of pixels; "" for any other model.
std::string output_bias(const ModelSpec& spec);

/// Returns the numbers that a run starts from: drawn by its seed and, with mean_bias, output_bias(spec) at
/// the log-odds of each pixel's mean over `images`, the mean kept within 0.001 and 0.999 as in the program of
/// Burda et al. 2016.
std::vector<std::vector<float>> first_parameters(const ModelSpec& spec, const TrainConfig& config,
                                                 const ImageBytes& images);

}  // namespace vae
