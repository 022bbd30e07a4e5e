// Any text as a model line: what parses is written out and parsed again, and, when it is small, run forwards
// in both halves with weights of one. Shapes that check() lets through must never leave their buffers.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "shared/nn/sequential.hpp"
#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "shared/spec/model_spec.hpp"

namespace {

using namespace vae;

bool small(const LayerList& layers, Shape in) {
  std::int64_t work = 0;
  for (const Layer& layer : layers) {
    work += multiply_adds(layer, in) + parameter_shapes(layer).weight.count();
    in = *output_shape(layer, in);
    if (in.channels < 1 || in.height < 1 || in.width < 1 || in.size() > kMaxActivations) __builtin_trap();
    work += in.size();
  }
  return work < 2'000'000;
}

void run(const LayerList& layers, Shape in) {
  if (!small(layers, in)) return;
  std::vector<std::vector<float>> storage;
  std::vector<LayerParameters> parameters;
  for (const Layer& layer : layers) {
    const ParameterShapes shapes = parameter_shapes(layer);
    storage.emplace_back(static_cast<std::size_t>(shapes.weight.count()), 1.0f);
    storage.emplace_back(static_cast<std::size_t>(shapes.bias.count()), 1.0f);
    parameters.push_back({storage[storage.size() - 2].data(), storage.back().data()});
  }
  Sequential sequential(layers, in, parameters);
  const std::vector<float> input(2 * static_cast<std::size_t>(in.size()), 0.5f);
  std::vector<float> output(2 * static_cast<std::size_t>(sequential.output_shape().size()));
  (void)sequential.run(input, output);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto spec = parse_model_spec({reinterpret_cast<const char*>(data), size});
  if (!spec) return 0;
  const auto again = parse_model_spec(to_string(*spec));
  if (!again || !(*again == *spec)) __builtin_trap();
  run(spec->encoder, encoder_input(spec->encoder, spec->image));
  run(spec->decoder, {spec->latent, 1, 1});
  return 0;
}
