// The images and the noise of every step. The training images form one endless stream of shuffled epochs, cut
// into batches; all that is random is keyed by (seed, epoch, step, place in the batch), so that a step can be
// drawn again, alone or by several processes that share it.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "native/data/dataset.hpp"
#include "native/support/workers.hpp"
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

/// Order of `count` images in an epoch (Fisher-Yates), keyed by (seed, epoch).
std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch);

class Batches {
 public:
  /// `train` must outlive this.
  Batches(const ImageSet& train, const TrainConfig& config, int latent);

  int count() const { return count_; }           // training images
  std::int64_t steps() const { return steps_; }  // of the run
  int size(std::int64_t step) const;             // images in the batch of this step
  int epoch(std::int64_t step) const;            // that the batch begins in, counted from 1
  int epochs_before(std::int64_t step) const;    // completed
  bool ends_epoch(std::int64_t step) const;      // is it the last one of an epoch, or of the run?
  Batch batch(std::int64_t step, const Rows& rows, Workers& workers);  // on the CPU, by two of them
  std::vector<std::int64_t> images(std::int64_t step);  // the numbers of all images of its batch

 private:
  std::int64_t first_position(std::int64_t step) const;  // in the stream
  std::int64_t image_at(std::int64_t position);
  torch::Tensor pixels(std::int64_t step, const Rows& rows);

  const ImageSet& train_;
  TrainConfig config_;
  int latent_, count_;
  std::int64_t steps_;
  std::vector<std::int64_t> order_;  // of epoch order_epoch_
  int order_epoch_ = 0;
};

/// Test images `first` to `first` + n and one draw of noise for each, as every evaluation has them.
Batch test_batch(const ImageSet& test, Pixels pixels, int first, int n, int latent);

}  // namespace vae
