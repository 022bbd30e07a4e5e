#include "native/train/mlp_step.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "native/support/process_settings.hpp"
#include "native/train/fused_loops.hpp"
#include "shared/train/schedule.hpp"

namespace vae {
namespace {

/// BLAS' sgemm, Fortran's calling convention, from the library that LibTorch itself computes with.
using Sgemm = void(const char*, const char*, const int*, const int*, const int*, const float*, const float*,
                   const int*, const float*, const int*, const float*, float*, const int*);
Sgemm* sgemm() {
  static const auto function = reinterpret_cast<Sgemm*>(dlsym(RTLD_DEFAULT, "sgemm_"));
  return function;
}

/// A matrix in memory: rows `stride` apart, or the columns where it is transposed.
struct Matrix {
  const float* data;
  std::int64_t stride;
  bool transposed = false;
};

/// c (m, n) = a (m, k) b (k, n), c's rows n apart.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix& a, const Matrix& b, float* c) {
  if (m == 0 || n == 0) return;
  const int rows = static_cast<int>(m), columns = static_cast<int>(n), inner = static_cast<int>(k),
            a_stride = static_cast<int>(a.stride), b_stride = static_cast<int>(b.stride);
  const float one = 1, zero = 0;
  // Fortran stores columns: what it sees is c^T = b^T a^T.
  sgemm()(b.transposed ? "T" : "N", a.transposed ? "T" : "N", &columns, &rows, &inner, &one, b.data,
          &b_stride, a.data, &a_stride, &zero, c, &columns);
}

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

}  // namespace

bool MlpStep::covers(const VaeImpl& model, const TrainConfig& config) {
  const ModelSpec& spec = model.spec;
  const bool bernoulli = spec.likelihood == Likelihood::kBernoulli;
  const std::vector<torch::Tensor> parameters = model.parameters();
  return sgemm() != nullptr && spec.prior != Prior::kMixture && spec.likelihood != Likelihood::kGaussian &&
         !config.bf16 &&
         (config.objective == Objective::kAutoencoder ||
          (config.objective == Objective::kElbo && config.estimator == Estimator::kB)) &&
         layers_covered(spec.encoder, true) && layers_covered(spec.decoder, !bernoulli) &&
         std::all_of(parameters.begin(), parameters.end(), [](const torch::Tensor& p) {
           return p.is_cpu() && p.scalar_type() == torch::kFloat && p.is_contiguous();
         });
}

MlpStep::MlpStep(const StepParts& parts)
    : parts_(parts),
      model_(parts.model),
      workers_(parts.workers),
      likelihood_(model_.spec.likelihood),
      sampled_(parts.config.objective != Objective::kAutoencoder),
      samples_(sampled_ ? parts.config.samples : 1),
      latent_(model_.spec.latent) {
  add(model_.encoder, model_.spec.encoder);
  heads_ = blocks_.size();
  const std::int64_t features = model_.mu->weight.size(1);
  add(torch::empty({2 * latent_, features}), torch::empty({2 * latent_}), std::nullopt);
  add(model_.decoder, model_.spec.decoder);
  set_threads(1);  // LibTorch's others would wait awake on the workers' processors
}

StepLosses MlpStep::take(std::int64_t step, double rate) {
  const int n = parts_.batches.size(step), processes = parts_.group.size();
  const Rows rows = share_of(n, parts_.group.rank(), processes);
  const Batch batch = parts_.batches.batch(step, rows, workers_);
  const double scale = (rows.counted ? 1.0 : 0.0) / n;
  const Penalty whole = penalty_of(parts_.config, parts_.batches.count());
  const Sums sums = gradient(batch, beta_at(parts_.config, step), scale,
                             {whole.weights / processes, whole.biases / processes});
  const torch::Tensor losses = torch::tensor({sums.reconstruction, sums.kl, sums.loss}, torch::kDouble);
  return descend(parts_, losses.mul(scale).to(torch::kFloat), sums.gradient, step, rate);
}

void MlpStep::add(const torch::nn::Sequential& modules, const LayerList& list) {
  for (int i = 0; i < list.size(); ++i) {
    if (!std::holds_alternative<Linear>(list[i])) continue;
    const auto& linear = modules->at<torch::nn::LinearImpl>(static_cast<std::size_t>(i));
    std::optional<Activation> activation;
    if (i + 1 < list.size())
      if (const auto* a = std::get_if<Activation>(&list[i + 1])) activation = *a;
    add(linear.weight, linear.bias, activation);
  }
}

