// Small encodings that weights files are made of: CRC-32, half precision, base64. Little-endian
// machines only.
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
              "weights.bin is little-endian, and so must this machine be");

/// IEEE 754 half precision, round to nearest even; beyond 65504 becomes infinite.
std::uint16_t float_to_half(float value);
float half_to_float(std::uint16_t half);

/// Base64 (RFC 4648, padded) of little-endian floats, for golden samples in the metadata.
std::string encode_floats(std::span<const float> values);
bool decode_floats(std::string_view base64, std::vector<float>& values);

/// IEEE CRC-32 as zlib has it. `crc` is the value of what came before.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t crc = 0);

/// Eight lower-case hexadecimal digits.
std::string hex8(std::uint32_t value);

/// std::bit_cast, which the library of Emscripten 3.1.6 does not have yet.
template <class To, class From>
To bit_cast(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// The T whose bytes start at `p`, at any alignment.
template <class T>
T load_as(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

}  // namespace vae
