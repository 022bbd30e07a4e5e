// The products and threads of a step on this machine: the BLAS that LibTorch itself computes with, and
// Workers.
#pragma once

#include <cstdint>
#include <functional>

#include "native/support/workers.hpp"
#include "shared/train/backend.hpp"

namespace vae {

class BlasBackend : public Backend {
 public:
  /// Has this LibTorch a BLAS that others can call?
  static bool available();

  /// `workers` must outlive this; set_threads(1) keeps the BLAS' own threads out of their way.
  explicit BlasBackend(Workers& workers) : workers_(workers) {}

  void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a, const MatrixView& b,
                float* c) const override;
  int workers() const override { return workers_.count(); }
  void run(const std::function<void(int)>& piece) override { workers_.run(piece); }

 private:
  Workers& workers_;
};

}  // namespace vae