void MlpStep::add(const torch::Tensor& weight, const torch::Tensor& bias,
                  std::optional<Activation> activation) {
  blocks_.push_back({weight.size(1),
                     weight.size(0),
                     activation,
                     weight,
                     bias,
                     torch::empty(weight.sizes()),
                     torch::empty(bias.sizes()),
                     {},
                     {}});
}

/// Memory for so many images, and each block's place in it.
void MlpStep::make_room(std::int64_t rows) {
  if (rows <= room_) return;
  room_ = rows;
  z_ = torch::empty({rows * samples_, latent_});
  d_z_ = torch::empty_like(z_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    block.y = torch::empty({rows * (i > heads_ ? samples_ : 1), block.out});
    block.d_y = torch::empty_like(block.y);
    if (i == 0) continue;
    const bool decodes = i == heads_ + 1;
    block.x = (decodes ? z_ : blocks_[i - 1].y).data_ptr<float>();
    block.d_x = (decodes ? d_z_ : blocks_[i - 1].d_y).data_ptr<float>();
  }
}

MlpStep::Sums MlpStep::gradient(const Batch& batch, double beta, double scale, const Penalty& penalty) {
  const torch::NoGradGuard no_grad;
  const std::int64_t rows = batch.x.size(0);
  make_room(rows);
  const Block& heads = blocks_[heads_];
  for (const auto& [from, to] : {std::pair(model_.mu, 0), std::pair(model_.log_var, 1)}) {
    heads.weight.narrow(0, to * latent_, latent_).copy_(from->weight);
    heads.bias.narrow(0, to * latent_, latent_).copy_(from->bias);
  }
  blocks_[0].x = batch.x.data_ptr<float>();
  std::vector<Sums> parts(static_cast<std::size_t>(workers_.count()));
  workers_.run([&](int index) {
    const auto [first, last] = part_of(rows, index, workers_.count());
    parts[static_cast<std::size_t>(index)] = images(batch, beta, scale, first, last);
  });
  workers_.run(
      [&](int index) { parts[static_cast<std::size_t>(index)].gradient = parameters(rows, penalty, index); });
  publish(penalty);
  Sums all;
  for (const Sums& part : parts) {
    all.reconstruction += part.reconstruction;
    all.kl += part.kl;
    all.loss += part.loss;
    all.gradient += part.gradient;
  }
  return all;
}

