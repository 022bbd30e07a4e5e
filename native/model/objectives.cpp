#include "native/model/objectives.hpp"

#include <cmath>
#include <stdexcept>

#include "shared/math/prior.hpp"

namespace vae {
namespace {

/// Returns log q(z|x) - log p(z) of every sample for this q, (L, n).
torch::Tensor log_ratio(const Draws& d, const PosteriorTensors& q) {
  const torch::Tensor zero = torch::zeros({}, d.z.options());
  return log_normal(d.z, q.mu, q.log_var) - (d.log_pz.defined() ? d.log_pz : log_normal(d.z, zero, zero));
}
torch::Tensor log_ratio(const Draws& d) { return log_ratio(d, d.q); }

/// Returns -log of the mean importance weight of each image, (n), from the logarithms of the weights, (L, n).
torch::Tensor minus_bound(const torch::Tensor& log_w) {
  return std::log(static_cast<double>(log_w.size(0))) - torch::logsumexp(log_w, 0);
}

/// Returns the KL of every image and latent, (n, latent), for the prior N(0, I).
torch::Tensor kl_of_each(const PosteriorTensors& q) {
  return -0.5 * (1 + q.log_var - q.mu.square() - q.log_var.exp());
}

/// Returns KL(q || p(z)), (n), in closed form if there is one.
torch::Tensor kl_of(const Draws& d) { return d.log_pz.defined() ? log_ratio(d).mean(0) : kl_divergence(d.q); }
}  // namespace

torch::Tensor reconstruction_loss(Likelihood likelihood, const torch::Tensor& output,
                                  const torch::Tensor& x) {
  switch (likelihood) {
    case Likelihood::kBernoulli:
      return (torch::softplus(output) - x * output).sum(-1);
    case Likelihood::kSquaredError:
      return (x - output).square().sum(-1);
    case Likelihood::kGaussian:
      return -log_normal(x, output.slice(-1, 0, x.size(-1)), output.slice(-1, x.size(-1)));
  }
  throw std::logic_error("a likelihood without a density");
}

torch::Tensor kl_divergence(const PosteriorTensors& q) { return kl_of_each(q).sum(-1); }

torch::Tensor log_normal(const torch::Tensor& z, const torch::Tensor& mu, const torch::Tensor& log_var) {
  return -0.5 * (kLogTwoPi + log_var + (z - mu).square() * torch::exp(-log_var)).sum(-1);
}

Draws draw(VaeImpl& model, const torch::Tensor& x, const torch::Tensor& epsilon) {
  const std::int64_t samples = epsilon.size(0), n = epsilon.size(1), latent = epsilon.size(2);
  const PosteriorTensors q = model.encode(x);                                   // (n, latent) each
  const torch::Tensor z = reparameterize(q, epsilon);                           // (L, n, latent)
  const torch::Tensor output = model.decode(z.reshape({samples * n, latent}));  // (L * n, outputs)
  return {q, z, reconstruction_loss(model.spec.likelihood, output.view({samples, n, -1}), x),
          model.prior ? model.prior->log_density(z) : torch::Tensor()};
}

Terms elbo_a(const Draws& d, double beta) {
  const torch::Tensor reconstruction = d.neg_log_px.mean(0), kl = log_ratio(d).mean(0);
  return {reconstruction, kl, reconstruction + beta * kl};
}

Terms elbo_b(const Draws& d, double beta) {
  const torch::Tensor reconstruction = d.neg_log_px.mean(0), kl = kl_of(d);
  return {reconstruction, kl, reconstruction + beta * kl};
}

Terms free_bits(const Draws& d, double beta, double free_bits) {
  const torch::Tensor reconstruction = d.neg_log_px.mean(0), kl = kl_of_each(d.q);  // (n), (n, latent)
  return {reconstruction, kl.sum(-1), reconstruction + beta * kl.mean(0).clamp_min(free_bits).sum()};
}

Terms iwae(const Draws& d) {
  return {d.neg_log_px.mean(0), kl_of(d), minus_bound(-d.neg_log_px - log_ratio(d))};
}

Terms iwae_dreg(const Draws& d) {
  const PosteriorTensors constant{d.q.mu.detach(), d.q.log_var.detach()};
  const torch::Tensor log_w = -d.neg_log_px - log_ratio(d, constant);  // (L, n)
  const torch::Tensor weight = torch::softmax(log_w.detach(), 0);
  if (d.z.requires_grad())
    d.z.register_hook([weight](const torch::Tensor& gradient) { return gradient * weight.unsqueeze(-1); });
  const torch::Tensor surrogate = -(weight * log_w).sum(0), loss = minus_bound(log_w.detach());
  return {d.neg_log_px.mean(0), kl_of(d), surrogate + (loss - surrogate).detach()};
}

Terms autoencoder(VaeImpl& model, const torch::Tensor& x) {
  const torch::Tensor loss = reconstruction_loss(model.spec.likelihood, model.decode(model.encode(x).mu), x);
  return {loss, torch::zeros_like(loss), loss};
}

Terms objective(VaeImpl& model, const TrainConfig& config, double beta, const torch::Tensor& x,
                const torch::Tensor& epsilon) {
  if (config.objective == Objective::kAutoencoder) return autoencoder(model, x);
  const Draws d = draw(model, x, epsilon);
  if (config.objective == Objective::kIwae)
    return config.gradient == Gradient::kDreg ? iwae_dreg(d) : iwae(d);
  if (config.free_bits > 0) return free_bits(d, beta, config.free_bits);
  return config.estimator == Estimator::kA ? elbo_a(d, beta) : elbo_b(d, beta);
}

}  // namespace vae
