// The lab without its looks: the models that are loaded, what a visitor chose (LabState, a value), and the
// pictures of it. Why apart: commands come from three sides (ImGui, the page's own controls, tests), and
// pictures are decoded in one place, once per frame. No ImGui, window, GL or Emscripten in here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/file/digits_file.hpp"
#include "shared/model/image_losses.hpp"
#include "shared/model/latent_statistics.hpp"
#include "shared/model/model.hpp"
#include "shared/model/snapshots.hpp"
#include "web/lab/state/gallery.hpp"
#include "web/lab/state/models.hpp"
#include "web/lab/state/numbers.hpp"
#include "web/lab/state/state.hpp"

namespace lab {

/// The file with real test digits.
inline constexpr std::string_view kDigitsFile = "digits.bin";
/// The id of a visitor's own weights.
inline constexpr std::string_view kOwnModel = "own";
/// Seconds of a clock that never goes back.
using Clock = double (*)();

/// A model in memory, with what its file says of its latent space.
struct LoadedModel {
  std::string id;
  int decoder;  // its number in the gallery
  vae::Model model;
  std::optional<vae::Anchors> anchors;
  std::optional<vae::PrincipalAxes> axes;
  vae::Pixels pixels;        // what it was trained on
  std::vector<float> kl;     // per dimension in nats, (latent); empty when the file does not say
  std::int64_t decode_cost;  // multiply-adds of one digit
  std::size_t bytes;         // of its file
  float test_loss(const char* key) const;  // "test_neg_elbo", ...; NaN when the file does not say
};

/// A file that the lab needs and the host fetches.
struct Wanted {
  std::string file;
  enum Status { kWanted, kLoading, kLoaded, kFailed } status = kWanted;
  float progress = 0;   // 0 to 1, while it loads
  std::string message;  // why it failed
};

/// Is there a model of this id: a known one, or a visitor's own?
bool is_model(std::string_view id);

class Lab {
 public:
  /// Adds a model under an id, and changes to it when it is the one chosen, a visitor's own or the first. On
  /// failure everything stays as it was. kShape: not a model of 1x28x28 images.
  std::optional<vae::Error> load(std::string_view id, std::span<const std::byte> file);
  /// A file that was wanted, by its name: a known model, snapshots or the real digits.
  std::optional<vae::Error> give(std::string_view file, std::vector<std::byte> bytes);
  /// Asks the host for a file; the same file is asked for once, or again after it failed.
  void want(std::string_view file);
  std::vector<Wanted>& wanted() { return wanted_; }
  /// Returns the file in the list of what was wanted, or null.
  Wanted* find_wanted(std::string_view file);
  const Wanted* find_wanted(std::string_view file) const;

  bool loaded() const { return current_ != nullptr; }
  LoadedModel* current() { return current_; }
  const LoadedModel* current() const { return current_; }
  /// A loaded model, or null; then it is asked for, if it is a known one.
  LoadedModel* model(std::string_view id);
  /// Changes to a model now, or as soon as it is there. What is on the screen is encoded anew by it.
  void use_model(std::string_view id);
  int latent() const { return current_ != nullptr ? current_->model.latent() : 0; }
  /// Real test digits, or null; then they are asked for.
  const vae::Digits* digits();
  /// The snapshots along the training of this model, or null; then they are asked for, if there are any.
  vae::Snapshots* snapshots(std::string_view id);

  LabState& state() { return state_; }
  const LabState& state() const { return state_; }
  /// Takes the state of a link. Latents that do not fit its model are replaced when that is there.
  void open(LabState state);

