#include "shared/base/numbers.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("magnitudes with a fixed number of decimals, rounded") {
  CHECK(fixed_point(0, 2) == "0.00");
  CHECK(fixed_point(0.3, 2) == "0.30");
  CHECK(fixed_point(-12.346, 2) == "12.35");
  CHECK(fixed_point(0.05, 1) == "0.1");
  CHECK(fixed_point(1.5, 0) == "2");
  CHECK(fixed_point(0.25, 0) == "0");
  CHECK(fixed_point(0.0625, 9) == "0.062500000");
  CHECK(fixed_point(1e30, 9) == "1000000000.000000000");
  CHECK(fixed_point(12, 1, 9.5) == "9.5");
}

TEST_CASE("decimals come back from their text") {
  CHECK(decimal(0) == "0");
  CHECK(decimal(-0.0) == "0");
  CHECK(decimal(2) == "2");
  CHECK(decimal(-0.25) == "-0.25");
  CHECK(decimal(1.0 / 3) == "0.333333");
  CHECK(decimal(0.000001) == "0.000001");
  CHECK(decimal(-0.000001) == "-0.000001");
  CHECK(decimal(-0.0000004) == "0");
  CHECK(decimal(-1e30) == "-1000000000000");
  CHECK(decimal(4294967295.0) == "4294967295");
  CHECK(decimal(std::nan("")) == "0");
  CHECK(decimal(std::numeric_limits<double>::infinity()) == "0");
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(-1000, 1000);
  for (int i = 0; i < 1000; ++i) {
    const double value = uniform(random);
    const auto read = parse_decimal(decimal(value));
    REQUIRE(read);
    CHECK(*read == Approx(value).margin(5.1e-7));
  }
}

TEST_CASE("what is no decimal is nothing") {
  CHECK(parse_decimal("-1000000000000.000001") == -1000000000000.000001);  // 20 characters after the sign
  CHECK(parse_decimal("0.5") == 0.5);
  for (const char* text : {"", "-", ".", "1.", ".5", "--1", "1-", "1.2.3", "1e5", " 1", "1 ", "0x10", "nan",
                           "١", "123456789012345678901"}) {
    INFO(text);
    CHECK_FALSE(parse_decimal(text));
  }
}

TEST_CASE("whole numbers are figures and nothing else") {
  CHECK(parse_whole("0") == 0u);
  CHECK(parse_whole("007") == 7u);
  CHECK(parse_whole("18446744073709551615") == 18446744073709551615u);
  for (const char* text : {"", " ", "-1", "+1", "1 ", " 1", "1.0", "1e3", "0x1", "18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(parse_whole(text));
  }
}

TEST_CASE("rising numbers have one space between") {
  CHECK(parse_rising("3") == std::vector<std::int64_t>{3});
  CHECK(parse_rising("0 1 20") == std::vector<std::int64_t>{0, 1, 20});
  CHECK(parse_rising("9223372036854775807").size() == 1);
  for (const char* text :
       {"", " ", "1  2", " 1", "1 ", "1 1", "2 1", "1,2", "-1 2", "1 9223372036854775808"}) {
    INFO(text);
    CHECK(parse_rising(text).empty());
  }
}
