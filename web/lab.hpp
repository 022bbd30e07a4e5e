// The lab without its looks: a loaded model, what a visitor chose (LabState, a value), and the pictures of
// it. Why apart: commands come from three sides (ImGui, the page's own buttons, tests), and pictures are
// decoded in one place, once per frame, only where a latent changed. No ImGui, window, GL or Emscripten in
// here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/model.hpp"

namespace lab {

inline constexpr int kSide = 28, kPixels = kSide * kSide;
inline constexpr int kFilmFrames = 9;     // of the film strip, t = 0, 1/8, ..., 1
inline constexpr int kMaxSamples = 64;    // in the grid
inline constexpr int kMaxSliders = 64;    // a model may have more latents; the rest keep their values
inline constexpr float kLatentLimit = 3;  // sliders go from -3 to 3

/// What a sample can be used as.
enum Slot { kA, kB, kBend, kSlots };

/// Everything a visitor chose. Latents are (latent) floats.
struct LabState {
  std::uint32_t seed = 27;
  int count = 36;                    // samples shown; the layout decides how many fit
  std::vector<float> slots[kSlots];  // latents of A, of B, and of the sliders
  int from[kSlots] = {-1, -1, -1};   // the sample of this seed that a slot was filled from, or -1
  Slot filling = kA;                 // the slot that the next click on a sample fills
  float t = 0.5f;                    // 0 is A, 1 is B
  bool slerp = true;
  bool playing = false, forward = true;
  std::uint32_t surprises = 0;  // digits drawn by "surprise me" so far
};

/// Which picture of the lab; kFirstSample + i is sample i, kFilm + i frame i of the film strip.
enum Picture {
  kPictureA = kA,
  kPictureB = kB,
  kPictureBend = kBend,
  kPictureMorph,
  kFilm,
  kFirstSample = 16,
  kPictures = kFirstSample + kMaxSamples
};
static_assert(kFilm + kFilmFrames <= kFirstSample);

class Lab {
 public:
  /// Replaces the model. On failure everything stays as it was. kShape: not a model of 1x28x28 images.
  std::optional<vae::Error> load(std::span<const std::byte> file);
  bool loaded() const { return model_.has_value(); }
  const vae::Model* model() const { return model_ ? &*model_ : nullptr; }
  int latent() const { return model_ ? model_->latent() : 0; }
  const LabState& state() const { return state_; }

  // Commands. Arguments outside their range are clamped or ignored.
  void set_seed(std::uint32_t seed);
  void new_samples() { set_seed(state_.seed + 1); }
  void set_count(int count);
  void fill_next(Slot slot) { state_.filling = slot; }
  void pick(int sample);  // into the slot being filled; A hands over to B and B to A
  void surprise(Slot slot);
  void bend_morph();  // the sliders take over the digit between A and B
  void set_t(float t);
  void set_slerp(bool slerp);
  void set_playing(bool playing) { state_.playing = playing; }
  void set_latent(int index, float value);
  void reset_bend();
  void advance(double seconds);  // plays, if it plays

  /// Latent of the digit between A and B.
  std::vector<float> between(float t) const;

  /// Decodes what is out of date, as much as fits into one frame; true when something is left for the next.
  bool refresh();

  /// (28 * 28) pixels in [0, 1].
  std::span<const float> picture(int index) const;
  /// Whether picture `index` changed since the last call.
  bool take_changed(int index);

  /// One sentence on what is to be seen, for people who cannot see it.
  std::string describe() const;

 private:
  void fill(Slot slot, std::vector<float> z, int from);
  void stale_morph() { stale_[kPictureMorph] = true; }
  void stale_film();
  std::vector<float> latent_of(int picture) const;

  std::optional<vae::Model> model_;
  LabState state_;
  int per_frame_ = kPictures;  // pictures that decode in about 10 ms
  std::vector<float> pixels_ = std::vector<float>(std::size_t{kPictures} * kPixels);
  bool stale_[kPictures] = {}, changed_[kPictures] = {};
  bool short_of_memory_ = false;  // the last refresh() could not draw
};

/// Text of a number with `decimals` decimals and a real minus sign.
std::string number(double value, int decimals);

}  // namespace lab
