#include "shared/train/mlp_gradient.hpp"

#include <algorithm>
#include <utility>

#include "shared/train/arrays.hpp"
#include "shared/train/loops.hpp"

namespace vae {
namespace {

bool layers_covered(const LayerList& list, bool activation_last) {
  bool after_linear = false;
  for (const Layer& layer : list) {
    if (std::holds_alternative<Linear>(layer)) {
      after_linear = true;
    } else if (const auto* a = std::get_if<Activation>(&layer);
               a != nullptr && after_linear && differentiable_from_output(*a)) {
      after_linear = false;
    } else {
      return false;
    }
  }
  return list.size() > 0 && (activation_last || after_linear);
}

using Loss = double (*)(const float*, const float*, std::ptrdiff_t, float, float*);
Loss loss_of(Likelihood likelihood) {
  switch (likelihood) {
    case Likelihood::kBernoulli:
      return bernoulli_loss;
    case Likelihood::kSquaredError:
      return squared_error;
    case Likelihood::kGaussian:
      break;
  }
  return nullptr;  // not covered
}

}  // namespace

Penalty penalty_of(const TrainConfig& config, int train_images) {
  const double prior = config.weight_prior ? 1.0 / train_images : 0;
  return {config.l2 + prior, prior};
}

bool MlpGradient::covers(const ModelSpec& spec, const TrainConfig& config) {
  return spec.prior != Prior::kMixture && loss_of(spec.likelihood) != nullptr && !config.bf16 &&
         config.sigma_head == SigmaHead::kLogVar &&
         (config.objective == Objective::kAutoencoder ||
          (config.objective == Objective::kElbo && config.estimator == Estimator::kB &&
           config.free_bits == 0)) &&
         layers_covered(spec.encoder, true) && layers_covered(spec.decoder, !traits(spec.likelihood).logits);
}

Result<MlpGradient> MlpGradient::make(const ModelSpec& spec, const TrainConfig& config,
                                      std::vector<const float*> values, std::ptrdiff_t rows,
                                      Backend& backend) {
  MlpGradient made(spec, config, backend);
  made.values_ = std::move(values);
  const float* const* value = made.values_.data();
  made.add(spec.encoder, value);
  made.heads_ = made.blocks_.size();
  made.blocks_.push_back({encoder_features(spec), 2 * made.latent_, {}, {}, {}, {}, {}, {}, {}, {}, {}});
  value += 4;
  made.add(spec.decoder, value);
  if (!made.make_room(rows, made.sampled_ ? config.samples : 1))
    return Error{ErrorCode::kMemory, "not enough memory to train this model"};
  return made;
}

MlpGradient::MlpGradient(const ModelSpec& spec, const TrainConfig& config, Backend& backend)
    : backend_(&backend),
      likelihood_(spec.likelihood),
      sampled_(config.objective != Objective::kAutoencoder),
      latent_(spec.latent) {}

void MlpGradient::add(const LayerList& list, const float* const*& value) {
  for (int i = 0; i < list.size(); ++i) {
    const auto* linear = std::get_if<Linear>(&list[i]);
    if (linear == nullptr) continue;
    std::optional<Activation> activation;
    if (i + 1 < list.size())
      if (const auto* a = std::get_if<Activation>(&list[i + 1])) activation = *a;
    blocks_.push_back({linear->in, linear->out, activation, value[0], value[1], {}, {}, {}, {}, {}, {}});
    value += 2;
  }
}

/// Memory for so many images, and each block's place in it; false where it cannot be had.
bool MlpGradient::make_room(std::int64_t rows, std::int64_t samples) {
  Block& heads = blocks_[heads_];
  const std::int64_t latents = rows * samples * latent_;
  std::vector<std::int64_t> counts = {std::int64_t{heads.out} * heads.in, heads.out, latents, latents};
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    const std::int64_t outputs = rows * (i > heads_ ? samples : 1) * block.out;
    counts.insert(counts.end(), {std::int64_t{block.out} * block.in, block.out, outputs, outputs});
  }
  std::vector<float*> places;
  memory_ = allocate_arrays(counts, places);
  if (!memory_) return false;
  heads.weight = weight_ = places[0];
  heads.bias = bias_ = places[1];
  z_ = places[2];
  d_z_ = places[3];
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    float* const* const place = places.data() + 4 * (i + 1);
    block.d_weight = place[0];
    block.d_bias = place[1];
    block.y = place[2];
    block.d_y = place[3];
    if (i == 0) continue;
    const bool decodes = i == heads_ + 1;
    block.x = decodes ? z_ : blocks_[i - 1].y;
    block.d_x = decodes ? d_z_ : blocks_[i - 1].d_y;
  }
  return true;
}

