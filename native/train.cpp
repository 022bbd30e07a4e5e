#include "native/train.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "native/elbo.hpp"
#include "native/evaluate.hpp"
#include "native/failure.hpp"
#include "shared/rng.hpp"

namespace vae {
namespace {

/// Pixels as (count, pixels) bytes on `device`; not owned by the tensor when the device is the CPU.
torch::Tensor byte_images(const ImageSet& set, torch::Device device) {
  auto* bytes = const_cast<std::uint8_t*>(set.pixels.data());  // from_blob takes no const; nothing writes
  return torch::from_blob(bytes, {set.count(), set.shape.size()}, torch::kUInt8).to(device);
}

torch::Tensor gray(const torch::Tensor& bytes) { return bytes.to(torch::kFloat).div_(255); }

/// Standard normal (n, latent), keyed by the step it is for.
torch::Tensor noise(int n, int latent, std::uint64_t seed, std::int64_t step, torch::Device device) {
  Rng rng(seed, Stream::kNoise, {static_cast<std::uint64_t>(step)});
  torch::Tensor epsilon = torch::empty({n, latent});
  float* out = epsilon.data_ptr<float>();
  for (std::int64_t i = 0; i < epsilon.numel(); ++i) out[i] = rng.normal();
  return epsilon.to(device);
}

torch::Tensor test_noise(int count, int latent, torch::Device device) {
  torch::Tensor epsilon = torch::empty({count, latent});
  for (int i = 0; i < count; ++i) {
    const std::vector<float> row = evaluation_noise(latent, i);
    std::copy(row.begin(), row.end(), epsilon.data_ptr<float>() + std::int64_t{i} * latent);
  }
  return epsilon.to(device);
}

/// Averages over a set with one draw of z an image.
Losses test_losses(Vae& model, const torch::Tensor& images, const torch::Tensor& epsilon) {
  torch::NoGradGuard no_grad;
  model->eval();
  constexpr std::int64_t kChunk = 1000;
  double reconstruction = 0, kl = 0;
  for (std::int64_t first = 0; first < images.size(0); first += kChunk) {
    const std::int64_t last = std::min(first + kChunk, images.size(0));
    const torch::Tensor x = gray(images.slice(0, first, last));  // (n, pixels)
    const PosteriorTensors q = model->encode(x);
    const torch::Tensor output = model->decode(reparameterize(q, epsilon.slice(0, first, last)));
    reconstruction += reconstruction_loss(model->spec.likelihood, output, x).sum().item<double>();
    kl += kl_divergence(q).sum().item<double>();
  }
  model->train();
  const auto count = static_cast<double>(images.size(0));
  return {reconstruction / count, kl / count};
}

void set_learning_rate(torch::optim::Adam& optimizer, double rate) {
  for (auto& group : optimizer.param_groups())
    static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
}

[[noreturn]] void diverged(std::int64_t step, const TrainConfig& config) {
  char text[160];
  std::snprintf(
      text, sizeof text,
      "training diverged: the loss of step %lld is not finite; try a smaller learning rate than --lr %g",
      static_cast<long long>(step), config.learning_rate);
  throw Failure(Exit::kDiverged, text);
}

}  // namespace

double learning_rate_at(const TrainConfig& config, std::int64_t step, std::int64_t steps) {
  if (config.schedule == Schedule::kConstant) return config.learning_rate;
  constexpr double kRise = 0.3, kStart = 1.0 / 25, kEnd = 1e-4 / 25;
  const double peak = kRise * static_cast<double>(steps);
  const auto at = static_cast<double>(step);
  const bool rising = at < peak;
  const double progress = rising ? at / peak : (at - peak) / std::max(1.0, static_cast<double>(steps) - peak);
  const double from = rising ? kStart : 1, to = rising ? 1 : kEnd;
  const double cosine = (1 + std::cos(std::numbers::pi * progress)) / 2;  // 1 at the start, 0 at the end
  return config.learning_rate * (to + (from - to) * cosine);
}

std::vector<std::int64_t> shuffled(int count, std::uint64_t seed, int epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed, Stream::kShuffle, {static_cast<std::uint64_t>(epoch)});
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  return order;
}

TrainResult train(Vae& model, const ImageData& data, const TrainConfig& config,
                  const TrainCallbacks& callbacks) {
  const torch::Device device = model->parameters().front().device();
  const torch::Tensor images = byte_images(data.train, device);  // (count, pixels), bytes
  const torch::Tensor test_images = byte_images(data.test, device);
  const torch::Tensor test_epsilon = test_noise(data.test.count(), model->spec.latent, device);
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(config.learning_rate));

  const int count = data.train.count();
  const std::int64_t steps_per_epoch = (count + config.batch_size - 1) / config.batch_size;
  const std::int64_t steps = steps_per_epoch * config.epochs;
  TrainResult result;
  model->train();
  for (int epoch = 1; epoch <= config.epochs; ++epoch) {
    const torch::Tensor order = torch::tensor(shuffled(count, config.seed, epoch)).to(device);
    Losses sum;
    for (std::int64_t first = 0; first < count; first += config.batch_size) {
      const int n = static_cast<int>(std::min<std::int64_t>(config.batch_size, count - first));
      const torch::Tensor x = gray(images.index_select(0, order.slice(0, first, first + n)));  // (n, pixels)
      const torch::Tensor epsilon = noise(n, model->spec.latent, config.seed, result.steps, device);

      const PosteriorTensors q = model->encode(x);                             // (n, latent) each
      const torch::Tensor output = model->decode(reparameterize(q, epsilon));  // (n, pixels)
      const torch::Tensor reconstruction = reconstruction_loss(model->spec.likelihood, output, x).mean();
      const torch::Tensor kl = kl_divergence(q).mean();
      const torch::Tensor loss = reconstruction + config.beta * kl;

      const torch::Tensor all =
          torch::stack({reconstruction, kl, loss}).detach().to(torch::kCPU, torch::kDouble);
      const Losses batch{all[0].item<double>(), all[1].item<double>()};
      if (!std::isfinite(batch.neg_elbo()) || !std::isfinite(all[2].item<double>()))
        diverged(result.steps + 1, config);
      set_learning_rate(optimizer, learning_rate_at(config, result.steps, steps));
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();

      ++result.steps;
      sum.reconstruction += batch.reconstruction * n;
      sum.kl += batch.kl * n;
      if (callbacks.on_step) callbacks.on_step({epoch, result.steps, steps, batch, n});
      if (callbacks.stop && callbacks.stop()) {
        result.stopped = true;
        return result;
      }
    }
    result.epochs = epoch;
    const Losses train_losses{sum.reconstruction / count, sum.kl / count};
    const Losses test = test_losses(model, test_images, test_epsilon);
    if (!std::isfinite(test.neg_elbo())) diverged(result.steps, config);  // after the epoch's last update
    if (callbacks.on_epoch) callbacks.on_epoch({epoch, train_losses, test});
  }
  return result;
}

}  // namespace vae
