// Any bytes as a file of digits: what is read has whole images, pixels and labels.
#include <cstddef>
#include <cstdint>

#include "shared/file/digits_file.hpp"
#include "tests/fuzz/sealed_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto digits = vae::read_digits(sealed_input(data, size));
  if (!digits) return 0;
  if (digits->images.size() != digits->labels.size() * static_cast<std::size_t>(digits->image.size()))
    __builtin_trap();
  for (float x : digits->images) {
    if (!(x >= 0 && x <= 1)) __builtin_trap();
  }
  for (int label : digits->labels) {
    if (label < 0) __builtin_trap();
  }
  return 0;
}
