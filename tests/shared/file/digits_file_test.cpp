// The file of real digits, and files that only look like one.
#include "shared/file/digits_file.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"

using namespace vae;

namespace {

using Tensors = std::vector<NamedTensor>;

std::string shipped() {
  std::ifstream file(ASSETS "/digits.bin", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Two pictures of 2x2, labeled 4 and 7.
Tensors two() {
  return {{"images", {3, {2, 2, 2}}, {0, 1, 0, 0.5f, 1, 1, 0, 0}, Dtype::kF16},
          {"labels", {1, {2}}, {4, 7}, Dtype::kF32}};
}

Result<Digits> read(const Tensors& tensors) {
  return read_digits(write_weights({}, tensors, kDigitsLimits.format));
}

}  // namespace

TEST_CASE("the digits that are shipped: 20 of every class, by class") {
  const std::string text = shipped();
  const auto digits = read_digits(std::as_bytes(std::span(text)));
  REQUIRE(digits);
  CHECK(digits->image == Shape{1, 28, 28});
  REQUIRE(digits->count() == 200);
  double ink = 0;
  for (int i = 0; i < 200; ++i) {
    CHECK(digits->labels[static_cast<std::size_t>(i)] == i / 20);
    if (i % 20 > 0)
      CHECK(digits->indices[static_cast<std::size_t>(i)] > digits->indices[static_cast<std::size_t>(i) - 1]);
    CHECK(digits->at(i).size() == 784);
    for (const float pixel : digits->at(i)) ink += static_cast<double>(pixel) / (200 * 784);
  }
  CHECK(ink == Approx(0.13).margin(0.01));  // MNIST's mean
}

TEST_CASE("indices in the test set are whole numbers, one for each image, or there are none") {
  const auto with = [](const char* words) {
    return read_digits(write_weights({{"test_indices", words}}, two(), kDigitsLimits.format));
  };
  CHECK(with("61 9999")->indices == std::vector<int>{61, 9999});
  CHECK(read(two())->indices == std::vector<int>{0, 1});
  for (const char* wrong : {"61", "61 2 3", "61 x", "61 -2", "61 2.5", "61  2", "61 99999999999"}) {
    INFO(wrong);
    const auto digits = with(wrong);
    REQUIRE_FALSE(digits);
    CHECK(digits.error().code == ErrorCode::kNames);
  }
}

TEST_CASE("what is no file of digits is refused with its code") {
  const auto good = read(two());
  REQUIRE(good);
  CHECK(good->labels == std::vector<int>{4, 7});
  CHECK(std::vector<float>(good->at(1).begin(), good->at(1).end()) == std::vector<float>{1, 1, 0, 0});

  const auto broken = [](auto change) {
    Tensors tensors = two();
    change(tensors);
    const auto digits = read(tensors);
    REQUIRE_FALSE(digits);
    return digits.error().code;
  };
  CHECK(broken([](Tensors& t) { t[0].name = "pictures"; }) == ErrorCode::kNames);
  CHECK(broken([](Tensors& t) { t.pop_back(); }) == ErrorCode::kNames);
  CHECK(broken([](Tensors& t) { t[1] = {"labels", {1, {1}}, {4}}; }) == ErrorCode::kNames);
  CHECK(broken([](Tensors& t) { t[0].shape = {2, {2, 4}}; }) == ErrorCode::kNames);
  CHECK(broken([](Tensors& t) { t[0].values[3] = 1.5f; }) == ErrorCode::kNonfinite);
  CHECK(broken([](Tensors& t) { t[1].values[0] = 4.5f; }) == ErrorCode::kNonfinite);
  CHECK(broken([](Tensors& t) { t[1].values[0] = -1; }) == ErrorCode::kNonfinite);
  CHECK(broken([](Tensors& t) { t[1].values[0] = 1000; }) == ErrorCode::kNonfinite);
  Tensors tensors = two();
  tensors[1].values = {0, 999};
  CHECK(read(tensors)->labels == std::vector<int>{0, 999});
  tensors[1].values[1] = NAN;
  CHECK(read(tensors).error().message ==
        "a pixel is outside 0 to 1, or a label is not an integer from 0 to 999");
}

TEST_CASE("a file of digits that is cut or changed anywhere is refused") {
  const std::string whole = shipped();
  const std::span<const std::byte> bytes = std::as_bytes(std::span(whole));
  for (std::size_t length = 0; length < bytes.size(); length += 4999)
    CHECK_FALSE(read_digits(bytes.first(length)));
  std::string changed = whole;
  for (std::size_t at = 0; at < whole.size(); at += 9973) {
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(read_digits(std::as_bytes(std::span(changed))));
    changed[at] = whole[at];
  }
}
