#include "native/train/batches.hpp"

#include <algorithm>
#include <numeric>

#include "native/eval/evaluate.hpp"
#include "shared/base/rng.hpp"

namespace vae {
namespace {

/// Standard normal (samples, n, latent), keyed by the step it is for.
torch::Tensor noise(int samples, int n, int latent, std::uint64_t seed, std::int64_t step) {
  Rng rng(seed, Stream::kNoise, {static_cast<std::uint64_t>(step)});
  torch::Tensor epsilon = torch::empty({samples, n, latent});
  float* out = epsilon.data_ptr<float>();
  for (std::int64_t i = 0; i < epsilon.numel(); ++i) out[i] = rng.normal();
  return epsilon;
}

/// Image number `index` of a set, as bytes.
std::span<const std::uint8_t> bytes_of(const ImageSet& set, std::int64_t index) {
  const auto size = static_cast<std::size_t>(set.shape.size());
  return {set.pixels.data() + static_cast<std::size_t>(index) * size, size};
}

/// Asks for bytes that are soon read: images in random order are in no cache.
void fetch(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes.size(); i += kCacheLine) __builtin_prefetch(bytes.data() + i);
}

}  // namespace

Rows share_of(int n, int rank, int processes) {
  const auto begin = [&](int r) {
    return static_cast<int>((std::int64_t{n} * r + processes - 1) / processes);
  };
  const int first = begin(rank), count = begin(rank + 1) - first;
  return count > 0 ? Rows{first, count, true} : Rows{0, 1, false};
}

std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed, Stream::kShuffle, {static_cast<std::uint64_t>(epoch)});
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  return order;
}

Batches::Batches(const ImageSet& train, const TrainConfig& config, int latent)
    : train_(train),
      config_(config),
      latent_(latent),
      count_(config.train_images > 0 ? std::min(config.train_images, train.count()) : train.count()) {
  const std::int64_t size = config.batch_size, images = std::int64_t{count_} * config.epochs;
  steps_ = config.last_batch == LastBatch::kWrap ? (images + size - 1) / size
                                                 : (count_ + size - 1) / size * config.epochs;
  if (config.steps > 0) steps_ = config.steps;
}

std::int64_t Batches::first_position(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return step * config_.batch_size;
  const std::int64_t per_epoch = (count_ + config_.batch_size - 1) / config_.batch_size;
  return step / per_epoch * count_ + step % per_epoch * config_.batch_size;
}

int Batches::size(std::int64_t step) const {
  if (config_.last_batch == LastBatch::kWrap) return config_.batch_size;
  return static_cast<int>(std::min<std::int64_t>(config_.batch_size, count_ - first_position(step) % count_));
}

int Batches::epoch(std::int64_t step) const { return epochs_before(step) + 1; }

int Batches::epochs_before(std::int64_t step) const {
  return static_cast<int>(first_position(step) / count_);
}

bool Batches::ends_epoch(std::int64_t step) const {
  return step + 1 >= steps_ || epochs_before(step + 1) > epochs_before(step);
}

std::int64_t Batches::image_at(std::int64_t position) {
  const int epoch = static_cast<int>(position / count_) + 1;
  if (epoch != order_epoch_) order_ = shuffled(count_, config_.seed, order_epoch_ = epoch);
  return order_[static_cast<std::size_t>(position % count_)];
}

torch::Tensor Batches::pixels(std::int64_t step, const Rows& rows) {
  const std::int64_t first = first_position(step) + rows.first;
  const auto size = static_cast<std::size_t>(train_.shape.size());
  torch::Tensor x = torch::empty({rows.count, train_.shape.size()});
  std::span<float> all(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()));
  std::int64_t next = image_at(first);
  for (int i = 0; i < rows.count; ++i) {
    const std::int64_t image = next;
    const int epoch = order_epoch_;  // image_at() may go on to the next one
    if (i + 1 < rows.count) {
      next = image_at(first + i + 1);
      fetch(bytes_of(train_, next));
    }
    read_pixels(config_.pixels, bytes_of(train_, image), config_.seed, epoch, image,
                all.subspan(static_cast<std::size_t>(i) * size, size));
  }
  return x;
}

Batch Batches::batch(std::int64_t step, const Rows& rows, Workers& workers) {
  Batch batch;
  workers.run([&](int worker) {
    if (worker == 0) batch.x = pixels(step, rows);
    if (worker == workers.count() - 1) {
      batch.epsilon =
          noise(config_.samples, size(step), latent_, config_.seed, step).narrow(1, rows.first, rows.count);
    }
  });
  return batch;
}

std::vector<std::int64_t> Batches::images(std::int64_t step) {
  std::vector<std::int64_t> all;
  for (std::int64_t at = first_position(step), end = at + size(step); at < end; ++at)
    all.push_back(image_at(at));
  return all;
}

Batch test_batch(const ImageSet& test, Pixels pixels, int first, int n, int latent) {
  const std::vector<float> x = test_pixels(test, pixels, first, n);
  Batch batch{torch::empty({n, test.shape.size()}), torch::empty({1, n, latent})};
  std::copy(x.begin(), x.end(), batch.x.data_ptr<float>());
  float* out = batch.epsilon.data_ptr<float>();
  for (int i = 0; i < n; ++i) {
    const std::vector<float> row = evaluation_noise(latent, first + i);
    out = std::copy(row.begin(), row.end(), out);
  }
  return batch;
}

}  // namespace vae
