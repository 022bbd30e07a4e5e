// Any bytes as a weights file: loads, and decodes, encodes and traces with what loads.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shared/model/model.hpp"
#include "tests/fuzz/sealed_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto model = vae::Model::load(sealed_input(data, size));
  if (!model) return 0;
  const std::vector<float> z(static_cast<std::size_t>(2 * model->latent()), 0.5f);
  const auto images = model->decode(z);
  if (!images) return 0;
  for (float x : *images) {
    if (!(x >= 0 && x <= 1)) __builtin_trap();
  }
  (void)model->encode(*images);
  (void)model->trace(std::span(*images).first(images->size() / 2), std::span(z).first(z.size() / 2));
  return 0;
}
