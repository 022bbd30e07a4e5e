// TensorBoard's event files, read by code that shares nothing with the writer: frames and checksums, then the
// fields that a run writes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

namespace vae::testing {

struct Event {
  double wall_time = 0;
  std::int64_t step = 0;
  std::string version;
  bool session_start = false;
  std::map<std::string, float> scalars;
  std::string tag, png;  // of an image
  std::uint64_t width = 0, height = 0, colorspace = 0;
};

/// In the order of their names.
inline std::vector<std::filesystem::path> event_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("events.out.tfevents.")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

template <class T>
T load(std::string_view bytes) {
  T value;
  REQUIRE(bytes.size() >= sizeof value);
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// Bit by bit, and masked as in TensorFlow's masked_crc32c.
inline std::uint32_t slow_masked_crc(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

/// Calls on(number of the field, its integer, its bytes) for every field of a protobuf message.
template <class On>
void for_each_field(std::string_view message, On on) {
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      REQUIRE((!message.empty() && shift < 64));
      const auto byte = static_cast<unsigned char>(message.front());
      message.remove_prefix(1);
      value |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128) return value;
    }
  };
  while (!message.empty()) {
    const std::uint64_t key = varint();
    const std::uint64_t number = key % 8 == 0 ? varint() : 0;
    const std::size_t size = key % 8 == 2 ? varint() : key % 8 == 1 ? 8 : key % 8 == 5 ? 4 : 0;
    REQUIRE(size <= message.size());
    on(key / 8, number, message.substr(0, size));
    message.remove_prefix(size);
  }
}

inline void read_image(std::string_view image, Event& event) {
  for_each_field(image, [&](std::uint64_t field, std::uint64_t number, std::string_view bytes) {
    if (field == 1) event.height = number;
    if (field == 2) event.width = number;
    if (field == 3) event.colorspace = number;
    if (field == 4) event.png = bytes;
  });
}

inline void read_summary_value(std::string_view value, Event& event) {
  std::string tag;
  for_each_field(value, [&](std::uint64_t field, std::uint64_t, std::string_view bytes) {
    if (field == 1) tag = bytes;
    if (field == 2) event.scalars[tag] = load<float>(bytes);
    if (field == 4) {
      event.tag = tag;
      read_image(bytes, event);
    }
  });
}

inline Event read_event(std::string_view message) {
  Event event;
  for_each_field(message, [&](std::uint64_t field, std::uint64_t number, std::string_view bytes) {
    if (field == 1) event.wall_time = load<double>(bytes);
    if (field == 2) event.step = static_cast<std::int64_t>(number);
    if (field == 3) event.version = bytes;
    if (field == 5) {
      for_each_field(bytes, [&](std::uint64_t, std::uint64_t, std::string_view value) {
        read_summary_value(value, event);
      });
    }
    if (field == 7) event.session_start = bytes == std::string_view("\x08\x01");
  });
  return event;
}

/// All events of a file; every frame must be whole and have the right checksums.
inline std::vector<Event> read_events(const std::filesystem::path& path) {
  const Bytes bytes = read_bytes(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<Event> events;
  while (!rest.empty()) {
    const auto size = load<std::uint64_t>(rest);
    REQUIRE(rest.size() >= 16 + size);
    const std::string_view data = rest.substr(12, size);
    CHECK(load<std::uint32_t>(rest.substr(8)) == slow_masked_crc(rest.substr(0, 8)));
    CHECK(load<std::uint32_t>(rest.substr(12 + size)) == slow_masked_crc(data));
    events.push_back(read_event(data));
    rest.remove_prefix(16 + size);
  }
  return events;
}

}  // namespace vae::testing
