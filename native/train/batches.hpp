// Batches as tensors, shared out among processes; shared/train/batch_stream says which images they have.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "native/data/dataset.hpp"
#include "native/support/workers.hpp"
#include "shared/train/batch_stream.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// A process' share of a batch: rows first to first + count. Where there are fewer rows than processes, some
/// get a row that another one counts.
struct Rows {
  int first, count;
  bool counted;
};

/// Equal shares of a batch of n, in order; process 0 always counts a row.
Rows share_of(int n, int rank, int processes);

struct Batch {
  torch::Tensor x;        // (count, pixels)
  torch::Tensor epsilon;  // (samples, count, latent), standard normal
};

class Batches : public BatchStream {
 public:
  /// `train` must outlive this.
  Batches(const ImageSet& train, const TrainConfig& config, int latent);

  Batch batch(std::int64_t step, const Rows& rows, Workers& workers);  // on the CPU, by two of them

 private:
  std::int64_t samples_, latent_, pixels_;
};

/// Test images `first` to `first` + n and one draw of noise for each, as every evaluation has them.
Batch test_batch(const ImageSet& test, Pixels pixels, int first, int n, int latent, int samples = 1);

}  // namespace vae
