#include "native/train/batches.hpp"

#include <algorithm>

#include "native/eval/evaluate.hpp"
#include "shared/math/latent.hpp"

namespace vae {
Rows share_of(int n, int rank, int processes) {
  const auto begin = [&](int r) {
    return static_cast<int>((std::int64_t{n} * r + processes - 1) / processes);
  };
  const int first = begin(rank), count = begin(rank + 1) - first;
  return count > 0 ? Rows{first, count, true} : Rows{0, 1, false};
}

Batches::Batches(const ImageSet& train, const TrainConfig& config, int latent)
    : BatchStream({train.pixels, static_cast<std::size_t>(train.shape.size())}, config, latent),
      samples_(config.samples),
      latent_(latent),
      pixels_(train.shape.size()) {}

Batch Batches::batch(std::int64_t step, const Rows& rows, Workers& workers) {
  Batch batch;
  workers.run([&](int worker) {
    if (worker == 0) {
      batch.x = torch::empty({rows.count, pixels_});
      pixels(step, rows.first, rows.count, batch.x.data_ptr<float>());
    }
    if (worker == workers.count() - 1) {
      const torch::Tensor all = torch::empty({samples_, size(step), latent_});
      noise(step, all.data_ptr<float>());
      batch.epsilon = all.narrow(1, rows.first, rows.count);
    }
  });
  return batch;
}

Batch test_batch(const ImageSet& test, Pixels pixels, int first, int n, int latent, int samples) {
  const std::vector<float> x = test_pixels(test, pixels, first, n);
  Batch batch{torch::empty({n, test.shape.size()}), torch::empty({samples, n, latent})};
  std::copy(x.begin(), x.end(), batch.x.data_ptr<float>());
  float* const out = batch.epsilon.data_ptr<float>();
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    Rng rng = evaluation_rng(first + static_cast<int>(i));
    for (std::ptrdiff_t k = 0; k < samples; ++k) {
      for (std::ptrdiff_t d = 0; d < latent; ++d) out[(k * n + i) * latent + d] = rng.normal();
    }
  }
  return batch;
}

}  // namespace vae