/// The batch as it is computed: both heads in one block, mu alone where nothing is sampled.
BatchView MlpGradient::begin(BatchView batch) {
  const std::ptrdiff_t features = blocks_[heads_].in;
  const float* const* head = values_.data() + 2 * heads_;  // mu's weight and bias, then log_var's
  for (int i = 0; i < 2; ++i, head += 2) {
    std::copy_n(head[0], latent_ * features, weight_ + i * latent_ * features);
    std::copy_n(head[1], latent_, bias_ + i * latent_);
  }
  blocks_[0].x = batch.x;
  if (!sampled_) batch.samples = 1;
  return batch;
}

MlpGradient::Sums MlpGradient::differentiate(const BatchView& whole, double beta, double scale,
                                             const Penalty& penalty) {
  const BatchView batch = begin(whole);
  const int workers = backend_->workers();
  std::vector<Sums> parts(static_cast<std::size_t>(workers));
  backend_->run([&](int index) {
    const auto [first, last] = part_of(batch.rows, index, workers);
    parts[static_cast<std::size_t>(index)] = losses(batch, beta, scale, first, last);
    derivatives(batch.samples, first, last);
  });
  backend_->run([&](int index) {
    parts[static_cast<std::size_t>(index)].gradient = parameters(batch, penalty, index);
  });
  publish(penalty);
  Sums all;
  for (const Sums& part : parts) {
    all.reconstruction += part.reconstruction;
    all.kl += part.kl;
    all.loss += part.loss;
    const float gradients[] = {all.gradient, part.gradient};
    all.gradient = largest(gradients, 2);
  }
  return all;
}

MlpGradient::Sums MlpGradient::evaluate(const BatchView& batch, double beta) {
  return losses(begin(batch), beta, 0, 0, batch.rows);
}

std::span<const float> MlpGradient::decode(std::span<const float> z) {
  const auto n = static_cast<std::ptrdiff_t>(z.size()) / latent_;
  std::copy(z.begin(), z.end(), z_);
  for (std::size_t i = heads_ + 1; i < blocks_.size(); ++i) forward(blocks_[i], 0, n);
  return {blocks_.back().y, static_cast<std::size_t>(n * blocks_.back().out)};
}

void MlpGradient::forward(Block& block, std::ptrdiff_t begin, std::ptrdiff_t end) {
  float* y = block.y + begin * block.out;
  backend_->multiply(end - begin, block.out, block.in, {block.x + begin * block.in, block.in},
                     {block.weight, block.in, true}, y);
  for (std::ptrdiff_t i = begin; i < end; ++i, y += block.out)
    activate(block.activation ? &*block.activation : nullptr, block.bias, block.out, y);
}

/// From d_y to d_x.
void MlpGradient::backward(Block& block, std::ptrdiff_t begin, std::ptrdiff_t end) {
  backend_->multiply(end - begin, block.in, block.out, {block.d_y + begin * block.out, block.out},
                     {block.weight, block.in}, block.d_x + begin * block.in);
}

