#include "web/lab/state/numbers.hpp"

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
