// Element-wise loops of a training step over plain memory, each in one pass. Natively they are compiled for
// several generations of processors and chosen when the program starts (VAE_CLONES in shared/CMakeLists.txt);
// sums go through sixteen lanes on all of them, so that the results are the same to the last bit.
#pragma once

#include <cstddef>

#include "shared/spec/layers.hpp"

namespace vae {

/// Is `activation`'s derivative known from its output, as differentiate() needs it?
bool differentiable_from_output(const Activation& activation);

/// y[i] = f(y[i] + bias[i]), f the identity where `activation` is null. n numbers each.
void activate(const Activation* activation, const float* bias, std::ptrdiff_t n, float* y);

/// d[i] *= f'(where f gave y[i]).
void differentiate(const Activation& activation, const float* y, std::ptrdiff_t n, float* d);

/// -log p(x|logits) of n pixels in nats, and d[i] = scale * its derivative. Not finite where a logit is not.
double bernoulli_loss(const float* logits, const float* x, std::ptrdiff_t n, float scale, float* d);

/// sum((x - mean)^2), and d[i] = scale * its derivative.
double squared_error(const float* mean, const float* x, std::ptrdiff_t n, float scale, float* d);

/// z = mu + exp(log_var / 2) * epsilon, n numbers each.
void sample_latents(const float* mu, const float* log_var, const float* epsilon, std::ptrdiff_t n, float* z);

/// Adds what comes through that z: d_mu += d_z, d_log_var += d_z * (z - mu) / 2.
void differentiate_latents(const float* mu, const float* z, const float* d_z, std::ptrdiff_t n, float* d_mu,
                           float* d_log_var);

/// KL(N(mu, exp(log_var)) || N(0, I)) in nats, and d_mu, d_log_var = scale * its derivatives.
double kl_loss(const float* mu, const float* log_var, std::ptrdiff_t n, float scale, float* d_mu,
               float* d_log_var);

/// sum[j] = the sum over `rows` rows of row[j], n columns, rows `stride` apart.
void sum_rows(const float* row, std::ptrdiff_t rows, std::ptrdiff_t stride, std::ptrdiff_t n, float* sum);

/// y[i] += factor * x[i].
void add_scaled(const float* x, float factor, std::ptrdiff_t n, float* y);

/// Returns the largest magnitude of n numbers, 0 without any; infinite or NaN where one of them is.
float largest(const float* x, std::ptrdiff_t n);

/// What a step of Adam does to every number: first the decoupled decay p *= keep, then with gradient g
/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= rate m / (sqrt(v) / root + epsilon). Averages too
/// small for a normal float become 0, as every average does in the end: processors take many times as long
/// over them.
struct AdamStep {
  float beta1, beta2, rest1, rest2;  // rest = 1 - beta
  float keep;                        // 1 - learning rate * weight decay
  float rate;                        // learning rate / (1 - beta1^t)
  float root;                        // sqrt(1 - beta2^t)
  float epsilon;                     // added after the root's bias correction
};
/// Takes one such step on n numbers p with gradient g.
void adam(const AdamStep& step, const float* g, std::ptrdiff_t n, float* p, float* m, float* v);

/// Adagrad (Duchi, Hazan and Singer 2011): s += g^2, p -= rate g / (sqrt(s) + epsilon).
void adagrad(float rate, float epsilon, const float* g, std::ptrdiff_t n, float* p, float* s);

/// Gradient descent with momentum: v = factor v + g, p -= rate v.
void momentum(float rate, float factor, const float* g, std::ptrdiff_t n, float* p, float* v);

}  // namespace vae
