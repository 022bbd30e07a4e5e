// Every small picture on the screen, by what it shows: a latent decoded by a model, or given pixels. Views
// ask for pictures while they draw; what is new is decoded afterwards, as much as fits into a frame, and kept
// in one atlas until room is needed. So a view holds no pictures of its own, a picture shown twice is decoded
// once, and what nobody looks at any more is never decoded. No ImGui in here; lab.hpp decodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lab {

inline constexpr int kSide = 28, kPixels = kSide * kSide;
/// The atlas: (kAtlasHeight, kAtlasWidth), ink from 0 to 255, to which the theme gives its color.
inline constexpr int kAtlasColumns = 32, kAtlasRows = 32, kSlots = kAtlasColumns * kAtlasRows;
inline constexpr int kAtlasWidth = kAtlasColumns * kSide, kAtlasHeight = kAtlasRows * kSide;

/// 64-bit FNV-1a; `seed` is the value of what came before.
std::uint64_t hash_bytes(const void* bytes, std::size_t size, std::uint64_t seed = 14695981039346656037u);
std::uint64_t hash_text(std::string_view text);

class Gallery {
 public:
  /// A picture somebody waits for: `decoder` is to decode z into `slot`.
  struct Request {
    int slot;
    int decoder;
    std::vector<float> z;
  };

  /// Slot of the picture that `decoder` (a number that the lab gives out) makes of z. Requested when it is
  /// not there yet, in the order of the calls: the most important picture should be asked for first. -1 when
  /// all slots are on the screen already.
  int decoded(int decoder, std::span<const float> z);
  /// Slot of a given picture, (28 * 28) in [0, 1].
  int given(std::span<const float> pixels);
  /// Slot of a picture by a key of the caller's own, who fills it when it is not ready(). -1 as above.
  int keyed(std::uint64_t key) { return find_or_take(key); }

  bool ready(int slot) const { return slot >= 0 && slots_[static_cast<std::size_t>(slot)].ready; }
  std::uint64_t key(int slot) const { return slot < 0 ? 0 : slots_[static_cast<std::size_t>(slot)].key; }
  /// (28 * 28) in [0, 1]; zeros until it is ready.
  std::span<const float> pixels(int slot) const;

  /// Forgets the requests of the frame before; call it before drawing.
  void begin_frame();
  const std::vector<Request>& requests() const { return requests_; }
  void fill(int slot, std::span<const float> pixels);

  const unsigned char* atlas() const { return atlas_.get(); }
  /// Whether the pictures of this row changed since the last call.
  bool take_dirty(int row);

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::int64_t used = -1;   // the frame that last showed it
    std::int64_t asked = -1;  // the frame that last asked for it to be decoded
    bool ready = false;
  };
  int find_or_take(std::uint64_t key);
  void paint(int slot, std::span<const float> pixels);

  std::int64_t frame_ = 0;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
  std::unordered_map<std::uint64_t, int> by_key_;
  // No vectors: built for size, those would call a function for every number.
  std::unique_ptr<float[]> pixels_ = std::make_unique<float[]>(kSlots * kPixels);
  std::unique_ptr<unsigned char[]> atlas_ = std::make_unique<unsigned char[]>(kSlots * kPixels);
  std::vector<Request> requests_;
  bool dirty_[kAtlasRows] = {};
};

}  // namespace lab