/// Everything that an image has to itself, for images `first` to `last`: its loss, and the derivatives of all
/// that was computed on the way.
MlpStep::Sums MlpStep::images(const Batch& batch, double beta, double scale, std::int64_t first,
                              std::int64_t last) {
  const auto forward = [&](Block& block, std::int64_t begin, std::int64_t end) {
    float* y = block.y.data_ptr<float>() + begin * block.out;
    multiply(end - begin, block.out, block.in, {block.x + begin * block.in, block.in},
             {block.weight.data_ptr<float>(), block.in, true}, y);
    const float* bias = block.bias.data_ptr<float>();
    for (std::int64_t i = begin; i < end; ++i, y += block.out)
      activate(block.activation ? &*block.activation : nullptr, bias, block.out, y);
  };
  const auto differentiate_activation = [](Block& block, std::int64_t begin, std::int64_t end) {
    if (!block.activation) return;
    differentiate(*block.activation, block.y.data_ptr<float>() + begin * block.out, (end - begin) * block.out,
                  block.d_y.data_ptr<float>() + begin * block.out);
  };
  const auto backward = [](Block& block, std::int64_t begin, std::int64_t end) {  // from d_y to d_x
    multiply(end - begin, block.in, block.out, {block.d_y.data_ptr<float>() + begin * block.out, block.out},
             {block.weight.data_ptr<float>(), block.in}, block.d_x + begin * block.in);
  };

  Sums sums;
  const std::int64_t begin = first * samples_, end = last * samples_;  // the decoder's rows
  for (std::size_t i = 0; i <= heads_; ++i) forward(blocks_[i], first, last);
  Block& heads = blocks_[heads_];
  for (std::int64_t i = first; i < last; ++i) {
    const float* mu = heads.y.data_ptr<float>() + i * 2 * latent_;
    float* d_mu = heads.d_y.data_ptr<float>() + i * 2 * latent_;
    float* z = z_.data_ptr<float>() + i * samples_ * latent_;
    if (!sampled_) {
      std::copy(mu, mu + latent_, z);
      std::fill(d_mu, d_mu + 2 * latent_, 0.0f);
      continue;
    }
    sums.kl += kl_loss(mu, mu + latent_, latent_, static_cast<float>(beta * scale), d_mu, d_mu + latent_);
    const float* epsilon = batch.epsilon.data_ptr<float>() + i * latent_;
    for (std::int64_t sample = 0; sample < samples_; ++sample)
      sample_latents(mu, mu + latent_, epsilon + sample * batch.epsilon.stride(0), latent_,
                     z + sample * latent_);
  }

  for (std::size_t i = heads_ + 1; i < blocks_.size(); ++i) forward(blocks_[i], begin, end);
  Block& output = blocks_.back();
  const auto loss = likelihood_ == Likelihood::kBernoulli ? bernoulli_loss : squared_error;
  const auto samples = static_cast<double>(samples_);
  for (std::int64_t i = begin; i < end; ++i) {
    sums.reconstruction += loss(
        output.y.data_ptr<float>() + i * output.out, batch.x.data_ptr<float>() + i / samples_ * output.out,
        output.out, static_cast<float>(scale / samples), output.d_y.data_ptr<float>() + i * output.out);
  }
  sums.reconstruction /= samples;
  sums.loss = sums.reconstruction + (sampled_ ? beta * sums.kl : 0);

  for (std::size_t i = blocks_.size() - 1; i > heads_; --i) {
    differentiate_activation(blocks_[i], begin, end);
    backward(blocks_[i], begin, end);
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const std::int64_t row = i / samples_ * 2 * latent_;
    const float *mu = heads.y.data_ptr<float>() + row, *d_z = d_z_.data_ptr<float>() + i * latent_;
    float* d_mu = heads.d_y.data_ptr<float>() + row;
    differentiate_latents(mu, z_.data_ptr<float>() + i * latent_, d_z, latent_, d_mu, d_mu + latent_);
  }
  for (std::size_t i = heads_; i > 0; --i) {
    backward(blocks_[i], first, last);
    differentiate_activation(blocks_[i - 1], first, last);
  }
  return sums;
}

/// The derivatives by part `index` of every block's parameters; returns the sum of their numbers.
double MlpStep::parameters(std::int64_t rows, const Penalty& penalty, int index) {
  double all = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    const std::int64_t n = rows * (i > heads_ ? samples_ : 1);
    const auto [first, last] = part_of(block.out, index, workers_.count());
    const std::int64_t units = last - first, numbers = units * block.in;
    const float* d_y = block.d_y.data_ptr<float>() + first;
    float *d_weight = block.d_weight.data_ptr<float>() + first * block.in,
          *d_bias = block.d_bias.data_ptr<float>() + first;
    multiply(units, block.in, n, {d_y, block.out, true}, {block.x, block.in}, d_weight);
    sum_rows(d_y, n, block.out, units, d_bias);
    if (penalty.weights > 0) {
      add_scaled(block.weight.data_ptr<float>() + first * block.in, static_cast<float>(penalty.weights),
                 numbers, d_weight);
    }
    if (penalty.biases > 0)
      add_scaled(block.bias.data_ptr<float>() + first, static_cast<float>(penalty.biases), units, d_bias);
    all += sum(d_weight, numbers) + sum(d_bias, units);
  }
  return all;
}

/// Makes the derivatives the parameters' .grad. Without sampling the log-variance head has only
/// the penalty's.
void MlpStep::publish(const Penalty& penalty) {
  const Block& heads = blocks_[heads_];
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (i == heads_) continue;
    blocks_[i].weight.mutable_grad() = blocks_[i].d_weight;
    blocks_[i].bias.mutable_grad() = blocks_[i].d_bias;
  }
  model_.mu->weight.mutable_grad() = heads.d_weight.narrow(0, 0, latent_);
  model_.mu->bias.mutable_grad() = heads.d_bias.narrow(0, 0, latent_);
  if (sampled_ || penalty.weights > 0)
    model_.log_var->weight.mutable_grad() = heads.d_weight.narrow(0, latent_, latent_);
  if (sampled_ || penalty.biases > 0)
    model_.log_var->bias.mutable_grad() = heads.d_bias.narrow(0, latent_, latent_);
}

}  // namespace vae
