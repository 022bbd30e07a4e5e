#include "shared/train/loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "shared/base/elementary.hpp"
#include "shared/base/encoding.hpp"

namespace vae {
namespace {

constexpr int kLanes = 16;
constexpr std::ptrdiff_t kBlock = 128;  // numbers whose intermediate results stay in the first-level cache

/// Returns x, or 0 where it is too small for a normal float.
[[gnu::always_inline]] inline float flushed(float x) {
  return std::fabs(x) < std::numeric_limits<float>::min() ? 0.0f : x;
}

/// e^x; x is held within +-87, where e^x is a normal number. NaN stays NaN.
[[gnu::always_inline]] inline float bounded_exponential(float x) {
  x = x > 87 ? 87 : x;
  x = x < -87 ? -87 : x;
  return exponential<float, std::int32_t>(x);
}

[[gnu::always_inline]] inline double total(const float (&lanes)[kLanes]) {
  double sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

}  // namespace

bool differentiable_from_output(const Activation& a) {
  switch (a.kind) {
    case ActivationKind::kRelu:
    case ActivationKind::kTanh:
    case ActivationKind::kSigmoid:
      return true;
    case ActivationKind::kLeakyRelu:
      return a.slope > 0;
    case ActivationKind::kSilu:
      break;
  }
  return false;
}

VAE_CLONES void activate(const Activation* a, const float* bias, std::ptrdiff_t n, float* y) {
  if (a == nullptr) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += bias[i];
    return;
  }
  const float slope = a->slope;
  switch (a->kind) {
    case ActivationKind::kRelu:
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        const float x = y[i] + bias[i];
        y[i] = x < 0 ? 0 : x;
      }
      break;
    case ActivationKind::kLeakyRelu:
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        const float x = y[i] + bias[i];
        y[i] = x < 0 ? slope * x : x;
      }
      break;
    case ActivationKind::kTanh:
      for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = 1 - 2 / (1 + bounded_exponential(2 * (y[i] + bias[i])));
      break;
    case ActivationKind::kSigmoid:
      for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = 1 / (1 + bounded_exponential(-(y[i] + bias[i])));
      break;
    case ActivationKind::kSilu:
      break;
  }
}

VAE_CLONES void differentiate(const Activation& a, const float* y, std::ptrdiff_t n, float* d) {
  const float slope = a.slope;
  switch (a.kind) {
    case ActivationKind::kRelu:
      for (std::ptrdiff_t i = 0; i < n; ++i) d[i] = y[i] > 0 ? d[i] : 0;
      break;
    case ActivationKind::kLeakyRelu:
      for (std::ptrdiff_t i = 0; i < n; ++i) d[i] = y[i] > 0 ? d[i] : slope * d[i];
      break;
    case ActivationKind::kTanh:
      for (std::ptrdiff_t i = 0; i < n; ++i) d[i] *= 1 - y[i] * y[i];
      break;
    case ActivationKind::kSigmoid:
      for (std::ptrdiff_t i = 0; i < n; ++i) d[i] *= y[i] * (1 - y[i]);
      break;
    case ActivationKind::kSilu:
      break;
  }
}

VAE_CLONES double bernoulli_loss(const float* logits, const float* x, std::ptrdiff_t n, float scale,
                                 float* d) {
  // softplus(o) = max(o, 0) + log(1 + e^-|o|); the logarithms are taken once of the product over a lane, at
  // most 2^(kBlock / kLanes).
  double loss = 0;
  for (std::ptrdiff_t begin = 0; begin < n; begin += kBlock) {
    const std::ptrdiff_t size = std::min(kBlock, n - begin);
    float linear[kBlock], one_plus[kBlock];
    for (std::ptrdiff_t i = 0; i < size; ++i) {
      const float o = logits[begin + i], target = x[begin + i];
      const float small = bounded_exponential(-std::fabs(o)), inverse = 1 / (1 + small);
      d[begin + i] = scale * ((o < 0 ? small * inverse : inverse) - target);
      linear[i] = (o < 0 ? 0 : o) - target * o;
      one_plus[i] = 1 + small;
    }
    std::fill(linear + size, linear + kBlock, 0.0f);
    std::fill(one_plus + size, one_plus + kBlock, 1.0f);
    float sums[kLanes] = {}, products[kLanes];
    std::fill(products, products + kLanes, 1.0f);
    for (std::ptrdiff_t i = 0; i < kBlock; i += kLanes) {
      for (int lane = 0; lane < kLanes; ++lane) {
        sums[lane] += linear[i + lane];
        products[lane] *= one_plus[i + lane];
      }
    }
    float product = 1;  // of eight lanes at most 2^64
    for (int lane = 0; lane < kLanes / 2; ++lane)
      product *= products[lane] * products[lane + kLanes / 2] / 256;
    loss += total(sums) + std::log(static_cast<double>(product)) + kLanes / 2 * std::log(256.0);
  }
  return loss;
}

