// The images and the noise of every step. The training images form one endless stream of shuffled epochs, cut
// into batches; all that is random is keyed by (seed, epoch, step, place in the batch), so that a step can be
// drawn again, alone, by several processes that share it, natively and in a browser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shared/train/train_config.hpp"

namespace vae {

/// Images as bytes, packed, `size` each. Not owned.
struct ImageBytes {
  std::span<const std::uint8_t> bytes;
  std::size_t size;

  int count() const { return static_cast<int>(bytes.size() / size); }
  std::span<const std::uint8_t> image(std::int64_t index) const {
    return bytes.subspan(static_cast<std::size_t>(index) * size, size);
  }
};

/// Order of `count` images in an epoch (Fisher-Yates), keyed by (seed, epoch).
std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch);

/// Gives the batches of a run: which images, their pixels, their noise.
class BatchStream {
 public:
  /// The images, at least one, must outlive this.
  BatchStream(const ImageBytes& train, const TrainConfig& config, int latent);

  int count() const { return count_; }                  // training images
  std::int64_t steps() const { return steps_; }         // of the run
  int size(std::int64_t step) const;                    // images in the batch of this step
  int epoch(std::int64_t step) const;                   // that the batch begins in, counted from 1
  int epochs_before(std::int64_t step) const;           // completed
  bool ends_epoch(std::int64_t step) const;             // is it the last one of an epoch, or of the run?
  std::vector<std::int64_t> images(std::int64_t step);  // the numbers of all images of its batch

  /// Pixels of rows `first` to `first` + count of a batch, (count, pixels).
  void pixels(std::int64_t step, int first, int count, float* out);
  /// Noise of all of its rows, standard normal: (samples, size(step), latent).
  void noise(std::int64_t step, float* out) const;

 private:
  std::int64_t first_position(std::int64_t step) const;  // in the stream
  std::int64_t image_at(std::int64_t position);

  ImageBytes train_;
  TrainConfig config_;
  int latent_, count_;
  std::int64_t steps_;
  std::vector<std::int64_t> order_;  // of epoch order_epoch_
  int order_epoch_ = 0;
};

}  // namespace vae