/// Images `first` to `last`: their losses, and the derivatives by what the heads and the decoder gave.
MlpGradient::Sums MlpGradient::losses(const BatchView& batch, double beta, double scale, std::ptrdiff_t first,
                                      std::ptrdiff_t last) {
  Sums sums;
  for (std::size_t i = 0; i <= heads_; ++i) forward(blocks_[i], first, last);
  const Block& heads = blocks_[heads_];
  for (std::ptrdiff_t i = first; i < last; ++i) {
    const float* mu = heads.y + i * 2 * latent_;
    float* d_mu = heads.d_y + i * 2 * latent_;
    float* z = z_ + i * batch.samples * latent_;
    if (!sampled_) {
      std::copy(mu, mu + latent_, z);
      std::fill(d_mu, d_mu + 2 * latent_, 0.0f);
      continue;
    }
    sums.kl += kl_loss(mu, mu + latent_, latent_, static_cast<float>(beta * scale), d_mu, d_mu + latent_);
    const float* epsilon = batch.epsilon + i * latent_;
    for (std::ptrdiff_t sample = 0; sample < batch.samples; ++sample)
      sample_latents(mu, mu + latent_, epsilon + sample * batch.stride, latent_, z + sample * latent_);
  }

  const std::ptrdiff_t begin = first * batch.samples, end = last * batch.samples;  // the decoder's rows
  for (std::size_t i = heads_ + 1; i < blocks_.size(); ++i) forward(blocks_[i], begin, end);
  const Block& output = blocks_.back();
  const Loss loss = loss_of(likelihood_);
  const auto samples = static_cast<double>(batch.samples);
  for (std::ptrdiff_t i = begin; i < end; ++i) {
    sums.reconstruction += loss(output.y + i * output.out, batch.x + i / batch.samples * output.out,
                                output.out, static_cast<float>(scale / samples), output.d_y + i * output.out);
  }
  sums.reconstruction /= samples;
  sums.loss = sums.reconstruction + (sampled_ ? beta * sums.kl : 0);
  return sums;
}

/// The derivatives by all that was computed on the way to those losses.
void MlpGradient::derivatives(std::ptrdiff_t samples, std::ptrdiff_t first, std::ptrdiff_t last) {
  const auto through_activation = [](Block& block, std::ptrdiff_t begin, std::ptrdiff_t end) {
    if (!block.activation) return;
    vae::differentiate(*block.activation, block.y + begin * block.out, (end - begin) * block.out,
                       block.d_y + begin * block.out);
  };
  const std::ptrdiff_t begin = first * samples, end = last * samples;
  for (std::size_t i = blocks_.size() - 1; i > heads_; --i) {
    through_activation(blocks_[i], begin, end);
    backward(blocks_[i], begin, end);
  }
  const Block& heads = blocks_[heads_];
  for (std::ptrdiff_t i = begin; i < end; ++i) {
    const std::ptrdiff_t row = i / samples * 2 * latent_;
    float* d_mu = heads.d_y + row;
    differentiate_latents(heads.y + row, z_ + i * latent_, d_z_ + i * latent_, latent_, d_mu, d_mu + latent_);
  }
  for (std::size_t i = heads_; i > 0; --i) {
    backward(blocks_[i], first, last);
    through_activation(blocks_[i - 1], first, last);
  }
}

/// The derivatives by part `index` of every block's parameters; returns their largest magnitude.
float MlpGradient::parameters(const BatchView& batch, const Penalty& penalty, int index) {
  float all = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    const std::ptrdiff_t n = batch.rows * (i > heads_ ? batch.samples : 1);
    const auto [first, last] = part_of(block.out, index, backend_->workers());
    const std::ptrdiff_t units = last - first, numbers = units * block.in;
    const float* d_y = block.d_y + first;
    float *d_weight = block.d_weight + first * block.in, *d_bias = block.d_bias + first;
    backend_->multiply(units, block.in, n, {d_y, block.out, true}, {block.x, block.in}, d_weight);
    sum_rows(d_y, n, block.out, units, d_bias);
    if (penalty.weights > 0)
      add_scaled(block.weight + first * block.in, static_cast<float>(penalty.weights), numbers, d_weight);
    if (penalty.biases > 0) add_scaled(block.bias + first, static_cast<float>(penalty.biases), units, d_bias);
    const float magnitudes[] = {all, largest(d_weight, numbers), largest(d_bias, units)};
    all = largest(magnitudes, 3);
  }
  return all;
}

/// Without sampling the log-variance head has the penalty's derivative alone.
void MlpGradient::publish(const Penalty& penalty) {
  gradient_.clear();
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    gradient_.insert(gradient_.end(), {block.d_weight, block.d_bias});
    if (i != heads_) continue;
    gradient_.insert(gradient_.end(),
                     {sampled_ || penalty.weights > 0 ? block.d_weight + latent_ * block.in : nullptr,
                      sampled_ || penalty.biases > 0 ? block.d_bias + latent_ : nullptr});
  }
}

}  // namespace vae
