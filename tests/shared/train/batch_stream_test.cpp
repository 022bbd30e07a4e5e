#include "shared/train/batch_stream.hpp"

#include <algorithm>
#include <numeric>

#include "shared/base/rng.hpp"
#include "tests/catch.hpp"
#include "tests/shared/train/bars.hpp"

using namespace vae;
using namespace vae::testing;

TEST_CASE("an epoch's order is a permutation of its own") {
  std::vector<std::int64_t> order = shuffled(1000, 1, 1);
  CHECK(order == shuffled(1000, 1, 1));
  CHECK(order != shuffled(1000, 1, 2));
  CHECK(order != shuffled(1000, 2, 1));
  std::sort(order.begin(), order.end());
  std::vector<std::int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  CHECK(order == all);
}

TEST_CASE("a batch that goes on into the next epoch has that one's images, drawn as that epoch draws them") {
  const std::vector<std::uint8_t> images =
      bar_images(640, 6);  // 40 of the seventh batch are of the first epoch
  TrainConfig c;
  c.epochs = 2;
  c.batch_size = 100;
  c.last_batch = LastBatch::kWrap;
  c.pixels = Pixels::kDequantized;
  BatchStream batches({images, 36}, c, 3);
  CHECK(batches.epoch(6) == 1);
  CHECK(batches.ends_epoch(6));
  std::vector<float> x(100 * 36), part(2 * 36);
  batches.pixels(6, 0, 100, x.data());
  batches.pixels(6, 39, 2, part.data());
  CHECK(std::equal(part.begin(), part.end(), x.begin() + 39 * 36));
  for (const int i : {0, 38, 39, 40, 41, 99}) {
    CAPTURE(i);
    const int epoch = i < 40 ? 1 : 2;
    const std::int64_t image =
        shuffled(640, c.seed, epoch)[static_cast<std::size_t>(i < 40 ? 600 + i : i - 40)];
    CHECK(batches.images(6)[static_cast<std::size_t>(i)] == image);
    std::vector<float> expected(36);
    read_pixels(c.pixels, std::span(images).subspan(static_cast<std::size_t>(image) * 36, 36), c.seed, epoch,
                image, expected);
    CHECK(std::equal(expected.begin(), expected.end(), x.begin() + i * 36));
  }
}

TEST_CASE("noise is keyed by seed and step, and standard normal") {
  const std::vector<std::uint8_t> images = bar_images(1000, 3);
  const auto noise = [&](std::uint64_t seed, std::int64_t step) {
    TrainConfig c;
    c.batch_size = 1000;
    c.samples = 2;
    c.seed = seed;
    const BatchStream batches({images, 9}, c, 5);
    std::vector<float> epsilon(2 * 1000 * 5);
    batches.noise(step, epsilon.data());
    return epsilon;
  };
  const std::vector<float> one = noise(1, 0);
  CHECK(one == noise(1, 0));
  CHECK(one != noise(1, 1));
  CHECK(one != noise(2, 0));
  double sum = 0, squares = 0;
  for (const float e : one) {
    sum += e;
    squares += double{e} * e;
  }
  CHECK(sum / 10000 == Approx(0).margin(0.04));
  CHECK(squares / 10000 == Approx(1).margin(0.06));
}
