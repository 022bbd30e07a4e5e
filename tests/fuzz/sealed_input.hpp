// A fuzzer's input as a file whose checksum is right, as an attacker would make it, so that mutations get
// past it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "shared/base/encoding.hpp"

inline std::vector<std::byte> sealed_input(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> file(size);
  if (size > 0) std::memcpy(file.data(), data, size);
  constexpr std::string_view kKey = "\"crc32\":\"";
  const std::size_t at = std::string_view(reinterpret_cast<const char*>(data), size).find(kKey);
  if (at != std::string_view::npos && at + kKey.size() + 8 <= size) {
    std::byte* digits = file.data() + at + kKey.size();
    std::memset(digits, '0', 8);
    std::memcpy(digits, vae::hex8(vae::crc32(file)).data(), 8);
  }
  return file;
}
