#include "shared/train/backend.hpp"

#include <vector>

#include "shared/base/rng.hpp"
#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("products of matrices, either of them transposed, with rows further apart than they are long") {
  constexpr int kM = 5, kN = 7, kK = 9, kStride = 12;
  Rng rng(1, Stream::kSample);
  std::vector<float> a(kStride * kStride), b(kStride * kStride);
  for (auto* numbers : {&a, &b})
    for (float& x : *numbers) x = rng.normal();
  for (const bool left : {false, true}) {
    for (const bool right : {false, true}) {
      std::vector<float> c(kM * kN);
      EigenBackend().multiply(kM, kN, kK, {a.data(), kStride, left}, {b.data(), kStride, right}, c.data());
      for (int i = 0; i < kM; ++i) {
        for (int j = 0; j < kN; ++j) {
          double sum = 0;
          for (int k = 0; k < kK; ++k) {
            sum += double{a[static_cast<std::size_t>(left ? k * kStride + i : i * kStride + k)]} *
                   b[static_cast<std::size_t>(right ? j * kStride + k : k * kStride + j)];
          }
          CHECK(c[static_cast<std::size_t>(i * kN + j)] == Approx(sum).epsilon(1e-5).margin(1e-5));
        }
      }
    }
  }
}

TEST_CASE("parts of a whole follow each other") {
  for (const std::int64_t n : {0, 1, 10, 128}) {
    std::int64_t end = 0;
    for (int i = 0; i < 3; ++i) {
      CHECK(part_of(n, i, 3).first == end);
      end = part_of(n, i, 3).second;
    }
    CHECK(end == n);
  }
}
