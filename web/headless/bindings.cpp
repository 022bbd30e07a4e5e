// The headless module's C API: load, encode, decode, sample, without a window, GL or Dear ImGui. Only
// web/headless/digit-vae.js calls it; anything else that speaks WebAssembly may, for the module imports
// nothing. A handle is a pointer, so many models share one module and one memory. There are no exceptions
// here: a call that fails says so, and vae_error_code() and vae_error_message() tell why. Arrays are packed
// floats in memory from vae_alloc().
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/math/elbo.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/latent_statistics.hpp"
#include "shared/model/model.hpp"
#include "shared/spec/model_line.hpp"

#define VAE_API extern "C" __attribute__((used, visibility("default")))

/// A loaded model; opaque to callers.
struct vae_model {
  vae::Model model;
  std::optional<vae::Anchors> anchors = vae::read_anchors(model);
};

namespace {

using vae::Error, vae::ErrorCode;

/// Text of the last failure, in fixed memory because memory may be what has failed.
struct {
  const char* code = "";
  char message[512] = "";
} last_error;

/// The core's small vectors cannot report that memory is short. This block, given back when an allocation
/// fails, lets them finish; whoever called then finds it gone and reports `memory`.
constexpr std::size_t kReserve = std::size_t{256} << 10;
void* reserve = nullptr;

bool refill_reserve() {
  if (reserve == nullptr) reserve = std::malloc(kReserve);
  return reserve != nullptr;
}

void set_error(ErrorCode code, std::string_view message) {
  last_error.code = vae::code_name(code).data();  // a literal, so it ends in 0
  const std::size_t length = std::min(message.size(), sizeof last_error.message - 1);
  std::copy_n(message.data(), length, last_error.message);
  last_error.message[length] = 0;
}
void set_error(const Error& error) { set_error(error.code, error.message); }
void set_out_of_memory() { set_error(ErrorCode::kMemory, "not enough memory for this model"); }

/// Whether `count` floats and the reserve can be had; nothing is kept but the reserve.
bool memory_for(std::size_t count) {
  if (!refill_reserve()) return false;
  return vae::allocate_floats(count + 4096) != nullptr;
}

std::size_t samples(int n) { return n > 0 ? static_cast<std::size_t>(n) : 0; }
std::size_t latent_of(const vae_model& m) { return static_cast<std::size_t>(m.model.latent()); }
std::size_t pixels_of(const vae_model& m) { return static_cast<std::size_t>(m.model.pixels()); }

/// Copies numbers to `out`; returns how many.
std::ptrdiff_t put(std::span<const float> numbers, float* out) {
  std::copy(numbers.begin(), numbers.end(), out);
  return std::ssize(numbers);
}

}  // namespace

