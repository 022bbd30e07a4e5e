#include "shared/train/schedule.hpp"

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("schedules") {
  TrainConfig c;
  c.learning_rate = 0.5;
  c.beta = 2;
  CHECK(beta_at(c, 0) == 2);
  c.beta_warmup = 10;
  CHECK(beta_at(c, 0) == 0);
  CHECK(beta_at(c, 5) == 1);
  CHECK(beta_at(c, 10) == 2);
  for (std::int64_t step : {0, 50, 99}) CHECK(learning_rate_at(c, step, 100) == 0.5);
  c.schedule = Schedule::kCosine;
  CHECK(learning_rate_at(c, 0, 100) == 0.5);
  CHECK(learning_rate_at(c, 50, 100) == Approx(0.25));
  CHECK(learning_rate_at(c, 99, 100) < 0.001);
  c.schedule = Schedule::kOneCycle;
  CHECK(learning_rate_at(c, 0, 100) == Approx(0.5 / 25));
  CHECK(learning_rate_at(c, 15, 100) == Approx(0.5 * (1 + 1.0 / 25) / 2));  // halfway up
  CHECK(learning_rate_at(c, 30, 100) == Approx(0.5));
  CHECK(learning_rate_at(c, 65, 100) == Approx(0.25).epsilon(1e-3));  // halfway down
  CHECK(learning_rate_at(c, 99, 100) < 0.001);
  CHECK(learning_rate_at(c, 0, 1) > 0);
}
