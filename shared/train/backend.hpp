// What a step takes from the machine it runs on: the product of matrices, and threads where there are some.
// Natively that is BLAS and Workers (native/train/mlp_step); here is Eigen, on one thread, for everywhere.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace vae {

/// A matrix in memory: rows `stride` apart, or the columns where it is transposed.
struct MatrixView {
  const float* data;
  std::ptrdiff_t stride;
  bool transposed = false;
};

/// What multiplies matrices and spreads work.
class Backend {
 public:
  virtual ~Backend() = default;

  /// c (m, n) = a (m, k) b (k, n), c's rows n apart. Pieces of run() call it at the same time.
  virtual void multiply(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const MatrixView& a,
                        const MatrixView& b, float* c) const = 0;

  /// run() calls piece(0) to piece(workers() - 1), all at the same time, and returns when they are done.
  virtual int workers() const { return 1; }
  virtual void run(const std::function<void(int)>& piece) { piece(0); }
};

/// Multiplies with Eigen, in the calling thread.
class EigenBackend : public Backend {
 public:
  void multiply(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const MatrixView& a,
                const MatrixView& b, float* c) const override;
};

/// Part `index` of `count` equal parts of 0 to n: [first, second).
constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> part_of(std::ptrdiff_t n, int index, int count) {
  return {n * index / count, n * (index + 1) / count};
}

}  // namespace vae