void* operator new(std::size_t size) {
  void* p = std::malloc(size);
  if (p == nullptr && reserve != nullptr) {
    std::free(std::exchange(reserve, nullptr));
    p = std::malloc(size);
  }
  if (p == nullptr) __builtin_trap();  // digit-vae.js reports `memory` and starts a fresh module
  return p;
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

// The two things that Emscripten's C library would import: telling JavaScript of a grown memory (digit-vae.js
// makes its views anew each time) and ending the process.
extern "C" void emscripten_notify_memory_growth(std::size_t) {}
extern "C" void _Exit(int) { __builtin_trap(); }

// ---- Memory and errors

/// `bytes` bytes aligned for floats, or null. Give them back with vae_dealloc().
VAE_API void* vae_alloc(std::size_t bytes) { return std::malloc(std::max<std::size_t>(bytes, 1)); }
VAE_API void vae_dealloc(void* p) { std::free(p); }

/// Code (as in shared/base/result.hpp) and sentence of the last call that failed; 0-terminated.
VAE_API const char* vae_error_code() { return last_error.code; }
VAE_API const char* vae_error_message() { return last_error.message; }

// ---- Models

/// Most bytes that a weights file may have. vae_load() of more fails without looking at them.
VAE_API std::size_t vae_max_file() { return vae::FileLimits{}.bytes; }

/// Reads and proves a weights file, which is not needed afterwards. Null on failure, with any code
/// of shared/base/result.hpp.
VAE_API vae_model* vae_load(const std::byte* file, std::size_t size) {
  if (!memory_for(0)) {
    set_out_of_memory();
    return nullptr;
  }
  auto model = vae::Model::load({file, size});
  if (!model) {
    set_error(model.error());
    return nullptr;
  }
  auto* const loaded = new vae_model{std::move(*model)};
  if (!refill_reserve()) {
    delete loaded;
    set_out_of_memory();
    return nullptr;
  }
  return loaded;
}

/// Reads the encoder of a model that was loaded from its decoder's file alone. 1, or 0 on failure, with any
/// code of shared/base/result.hpp; then the model stays as it was. Every call fills the reserve before it
/// begins, so an encoder that was added is a success even where adding it took the reserve.
VAE_API int vae_add_encoder(vae_model* model, const std::byte* file, std::size_t size) {
  if (!memory_for(0)) return set_out_of_memory(), 0;
  if (const auto error = model->model.add_encoder({file, size})) return set_error(*error), 0;
  return 1;
}
VAE_API int vae_has_encoder(const vae_model* model) { return model->model.has_encoder(); }

/// Null is allowed.
VAE_API void vae_free(vae_model* model) { delete model; }

/// Value of a metadata key (a training fact), 0-terminated, or null if there is none; lives as long as
/// the model.
VAE_API const char* vae_fact(const vae_model* model, const char* key) {
  const std::string_view value = model->model.metadata(key);
  return value.empty() ? nullptr : value.data();  // points into a std::string, which ends in 0
}

// ---- Numbers. These return 1, or 0 on failure (codes nonfinite, memory).

/// pixels (n, pixels) in [0, 1] -> mu, log_var (n, latent).
VAE_API int vae_encode(vae_model* m, const float* pixels, int n, float* mu, float* log_var) {
  const std::size_t features = static_cast<std::size_t>(vae::encoder_features(m->model.spec()));
  if (!memory_for(samples(n) * (features + 2 * latent_of(*m)))) return set_out_of_memory(), 0;
  const auto posterior = m->model.encode({pixels, samples(n) * pixels_of(*m)});
  if (!posterior) return set_error(posterior.error()), 0;
  std::copy(posterior->mu.begin(), posterior->mu.end(), mu);
  std::copy(posterior->log_var.begin(), posterior->log_var.end(), log_var);
  return 1;
}

/// z (n, latent) -> images (n, pixels) in [0, 1].
VAE_API int vae_decode(vae_model* m, const float* z, int n, float* images) {
  if (!memory_for(samples(n) * (latent_of(*m) + pixels_of(*m)))) return set_out_of_memory(), 0;
  const auto decoded = m->model.decode({z, samples(n) * latent_of(*m)});
  if (!decoded) return set_error(decoded.error()), 0;
  std::copy(decoded->begin(), decoded->end(), images);
  return 1;
}

/// Latents first to first + n - 1 of the sheet with the 64-bit seed high:low -> z (n, latent), of a label
/// (-1: any) as sample_sheet() has them. There is no input.
VAE_API int vae_prior(const vae_model* m, const float*, int n, float* z, std::uint32_t low,
                      std::uint32_t high, int label, std::uint32_t first) {
  if (!memory_for(latent_of(*m))) return set_out_of_memory(), 0;
  const std::uint64_t seed = std::uint64_t{high} << 32 | low;
  for (std::size_t i = 0; i < samples(n); ++i) {
    z += put(vae::sample_sheet(m->model, m->anchors, label, seed, std::uint64_t{first} + i), z);
  }
  return 1;
}

// ---- Points of latent space. Each takes packed numbers, `in`, and returns how many it put into `out`, with
// room for as many as there may be; 0 where the file does not say, or, of vae_nats, when memory is short.

/// A label -> where its class lies, (latent).
VAE_API std::ptrdiff_t vae_class_mean(const vae_model* m, const float* in, float* out) {
  return m->anchors ? put(vae::class_mean(*m->anchors, static_cast<int>(*in)), out) : 0;
}

/// z (latent) -> the labels that it may be of: none, one or two.
VAE_API std::ptrdiff_t vae_looks_like(const vae_model* m, const float* in, float* out) {
  if (!m->anchors) return 0;
  const std::vector<int> labels = vae::likely_labels(*m->anchors, {in, latent_of(*m)});
  for (const int label : labels) *out++ = static_cast<float>(label);
  return std::ssize(labels);
}

/// a and b (latent each), t -> the point at t of the way from a to b along the great circle, (latent).
VAE_API std::ptrdiff_t vae_slerp(const vae_model* m, const float* in, float* out) {
  const std::size_t latent = latent_of(*m);
  return put(vae::slerp({in, latent}, {in + latent, latent}, in[2 * latent]), out);
}

/// The plane in which most happens, (3, latent), as main_plane() has it.
VAE_API std::ptrdiff_t vae_plane(const vae_model* m, const float*, float* out) {
  return put(vae::main_plane(m->model), out);
}

/// KL of each dimension, average over the test images in nats, (latent).
VAE_API std::ptrdiff_t vae_usage(const vae_model* m, const float*, float* out) {
  return put(vae::read_kl_per_dimension(m->model), out);
}

/// pixels, mu and log_var of them -> the terms of -ELBO in nats at z = mu: reconstruction, then KL where it
/// has a closed form.
VAE_API std::ptrdiff_t vae_nats(vae_model* m, const float* in, float* out) {
  const std::size_t latent = latent_of(*m), pixels = pixels_of(*m);
  const std::span<const float> mu(in + pixels, latent), log_var(in + pixels + latent, latent);
  const vae::ModelSpec& spec = m->model.spec();
  if (spec.likelihood != vae::Likelihood::kBernoulli || !memory_for(latent + pixels)) return 0;
  const auto logits = m->model.decode_means(mu);
  if (!logits) return 0;
  *out++ = static_cast<float>(vae::bernoulli_loss(*logits, {in, pixels}));
  if (spec.prior != vae::Prior::kNormal) return 1;
  *out = static_cast<float>(vae::kl_divergence(mu, log_var));
  return 2;
}

// The standard normal distribution: the quantile of p in (0, 1), and P(X < x).
VAE_API double vae_quantile(double p) { return vae::inverse_normal_cdf(p); }
VAE_API double vae_cdf(double x) { return vae::normal_cdf(x); }
