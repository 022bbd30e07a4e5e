// What a visitor does in the lab, and its pictures; see lab.hpp. Models and files: lab_files.cpp.
#include "web/lab/state/lab.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/math/latent.hpp"

namespace lab {
namespace {

constexpr std::uint64_t kSurpriseSeed = std::uint64_t{0x5u} << 32;  // beyond every seed that can be typed
constexpr std::int64_t kAtOnce = 8'000'000;  // multiply-adds between two looks at the clock: about 1 ms
constexpr float kSecondsAcross = 2.4f;       // from one stop to the next
constexpr std::size_t kMostUndo = 200;

float smoothstep(float t) { return t * t * (3 - 2 * t); }

}  // namespace

// ---- What can be undone

void Lab::remember(int tag) {
  if (tag == 0 || tag != tag_) {
    undo_.push_back(made());
    if (undo_.size() > kMostUndo) undo_.erase(undo_.begin());
    redo_.clear();
  }
  tag_ = tag;
}

/// Goes to the last of `from`, and keeps in `to` what was there.
void Lab::step(std::vector<Made>& from, std::vector<Made>& to) {
  tag_ = 0;
  if (from.empty()) return;
  to.push_back(made());
  Made& last = from.back();
  state_.z = std::move(last.z);
  state_.stops = std::move(last.stops);
  state_.strokes = std::move(last.strokes);
  state_.test_digit = last.test_digit;
  from.pop_back();
  set_t(state_.t);  // there may be fewer stops
}

void Lab::undo() { step(undo_, redo_); }
void Lab::redo() { step(redo_, undo_); }

void Lab::take_back() {
  undo();
  if (!redo_.empty()) redo_.pop_back();
}

// ---- The current digit

void Lab::set_z(std::vector<float> z, int tag) {
  if (!loaded() || z.size() != static_cast<std::size_t>(latent()) || z == state_.z) return;
  remember(tag);
  state_.z = std::move(z);
}

void Lab::set_latent(int index, float value) {
  if (index < 0 || index >= latent() || !std::isfinite(value)) return;
  std::vector<float> z = state_.z;
  z[static_cast<std::size_t>(index)] = value;
  set_z(std::move(z), index + 1);
}

void Lab::surprise() {
  if (loaded()) set_z(random_latent());
}

std::vector<float> Lab::random_latent(int label) {
  return vae::sample_sheet(current_->model, current_->anchors, label, kSurpriseSeed + state_.seed,
                           surprises_++);
}

std::optional<std::vector<float>> Lab::encode_mu(std::span<const float> image) {
  auto posterior = current_->model.encode(image);
  return posterior ? std::optional(std::move(posterior->mu)) : std::nullopt;
}

// ---- Samples

std::vector<float> Lab::sample(int index) const {
  if (!loaded()) return {};
  return vae::sample_sheet(current_->model, current_->anchors, state_.digit, state_.seed,
                           static_cast<std::uint64_t>(index), state_.temperature);
}

// ---- Morph

void Lab::set_stop(int index, std::vector<float> z) {
  if (index < 0 || index >= static_cast<int>(state_.stops.size())) return;
  std::vector<float>& stop = state_.stops[static_cast<std::size_t>(index)];
  if (z.size() != static_cast<std::size_t>(latent()) || z == stop) return;
  remember();
  stop = std::move(z);
}

void Lab::add_stop(std::vector<float> z) {
  if (state_.stops.size() >= kMaxStops || z.size() != static_cast<std::size_t>(latent())) return;
  remember();
  state_.stops.push_back(std::move(z));
}

void Lab::remove_stop(int index) {
  if (index < 0 || index >= static_cast<int>(state_.stops.size()) || state_.stops.size() <= 2) return;
  remember();
  state_.stops.erase(state_.stops.begin() + index);
  set_t(state_.t);
}

float Lab::last_t() const { return static_cast<float>(state_.stops.size()) - (state_.loop ? 0.0f : 1.0f); }

void Lab::set_t(float t) {
  if (std::isfinite(t)) state_.t = std::clamp(t, 0.0f, std::max(last_t(), 0.0f));
}

std::vector<float> Lab::between(float t, bool slerp) const {
  const std::size_t count = state_.stops.size();
  if (count < 2) return state_.z;
  const float whole = std::floor(std::clamp(t, 0.0f, last_t() - 1e-6f));
  const auto from = static_cast<std::size_t>(whole);
  const std::vector<float>&a = state_.stops[from % count], &b = state_.stops[(from + 1) % count];
  const float part = state_.ease ? smoothstep(t - whole) : t - whole;
  return slerp ? vae::slerp(a, b, part) : vae::lerp(a, b, part);
}

void Lab::advance(double seconds) {
  if (!state_.playing || !loaded()) return;
  const float step = static_cast<float>(std::clamp(seconds, 0.0, 0.1)) * state_.speed / kSecondsAcross;
  const float end = last_t();
  float t = state_.t + (state_.forward ? step : -step);
  if (state_.loop) {
    t = std::fmod(t + end, end);
  } else if (t >= end) {
    state_.forward = false, t = 2 * end - t;
  } else if (t <= 0) {
    state_.forward = true, t = -t;
  }
  set_t(t);
}

// ---- Pictures

int Lab::picture(const LoadedModel* model, std::span<const float> z) {
  return model == nullptr ? -1 : gallery_.decoded(model->decoder, z);
}

int Lab::picture_of_snapshot(int index, std::span<const float> z) {
  return snapshots_ ? gallery_.decoded(first_snapshot_ + index, z) : -1;
}

std::int64_t Lab::cost(int decoder) const {
  for (const auto& model : models_) {
    if (model->decoder == decoder) return model->decode_cost;
  }
  return snapshot_cost_;
}

vae::Result<std::vector<float>> Lab::decode(int decoder, std::span<const float> latents) {
  for (const auto& model : models_) {
    if (model->decoder == decoder) return model->model.decode(latents);
  }
  return snapshots_->decode(decoder - first_snapshot_, latents);
}

bool Lab::refresh(Clock now, double seconds) {
  const std::vector<Gallery::Request>& requests = gallery_.requests();
  const double start = now();
  std::size_t done = 0;
  while (done < requests.size() && (done == 0 || now() - start < seconds)) {
    const int decoder = requests[done].decoder;
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(kAtOnce / cost(decoder), 1));
    std::vector<float> latents;
    std::size_t end = done;
    for (; end < requests.size() && requests[end].decoder == decoder && end - done < most; ++end) {
      latents.insert(latents.end(), requests[end].z.begin(), requests[end].z.end());
    }
    const auto images = decode(decoder, latents);
    short_of_memory_ = !images;
    if (!images) return false;  // the old pictures stay, and the next frame tries again
    for (std::size_t i = done; i < end; ++i) {
      gallery_.fill(requests[i].slot, std::span(*images).subspan((i - done) * kPixels, kPixels));
    }
    done = end;
  }
  return done < requests.size();
}

std::vector<int> Lab::looks_like(std::span<const float> z) const {
  return loaded() && current_->anchors ? vae::likely_labels(*current_->anchors, z) : std::vector<int>();
}

}  // namespace lab
