#include "web/lab/state/numbers.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "tests/catch.hpp"

using namespace lab;

TEST_CASE("numbers for people: rounded, with a real minus sign, and never a negative zero") {
  CHECK(number(1.005, 1) == "1.0");
  CHECK(number(0.05, 1) == "0.1");
  CHECK(number(-1.25, 2) == "−1.25");
  CHECK(number(-0.001, 2) == "0.00");
  CHECK(number(12, 0) == "12");
  CHECK(number(0.5, 0) == "1");
  CHECK(number(1e30, 2) == "1000000000.00");
}

TEST_CASE("decimals come back from their text") {
  CHECK(decimal(0) == "0");
  CHECK(decimal(-0.0) == "0");
  CHECK(decimal(2) == "2");
  CHECK(decimal(-0.25) == "-0.25");
  CHECK(decimal(1.0 / 3) == "0.333333");
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
  for (const char* text : {"", "-", ".", "1.", ".5", "--1", "1-", "1.2.3", "1e5", " 1", "1 ", "0x10", "nan",
                           "١", "123456789012345678901"}) {
    INFO(text);
    CHECK_FALSE(parse_decimal(text));
  }
}
