// The picture cache; see gallery.hpp.
#include "web/lab/state/gallery.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lab {

std::uint64_t hash_bytes(const void* bytes, std::size_t size, std::uint64_t seed) {
  const auto* p = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) seed = (seed ^ p[i]) * 1099511628211u;
  return seed;
}

std::uint64_t hash_text(std::string_view text) { return hash_bytes(text.data(), text.size()); }

void Gallery::begin_frame() {
  ++frame_;
  requests_.clear();
}

int Gallery::find_or_take(std::uint64_t key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    slots_[static_cast<std::size_t>(found->second)].used = frame_;
    return found->second;
  }
  const auto oldest = std::min_element(slots_.begin(), slots_.end(),
                                       [](const Slot& a, const Slot& b) { return a.used < b.used; });
  if (oldest->used == frame_) return -1;
  const auto slot = static_cast<int>(oldest - slots_.begin());
  if (oldest->used >= 0) by_key_.erase(oldest->key);
  *oldest = {key, frame_, -1, false};
  by_key_[key] = slot;
  paint(slot, std::vector<float>(kPixels));
  return slot;
}

int Gallery::decoded(int decoder, std::span<const float> z) {
  const std::uint64_t key = hash_bytes(z.data(), z.size_bytes(), hash_bytes(&decoder, sizeof decoder));
  const int slot = find_or_take(key);
  if (slot < 0 || ready(slot)) return slot;
  if (std::exchange(slots_[static_cast<std::size_t>(slot)].asked, frame_) != frame_) {
    requests_.push_back({slot, decoder, {z.begin(), z.end()}});
  }
  return slot;
}

int Gallery::given(std::span<const float> pixels) {
  const int slot = find_or_take(hash_bytes(pixels.data(), pixels.size_bytes()));
  if (slot >= 0 && !ready(slot)) fill(slot, pixels);
  return slot;
}

std::span<const float> Gallery::pixels(int slot) const {
  return {pixels_.get() + std::ptrdiff_t{slot} * kPixels, kPixels};
}

void Gallery::fill(int slot, std::span<const float> pixels) {
  slots_[static_cast<std::size_t>(slot)].ready = true;
  paint(slot, pixels);
}

void Gallery::paint(int slot, std::span<const float> pixels) {
  std::copy(pixels.begin(), pixels.end(), pixels_.get() + std::ptrdiff_t{slot} * kPixels);
  const int column = slot % kAtlasColumns, row = slot / kAtlasColumns;
  for (int y = 0; y < kSide; ++y) {
    unsigned char* const out = atlas_.get() + std::ptrdiff_t{row * kSide + y} * kAtlasWidth + column * kSide;
    for (int x = 0; x < kSide; ++x) {
      out[x] = static_cast<unsigned char>(pixels[static_cast<std::size_t>(y * kSide + x)] * 255 + 0.5f);
    }
  }
  dirty_[row] = true;
}

bool Gallery::take_dirty(int row) { return std::exchange(dirty_[row], false); }

}  // namespace lab
