#include "shared/base/encoding.hpp"

#include <cmath>
#include <string>

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("CRC-32 is zlib's") {
  const std::string check = "123456789";
  CHECK(crc32(std::as_bytes(std::span(check))) == 0xcbf43926u);  // the standard check value
  CHECK(crc32({}) == 0);
  const std::string text = "The quick brown fox jumps over the lazy dog";
  const auto bytes = std::as_bytes(std::span(text));
  CHECK(crc32(bytes) == 0x414fa339u);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(crc32(bytes.subspan(cut), crc32(bytes.first(cut))) == 0x414fa339u);
  }
  CHECK(hex8(0x414fa339u) == "414fa339");
  CHECK(hex8(0xau) == "0000000a");
}

TEST_CASE("every half survives the way to float and back") {
  for (std::uint32_t h = 0; h < 0x10000; ++h) {
    const float f = half_to_float(static_cast<std::uint16_t>(h));
    const std::uint16_t back = float_to_half(f);
    if (std::isnan(f)) {
      CHECK(std::isnan(half_to_float(back)));
    } else if (back != h) {
      FAIL("half " << h << " came back as " << back);
    }
  }
}

TEST_CASE("floats round to the nearest half, ties to even") {
  CHECK(half_to_float(float_to_half(1.0f)) == 1.0f);
  CHECK(half_to_float(float_to_half(0.1f)) == 0.0999755859375f);
  CHECK(float_to_half(65504.0f) == 0x7bff);
  CHECK(float_to_half(65519.9f) == 0x7bff);
  CHECK(float_to_half(65520.0f) == 0x7c00);
  CHECK(float_to_half(1 + 0x1p-11f) == 0x3c00);      // a tie: down to even
  CHECK(float_to_half(1 + 3 * 0x1p-11f) == 0x3c02);  // a tie: up to even
  CHECK(float_to_half(0x1p-24f) == 1);               // smallest subnormal
  CHECK(float_to_half(0x1p-25f) == 0);               // a tie: down to even
  CHECK(float_to_half(-0.0f) == 0x8000);
  CHECK(float_to_half(INFINITY) == 0x7c00);
}

TEST_CASE("base64 of floats") {
  CHECK(encode_floats({}) == "");
  CHECK(encode_floats(std::vector<float>{1.0f}) == "AACAPw==");  // 00 00 80 3f
  const std::vector<float> more{1.0f, 0.1f};
  CHECK(encode_floats(std::span(more).first(1)) == "AACAPw==");  // nothing of what follows
  std::vector<float> values;
  for (int n = 1; n < 8; ++n) {
    values.push_back(static_cast<float>(n) * 1.37f);
    std::vector<float> back;
    REQUIRE(decode_floats(encode_floats(values), back));
    CHECK(back == values);
  }
  for (const char* bad : {"A", "AAAA", "AACAPw=", "AAC*Pw==", "AA=APw==", "=ACAPw==", "AACAP===", "===="}) {
    std::vector<float> back;
    CAPTURE(bad);
    CHECK_FALSE(decode_floats(bad, back));
  }
}
