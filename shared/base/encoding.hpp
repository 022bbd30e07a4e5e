// The encodings in a weights file: CRC-32, half precision, base64. Little-endian machines only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

static_assert(std::endian::native == std::endian::little,
              "weights.bin is little-endian, so this code needs a little-endian machine");

/// Converts to and from IEEE 754 half precision: rounds to nearest even; values beyond 65504 become infinite.
std::uint16_t float_to_half(float value);
/// Returns the value of an IEEE 754 half, exactly.
float half_to_float(std::uint16_t half);

/// Encodes floats as base64 (RFC 4648, padded) of their little-endian bytes, and decodes them. decode_floats
/// returns false for text that is not the base64 of whole floats.
std::string encode_floats(std::span<const float> values);
/// Decodes what encode_floats() wrote into `values`; false when it is not that.
bool decode_floats(std::string_view base64, std::vector<float>& values);

/// Returns the CRC-32 of zlib (IEEE 802.3). `crc` is that of the preceding bytes.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t crc = 0);

/// Returns eight lower-case hexadecimal digits.
std::string hex8(std::uint32_t value);

/// std::bit_cast, which Emscripten 3.1.6's libc++ lacks.
template <class To, class From>
To bit_cast(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// Reads a T from unaligned memory.
template <class T>
T load_as(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

}  // namespace vae
