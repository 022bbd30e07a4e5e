#include "native/run/event_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdlib>

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "events.out.tfevents.";

// ---- Protobuf's wire format: every field is its number and kind, then its value.

enum Kind : std::uint64_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

/// Numbers of the fields: Event, SessionLog, Summary, Summary.Value, Summary.Image.
enum Field : std::uint64_t {
  kEventWallTime = 1,
  kEventStep = 2,
  kEventFileVersion = 3,
  kEventSummary = 5,
  kEventSessionLog = 7,
  kSessionStatus = 1,
  kSummaryValue = 1,
  kValueTag = 1,
  kValueSimple = 2,
  kValueImage = 4,
  kImageHeight = 1,
  kImageWidth = 2,
  kImageColorspace = 3,
  kImageEncoded = 4,
};
constexpr std::uint64_t kSessionStart = 1, kGrayscale = 1, kRgb = 3;

/// Encodes the low `bytes` bytes of a number, little-endian.
std::string little_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

std::string varint(std::uint64_t number) {
  std::string text;
  for (; number >= 128; number >>= 7) text += static_cast<char>(number | 128);
  return text + static_cast<char>(number);
}

std::string key(Field field, Kind kind) { return varint(field << 3 | kind); }

std::string integer(Field field, std::uint64_t value) { return key(field, kVarint) + varint(value); }

std::string float64(Field field, double value) {
  return key(field, kFixed64) + little_endian(std::bit_cast<std::uint64_t>(value), 8);
}

std::string float32(Field field, float value) {
  return key(field, kFixed32) + little_endian(std::bit_cast<std::uint32_t>(value), 4);
}

/// Encodes a string, bytes, or a nested message.
std::string bytes(Field field, std::string_view value) {
  return (key(field, kLength) + varint(value.size())).append(value);
}

// ---- TFRecord

/// Masks a checksum like TensorFlow: the CRC of data that includes CRCs would be weak.
std::string masked_crc(std::string_view data) {
  return little_endian(std::rotr(crc32c(data), 15) + 0xa282ead8u, 4);
}

std::string record(std::string_view data) {
  const std::string length = little_endian(data.size(), 8);
  return (length + masked_crc(length)).append(data) + masked_crc(data);
}

/// Returns the seconds since 1970.
double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Returns a path with the current seconds, or those of the newest file plus one.
fs::path new_path(const fs::path& folder) {
  auto seconds = static_cast<long long>(now());
  std::error_code unreadable;  // then the clock is all there is
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, unreadable)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix)) seconds = std::max(seconds, std::atoll(name.c_str() + kPrefix.size()) + 1);
  }
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  return folder / (std::string(kPrefix) + std::to_string(seconds) + '.' + host);
}

/// Reads a number of a PNG's header, which is big-endian.
std::uint32_t png_number(std::span<const std::byte> png, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = number << 8 | std::to_integer<std::uint32_t>(png[i]);
  return number;
}

}  // namespace

std::uint32_t crc32c(std::string_view data) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      table[i] = i;
      for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78u : 0u);
    }
    return table;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (char c : data) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 255u];
  return ~crc;
}

EventFile::EventFile(const fs::path& folder, std::int64_t first_step) : file_(new_path(folder)) {
  append(0, bytes(kEventFileVersion, "brain.Event:2"));
  append(first_step, bytes(kEventSessionLog, integer(kSessionStatus, kSessionStart)));
}

void EventFile::scalars(std::int64_t step, std::span<const Scalar> values) {
  std::string summary;
  for (const Scalar& scalar : values) {
    summary += bytes(kSummaryValue,
                     bytes(kValueTag, scalar.tag) + float32(kValueSimple, static_cast<float>(scalar.value)));
  }
  append(step, bytes(kEventSummary, summary));
}

void EventFile::image(std::int64_t step, std::string_view tag, std::span<const std::byte> png) {
  constexpr std::size_t kWidth = 16, kHeight = 20, kColorType = 25;  // where a PNG's header has them
  const bool gray = png[kColorType] == std::byte{0};
  const std::string image = integer(kImageHeight, png_number(png, kHeight)) +
                            integer(kImageWidth, png_number(png, kWidth)) +
                            integer(kImageColorspace, gray ? kGrayscale : kRgb) +
                            bytes(kImageEncoded, {reinterpret_cast<const char*>(png.data()), png.size()});
  append(step, bytes(kEventSummary, bytes(kSummaryValue, bytes(kValueTag, tag) + bytes(kValueImage, image))));
}

void EventFile::append(std::int64_t step, std::string_view what) {
  file_.append(record(
      (float64(kEventWallTime, now()) + integer(kEventStep, static_cast<std::uint64_t>(step))).append(what)));
}

}  // namespace vae
