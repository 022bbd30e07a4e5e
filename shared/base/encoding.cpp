#include "shared/base/encoding.hpp"

#include <algorithm>
#include <array>

namespace vae {

std::uint16_t float_to_half(float value) {
  const auto bits = bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);   // NaN
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // rounds beyond 65504
  if (magnitude < 0x38800000u) {  // subnormal half: adding 0.5 aligns the mantissa and rounds to nearest even
    const float aligned = bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (bit_cast<std::uint32_t>(aligned) - 0x3f000000u));
  }
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, magnitude = (half & 0x7fffu) << 13;
  if (magnitude >= 0x0f800000u) return bit_cast<float>(sign | 0x70000000u | magnitude);  // infinity or NaN
  constexpr float kBiases =
      5.192296858534828e33f;  // 2^112: of a half's exponent to a float's; subnormals come out right
  return bit_cast<float>(sign | bit_cast<std::uint32_t>(bit_cast<float>(magnitude) * kBiases));
}

std::string encode_floats(std::span<const float> values) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto bytes = std::as_bytes(values);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) text += k <= n ? kAlphabet[(group >> (18 - 6 * k)) & 63] : '=';
  }
  return text;
}

bool decode_floats(std::string_view base64, std::vector<float>& values) {
  if (base64.size() % 4 != 0) return false;
  const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
  const std::size_t count = base64.size() / 4 * 3 - padding;
  if (count % sizeof(float) != 0) return false;
  values = std::vector<float>(count / sizeof(float));
  const auto bytes = std::as_writable_bytes(std::span(values));
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < base64.size(); ++i) {
    const char c = base64[i];
    std::uint32_t six = 0;
    if (c >= 'A' && c <= 'Z')
      six = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      six = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      six = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '+')
      six = 62;
    else if (c == '/')
      six = 63;
    else if (c != '=' || i < base64.size() - padding)
      return false;
    group = group << 6 | six;
    if (i % 4 != 3) continue;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t at = i / 4 * 3 + k;
      if (at < bytes.size()) bytes[at] = static_cast<std::byte>((group >> (16 - 8 * k)) & 255u);
    }
  }
  return true;
}

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t crc) {
  // Slicing by 8 (Kounavis and Berry 2005). The tables take 2048 steps to make: cheaper than to ship.
  std::uint32_t table[8 * 256];
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1u) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  for (std::uint32_t i = 256; i < 8 * 256; ++i)
    table[i] = table[table[i - 256] & 255u] ^ (table[i - 256] >> 8);
  crc = ~crc;
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word = load_as<std::uint64_t>(p) ^ crc;
    crc = 0;
    for (const std::uint32_t* slice = table + 7 * 256; slice >= table; slice -= 256, word >>= 8)
      crc ^= slice[word & 255u];
  }
  for (; left > 0; --left, ++p) crc = table[(crc ^ std::to_integer<std::uint32_t>(*p)) & 255u] ^ (crc >> 8);
  return ~crc;
}

std::string hex8(std::uint32_t value) {
  std::string digits(8, '0');
  for (int i = 7; i >= 0; --i, value >>= 4)
    digits[static_cast<std::size_t>(i)] = "0123456789abcdef"[value & 15];
  return digits;
}

}  // namespace vae
