// State and pictures of the lab; see lab.hpp.
#include "web/lab.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/latent.hpp"

namespace lab {
namespace {

constexpr std::uint64_t kSurpriseSeed = std::uint64_t{0x5u} << 32;  // beyond every seed that can be typed
constexpr std::int64_t kFrameBudget = 40'000'000;  // multiply-adds: about 10 ms in WebAssembly
constexpr int kFirstDigits[kSlots] = {0, 7, 1};    // samples in A, B and the sliders at first: clear digits
constexpr float kSecondsAcross = 2.4f;             // from A to B

std::int64_t decode_cost(const vae::ModelSpec& spec) {
  std::int64_t total = 0;
  vae::Shape in{spec.latent, 1, 1};
  for (const vae::Layer& layer : spec.decoder) {
    total += vae::multiply_adds(layer, in);
    in = vae::output_shape(layer, in).value_or(in);
  }
  return std::max<std::int64_t>(total, 1);
}

std::string size_words(const vae::Shape& s) {
  return std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
}

}  // namespace

std::string number(double value, int decimals) {
  double unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const auto scaled = static_cast<std::int64_t>(std::fmin(std::fabs(value) * unit, 1e15) + 0.5);
  std::string text = std::to_string(scaled);
  const auto places = static_cast<std::size_t>(decimals);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - places, ".");
  return value < 0 && scaled > 0 ? "−" + text : text;
}

std::optional<vae::Error> Lab::load(std::span<const std::byte> file) {
  auto model = vae::Model::load(file);
  if (!model) return model.error();
  const vae::Shape image = model->spec().image;
  if (image != vae::Shape{1, kSide, kSide}) {
    return vae::Error{vae::ErrorCode::kShape,
                      "the lab shows images of 1x28x28; this model makes " + size_words(image)};
  }
  model_.emplace(std::move(*model));
  per_frame_ =
      static_cast<int>(std::clamp<std::int64_t>(kFrameBudget / decode_cost(model_->spec()), 1, kPictures));
  state_.playing = false;
  set_seed(state_.seed);
  for (const Slot slot : {kA, kB, kBend}) {
    const int sample = kFirstDigits[slot];
    fill(slot, vae::sample_prior(latent(), state_.seed, static_cast<std::uint64_t>(sample)), sample);
  }
  state_.filling = kA;
  return std::nullopt;
}

void Lab::set_seed(std::uint32_t seed) {
  if (seed != state_.seed) {
    for (int& from : state_.from) from = -1;
  }
  state_.seed = seed;
  std::fill(stale_ + kFirstSample, stale_ + kPictures, true);
}

void Lab::set_count(int count) { state_.count = std::clamp(count, 1, kMaxSamples); }

void Lab::fill(Slot slot, std::vector<float> z, int from) {
  state_.slots[slot] = std::move(z);
  state_.from[slot] = from;
  stale_[slot] = true;
  if (slot == kBend) return;
  stale_morph();
  stale_film();
}

void Lab::stale_film() { std::fill(stale_ + kFilm, stale_ + kFilm + kFilmFrames, true); }

void Lab::pick(int sample) {
  if (!model_ || sample < 0 || sample >= state_.count) return;
  fill(state_.filling, vae::sample_prior(latent(), state_.seed, static_cast<std::uint64_t>(sample)), sample);
  if (state_.filling != kBend) state_.filling = state_.filling == kA ? kB : kA;
}

void Lab::surprise(Slot slot) {
  if (!model_) return;
  fill(slot, vae::sample_prior(latent(), kSurpriseSeed + state_.seed, state_.surprises++), -1);
}

void Lab::bend_morph() {
  if (model_) fill(kBend, between(state_.t), -1);
}

void Lab::set_t(float t) {
  t = std::clamp(t, 0.0f, 1.0f);
  if (!(t != state_.t)) return;  // also NaN
  state_.t = t;
  stale_morph();
}

void Lab::set_slerp(bool slerp) {
  if (slerp == state_.slerp) return;
  state_.slerp = slerp;
  stale_morph();
  stale_film();
}

void Lab::set_latent(int index, float value) {
  if (index < 0 || index >= latent() || !std::isfinite(value)) return;
  float& z = state_.slots[kBend][static_cast<std::size_t>(index)];
  if (z == value) return;
  z = value;
  state_.from[kBend] = -1;
  stale_[kPictureBend] = true;
}

void Lab::reset_bend() {
  if (model_) fill(kBend, std::vector<float>(static_cast<std::size_t>(latent())), -1);
}

void Lab::advance(double seconds) {
  if (!state_.playing || !model_) return;
  const float step = static_cast<float>(std::clamp(seconds, 0.0, 0.1)) / kSecondsAcross;
  float t = state_.t + (state_.forward ? step : -step);
  if (t >= 1) state_.forward = false, t = 2 - t;
  if (t <= 0) state_.forward = true, t = -t;
  set_t(t);
}

std::vector<float> Lab::between(float t) const {
  const auto& [a, b, bend] = state_.slots;
  return state_.slerp ? vae::slerp(a, b, t) : vae::lerp(a, b, t);
}

std::vector<float> Lab::latent_of(int picture) const {
  if (picture <= kPictureBend) return state_.slots[picture];
  if (picture == kPictureMorph) return between(state_.t);
  if (picture < kFirstSample) return between(static_cast<float>(picture - kFilm) / (kFilmFrames - 1));
  return vae::sample_prior(latent(), state_.seed, static_cast<std::uint64_t>(picture - kFirstSample));
}

bool Lab::refresh() {
  if (!model_) return false;
  std::vector<float> latents;
  std::vector<int> batch;
  bool more = false;
  for (int i = 0; i < kFirstSample + state_.count; ++i) {
    if (!stale_[i]) continue;
    if (static_cast<int>(batch.size()) >= per_frame_) {
      more = true;
      break;
    }
    const std::vector<float> z = latent_of(i);
    latents.insert(latents.end(), z.begin(), z.end());
    batch.push_back(i);
  }
  if (batch.empty()) return false;
  const auto images = model_->decode(latents);
  short_of_memory_ = !images;
  if (!images) return false;  // the old pictures stay, and the next frame tries again
  for (std::size_t n = 0; n < batch.size(); ++n) {
    stale_[batch[n]] = false;
    const auto first = images->begin() + static_cast<std::ptrdiff_t>(n) * kPixels;
    std::copy(first, first + kPixels, pixels_.begin() + std::ptrdiff_t{batch[n]} * kPixels);
    changed_[batch[n]] = true;
  }
  return more;
}

std::span<const float> Lab::picture(int index) const {
  return std::span(pixels_).subspan(static_cast<std::size_t>(index) * kPixels, kPixels);
}

bool Lab::take_changed(int index) { return std::exchange(changed_[index], false); }

std::string Lab::describe() const {
  if (short_of_memory_) return "There is not enough memory to draw; close other tabs and try again.";
  if (!model_) return "No model is loaded.";
  return std::to_string(state_.count) + " samples of seed " + std::to_string(state_.seed) + ". " +
         (state_.playing ? "Playing" : "t = " + number(state_.t, 2)) + " between A and B, " +
         (state_.slerp ? "slerp." : "lerp.");
}

}  // namespace lab
