// Any bytes as the encoder's file of a model that has its decoder alone: what is taken encodes, and what is
// refused changes nothing.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/model/weights_parts.hpp"
#include "tests/fuzz/sealed_input.hpp"
#include "tests/models.hpp"

namespace {

using namespace vae;

/// Loaded once. An encoder that was taken stays until another takes its place, so both cases are met.
Model& model() {
  static Model decoder = *Model::load(split_weights(testing::sealed_file())->decoder);
  return decoder;
}

/// mu of one image, empty without an encoder.
std::vector<float> mu() {
  const auto q = model().encode(std::vector<float>(static_cast<std::size_t>(model().pixels()), 0.5f));
  return q ? q->mu : std::vector<float>();
}

/// By their bits: weights may be so large that numbers are NaN.
bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<float> before = mu(), z{0.5f, -0.5f};
  static const std::vector<float> drawn = *model().decode(z);
  const bool taken = !model().add_encoder(sealed_input(data, size));
  const std::vector<float> after = mu();
  if (taken ? after.empty() : !same(before, after)) __builtin_trap();
  if (!same(*model().decode(z), drawn)) __builtin_trap();
  return 0;
}
