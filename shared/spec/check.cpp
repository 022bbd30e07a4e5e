#include "shared/spec/check.hpp"

#include <algorithm>

#include "shared/base/concat.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// Returns "" when `layers` take `in`, stay within the limits and give `out` numbers (any number if out is
/// 0).
std::string check(const char* part, const LayerList& layers, const Shape& input, std::int64_t out) {
  std::int64_t work = 0;
  Shape in = input;
  for (int i = 0; i < layers.size(); ++i) {
    const std::string where = concat({part, " layer ", i, " (", to_string(layers[i]), ")"});
    const std::optional<Shape> shape = output_shape(layers[i], in);
    if (!shape) return concat({where, " cannot take an input of ", to_string(in)});
    if (!skip_fits(layers, i, input)) return concat({where, " does not fit here"});
    // In this order nothing overflows 64 bits: channels are at most 2^20 and lengths 2^21, as output_shape
    // checks.
    if (shape->size() > kMaxActivations) return concat({where, " is too large"});
    const ParameterShapes parameters = parameter_shapes(layers[i]);
    const std::int64_t kernel = parameters.weight.size[2];  // of a convolution, otherwise 0
    if (kernel > 1024) return concat({where, " has a kernel above 1024"});
    // The size of the unrolled input or, transposed, of the products (shared/nn/sequential).
    const std::int64_t taps = kernel * kernel;
    const std::int64_t unrolled = in.channels * taps * (shape->size() / shape->channels);
    const std::int64_t made = parameters.in_first ? taps * shape->channels * (in.size() / in.channels) : 0;
    if (std::max(unrolled, made) > 4 * kMaxActivations) return concat({where, " is too large"});
    work += kernel > 0 ? unrolled * shape->channels : multiply_adds(layers[i], in);
    if (work > kMaxMultiplyAdds) return concat({where, " makes the model too slow to run"});
    in = *shape;
  }
  if (in.size() != out && out != 0) {
    return concat({part, " gives ", to_string(in), ", expected ", out, " numbers"});
  }
  if (out == 0 && (in.height != 1 || in.width != 1)) {
    return concat({part, " must end in a vector, but gives ", to_string(in)});
  }
  return {};
}

}  // namespace

std::string check(const ModelSpec& spec) {
  if (!is_name(spec.name)) return "the model's name must be one word of letters, digits, '-', '_' and '.'";
  if (spec.image.size() > kMaxActivations)
    return concat({"the image of ", to_string(spec.image), " is too large"});
  if (spec.latent < 1 || spec.latent > 4096) return "latent must be 1 to 4096";
  if (spec.encoder.size() == 0 || spec.decoder.size() == 0) return "encoder and decoder need a layer each";
  if (spec.prior == Prior::kMixture && (spec.components < 1 || spec.components > kMaxComponents ||
                                        spec.components * spec.latent > kMaxMixture)) {
    return "the prior has too many components";
  }
  const std::string encoder = check("encoder", spec.encoder, encoder_input(spec.encoder, spec.image), 0);
  if (!encoder.empty()) return encoder;
  const std::string decoder = check("decoder", spec.decoder, {spec.latent, 1, 1}, spec.image.size());
  if (!decoder.empty() || !traits(spec.likelihood).learned_variance) return decoder;
  if (last_linear(spec.decoder) < 0) {
    return concat({"likelihood=", name_of(spec.likelihood), " needs a linear layer in the decoder"});
  }
  return check("log-variance decoder", log_var_decoder(spec), {spec.latent, 1, 1}, spec.image.size());
}

}  // namespace vae