VAE_CLONES double squared_error(const float* mean, const float* x, std::ptrdiff_t n, float scale, float* d) {
  double loss = 0;
  const float twice = 2 * scale;
  for (std::ptrdiff_t begin = 0; begin < n; begin += kBlock) {
    const std::ptrdiff_t size = std::min(kBlock, n - begin);
    float squares[kBlock] = {}, sums[kLanes] = {};
    for (std::ptrdiff_t i = 0; i < size; ++i) {
      const float error = mean[begin + i] - x[begin + i];
      d[begin + i] = twice * error;
      squares[i] = error * error;
    }
    for (std::ptrdiff_t i = 0; i < kBlock; i += kLanes)
      for (int lane = 0; lane < kLanes; ++lane) sums[lane] += squares[i + lane];
    loss += total(sums);
  }
  return loss;
}

VAE_CLONES void sample_latents(const float* mu, const float* log_var, const float* epsilon, std::ptrdiff_t n,
                               float* z) {
  for (std::ptrdiff_t i = 0; i < n; ++i) z[i] = mu[i] + bounded_exponential(0.5f * log_var[i]) * epsilon[i];
}

VAE_CLONES void differentiate_latents(const float* mu, const float* z, const float* d_z, std::ptrdiff_t n,
                                      float* d_mu, float* d_log_var) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    d_mu[i] += d_z[i];
    d_log_var[i] += 0.5f * d_z[i] * (z[i] - mu[i]);
  }
}

VAE_CLONES double kl_loss(const float* mu, const float* log_var, std::ptrdiff_t n, float scale, float* d_mu,
                          float* d_log_var) {
  double loss = 0;
  for (std::ptrdiff_t begin = 0; begin < n; begin += kBlock) {
    const std::ptrdiff_t size = std::min(kBlock, n - begin);
    float terms[kBlock] = {}, sums[kLanes] = {};
    for (std::ptrdiff_t i = 0; i < size; ++i) {
      const float m = mu[begin + i], l = log_var[begin + i], variance = bounded_exponential(l);
      d_mu[begin + i] = scale * m;
      d_log_var[begin + i] = 0.5f * scale * (variance - 1);
      terms[i] = 0.5f * (m * m + variance - 1 - l);
    }
    for (std::ptrdiff_t i = 0; i < kBlock; i += kLanes)
      for (int lane = 0; lane < kLanes; ++lane) sums[lane] += terms[i + lane];
    loss += total(sums);
  }
  return loss;
}

VAE_CLONES void sum_rows(const float* row, std::ptrdiff_t rows, std::ptrdiff_t stride, std::ptrdiff_t n,
                         float* sum) {
  std::fill(sum, sum + n, 0.0f);
  for (std::ptrdiff_t r = 0; r < rows; ++r, row += stride)
    for (std::ptrdiff_t j = 0; j < n; ++j) sum[j] += row[j];
}

VAE_CLONES void add_scaled(const float* x, float factor, std::ptrdiff_t n, float* y) {
  for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

VAE_CLONES float largest(const float* x, std::ptrdiff_t n) {
  // Without their signs, numbers are in the order of their bits: finite ones, infinity, NaN.
  std::uint32_t most[4 * kLanes] = {};
  std::ptrdiff_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    for (int lane = 0; lane < 4 * kLanes; ++lane) {
      const std::uint32_t bits = bit_cast<std::uint32_t>(x[i + lane]) & 0x7fffffffu;
      most[lane] = bits > most[lane] ? bits : most[lane];
    }
  for (; i < n; ++i) most[0] = std::max(most[0], bit_cast<std::uint32_t>(x[i]) & 0x7fffffffu);
  return bit_cast<float>(*std::max_element(most, most + 4 * kLanes));
}

VAE_CLONES void adam(const AdamStep& s, const float* g, std::ptrdiff_t n, float* p, float* m, float* v) {
  const float beta1 = s.beta1, beta2 = s.beta2, rest1 = s.rest1, rest2 = s.rest2;
  const float keep = s.keep, rate = s.rate, root = s.root, epsilon = s.epsilon;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    m[i] = flushed(beta1 * m[i] + rest1 * g[i]);
    v[i] = flushed(beta2 * v[i] + rest2 * g[i] * g[i]);
    p[i] = keep * p[i] - rate * m[i] / (std::sqrt(v[i]) / root + epsilon);
  }
}

VAE_CLONES void adagrad(float rate, float epsilon, const float* g, std::ptrdiff_t n, float* p, float* s) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    s[i] += g[i] * g[i];
    p[i] -= rate * g[i] / (std::sqrt(s[i]) + epsilon);
  }
}

VAE_CLONES void momentum(float rate, float factor, const float* g, std::ptrdiff_t n, float* p, float* v) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    v[i] = flushed(factor * v[i] + g[i]);
    p[i] -= rate * v[i];
  }
}

}  // namespace vae