  // What a visitor makes can be undone: the current digit, the stops, the drawing. Steps with one `tag` (a
  // slider that is dragged) count as one.
  /// Call it before the drawing changes; the rest of this class calls it itself.
  void remember(int tag = 0);
  void set_z(std::vector<float> z, int tag = 0);
  void set_latent(int index, float value);
  void surprise();  // a random digit
  /// A random latent, another one each time: of this class where the model knows it, otherwise of the prior.
  std::vector<float> random_latent(int label = -1);
  /// Returns how this model is shown pictures: as it was trained, or gray as the state says.
  vae::Pixels pixels_for(const LoadedModel& model) const {
    return state_.gray ? vae::Pixels::kGray : model.pixels;
  }
  /// Returns a picture, (28 * 28), with such pixels; `index`: of a test digit in the test set, otherwise 0.
  std::vector<float> shown_to(const LoadedModel& model, std::span<const float> picture, int index = 0) const {
    return vae::as_pixels(pixels_for(model), picture, state_.pixel_seed, index);
  }
  /// Where the current model's encoder puts an image, (28 * 28) in [0, 1]: mu, (latent). Nothing
  /// without memory.
  std::optional<std::vector<float>> encode_mu(std::span<const float> image);
  bool can_undo() const { return !undo_.empty(); }
  bool can_redo() const { return !redo_.empty(); }
  void undo();
  void redo();
  void end_tag() { tag_ = 0; }  // a drag has ended
  void take_back();             // undoes a drag that the browser took away; it cannot be redone

  // Samples
  void new_samples() { ++state_.seed; }
  std::vector<float> sample(int index) const;  // (latent)

  // Morph
  void set_stop(int index, std::vector<float> z);
  void add_stop(std::vector<float> z);  // at the end, up to kMaxStops
  void remove_stop(int index);          // down to 2
  float last_t() const;                 // t at the end of the way
  void set_t(float t);
  std::vector<float> between(float t, bool slerp) const;
  std::vector<float> between(float t) const { return between(t, state_.slerp); }
  void advance(double seconds);  // plays, if it plays

  // Pictures: slots of the gallery, for the frame that is being drawn
  Gallery& gallery() { return gallery_; }
  const Gallery& gallery() const { return gallery_; }
  int picture(std::span<const float> z) { return picture(current_, z); }
  int picture(const LoadedModel* model, std::span<const float> z);
  int picture_of_snapshot(int index, std::span<const float> z);
  /// Decodes what was asked for, for so long by the clock; true when something is left for the next frame.
  bool refresh(Clock now, double seconds = 0.03);

  /// The class that z looks like, or two when it lies between them; empty when the model does not know.
  std::vector<int> looks_like(std::span<const float> z) const;
  bool short_of_memory() const { return short_of_memory_; }

 private:
  /// What undo brings back.
  struct Made {
    std::vector<float> z;
    std::vector<std::vector<float>> stops;
    std::vector<Stroke> strokes;
    int test_digit;
  };
  Made made() const { return {state_.z, state_.stops, state_.strokes, state_.test_digit}; }
  void step(std::vector<Made>& from, std::vector<Made>& to);
  void change_to(LoadedModel& to);
  std::vector<float> translated(const std::vector<float>& z, LoadedModel* from, LoadedModel& to,
                                int sample) const;
  vae::Result<std::vector<float>> decode(int decoder, std::span<const float> latents);
  std::int64_t cost(int decoder) const;

  LabState state_;
  std::vector<std::unique_ptr<LoadedModel>> models_;
  LoadedModel* current_ = nullptr;
  int next_decoder_ = 0;
  std::optional<vae::Digits> digits_;
  std::optional<vae::Snapshots> snapshots_;
  std::string snapshots_of_;
  int first_snapshot_ = 0;  // the gallery's number of snapshot 0
  std::int64_t snapshot_cost_ = 1;
  std::vector<Wanted> wanted_;
  std::optional<LabState> own_link_;  // what a link to a visitor's own weights shows, until they are there
  std::vector<Made> undo_, redo_;
  int tag_ = 0;
  std::uint32_t surprises_ = 0;
  Gallery gallery_;
  bool short_of_memory_ = false;  // the last refresh() could not draw
};

}  // namespace lab
