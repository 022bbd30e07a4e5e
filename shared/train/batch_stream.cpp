#include "shared/train/batch_stream.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "shared/base/rng.hpp"

namespace vae {
namespace {

/// Asks for bytes that are soon read: images in random order are in no cache.
void fetch(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes.size(); i += kCacheLine) __builtin_prefetch(bytes.data() + i);
}

}  // namespace

std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed, Stream::kShuffle, {static_cast<std::uint64_t>(epoch)});
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  return order;
}

BatchStream::BatchStream(const ImageBytes& train, const TrainConfig& config, int latent)
    : train_(train),
      config_(config),
      latent_(latent),
      count_(config.train_images > 0 ? std::min(config.train_images, train.count()) : train.count()) {
  const std::int64_t size = config.batch_size, images = std::int64_t{count_} * config.epochs;
  steps_ = config.last_batch == LastBatch::kWrap ? (images + size - 1) / size
                                                 : (count_ + size - 1) / size * config.epochs;
  if (config.steps > 0) steps_ = config.steps;
}

std::int64_t BatchStream::first_position(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return step * config_.batch_size;
  const std::int64_t per_epoch = (count_ + config_.batch_size - 1) / config_.batch_size;
  return step / per_epoch * count_ + step % per_epoch * config_.batch_size;
}

int BatchStream::size(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return config_.batch_size;
  return static_cast<int>(std::min<std::int64_t>(config_.batch_size, count_ - first_position(step) % count_));
}

int BatchStream::epoch(std::int64_t step) const { return epochs_before(step) + 1; }

int BatchStream::epochs_before(std::int64_t step) const {
  return static_cast<int>(first_position(step) / count_);
}

bool BatchStream::ends_epoch(std::int64_t step) const {
  return step + 1 >= steps_ || epochs_before(step + 1) > epochs_before(step);
}

std::int64_t BatchStream::image_at(std::int64_t position) {
  const int epoch = static_cast<int>(position / count_) + 1;
  if (epoch != order_epoch_) order_ = shuffled(count_, config_.seed, order_epoch_ = epoch);
  return order_[static_cast<std::size_t>(position % count_)];
}

std::vector<std::int64_t> BatchStream::images(std::int64_t step) {
  std::vector<std::int64_t> all;
  for (std::int64_t at = first_position(step), end = at + size(step); at < end; ++at)
    all.push_back(image_at(at));
  return all;
}

void BatchStream::pixels(std::int64_t step, int first, int count, float* out) {
  const std::int64_t position = first_position(step) + first;
  std::int64_t next = image_at(position);
  for (int i = 0; i < count; ++i, out += train_.size) {
    const std::int64_t image = next;
    const int epoch = order_epoch_;  // image_at() may go on to the next one
    if (i + 1 < count) {
      next = image_at(position + i + 1);
      fetch(train_.image(next));
    }
    read_pixels(config_.pixels, train_.image(image), config_.seed, epoch, image, {out, train_.size});
  }
}

void BatchStream::noise(std::int64_t step, float* out) const {
  Rng rng(config_.seed, Stream::kNoise, {static_cast<std::uint64_t>(step)});
  const std::int64_t n = std::int64_t{config_.samples} * size(step) * latent_;
  for (std::int64_t i = 0; i < n; ++i) out[i] = rng.normal();
}

}  // namespace vae
