// Everything a visitor chose, as one value: what a link carries, and what undo goes back to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "web/lab/state/strokes.hpp"

namespace lab {

inline constexpr int kMaxSamples = 100;   // in the sheet
inline constexpr int kMaxStops = 8;       // of a morph
inline constexpr int kMaxSliders = 64;    // a model may have more latents; the rest keep their values
inline constexpr float kLatentLimit = 3;  // sliders go from -3 to 3

/// What two models are given: the picture of the current digit, a real digit or a drawing; or the same z.
enum class Compared { kDigit, kTestDigit, kDrawing, kLatent };

struct LabState {
  std::string view =
      "generate";                // by its name in the table of views; one that is not there becomes the first
  std::string model = "resnet";  // the model in use, by its id
  std::string other = "tf-mlp";  // the one it is compared with
  std::vector<float> z;          // the current digit, (latent)

  // Generate
  std::uint32_t seed = 27;
  int count = 36;         // samples shown; the layout decides how many fit
  float temperature = 1;  // times the prior's spread, 0 to 2
  int digit = -1;         // samples of this class, or -1: of the prior

  // Morph
  std::vector<std::vector<float>> stops;  // the waypoints, 2 to kMaxStops of (latent); A, B, ...
  float t = 0.5f;                         // 0 is the first stop, 1 the last (the first again in a loop)
  bool slerp = true, loop = false, ease = false;
  int frames = 9;   // of the film strip, 5 to 21
  float speed = 1;  // times the usual
  bool playing = false, forward = true;

  // Bend
  bool by_use = true;  // the dimensions that tell most of a digit first; otherwise by their numbers

  // Map: what the plane's axes are (a dimension, or kPrincipalAxis + k), and where it is looked at
  int axis_x = 0, axis_y = 1;
  float map_x = 0, map_y = 0,
        map_zoom = 1;        // the center in latent units; 1: three standard deviations each way
  std::uint32_t hidden = 0;  // classes not shown, one bit each
  bool even_steps = false;   // of z; otherwise equal shares of the prior
  bool map_pictures = true, map_points = true, map_circles = true;

  // Draw
  std::vector<Stroke> strokes;
  int test_digit = -1;   // index of the real digit in place of ink, or -1
  bool sampled = false;  // z is drawn from q(z|x); otherwise z = mu
  std::uint32_t epsilon = 1;
  bool gray = false;             // models are shown gray pixels, whatever they were trained on
  std::uint32_t pixel_seed = 1;  // of black-or-white pixels; 1: those of native_eval

  // Time
  int snapshot = -1;  // -1: the last

  // Compare
  Compared compared = Compared::kDigit;

  // Look inside
  int layer = -1;  // whose activations are shown large, or -1
};

inline constexpr int kPrincipalAxis = 1000;

/// "view=map&model=aevb&z=...": what differs from a fresh lab. Latents are exact, base64url of
/// little-endian floats.
std::string to_link(const LabState& state);
/// Returns the fresh lab with what the link says. What mail and chats do to a link is undone: percent signs,
/// "&amp;", a full stop at the end, capitals. Unknown names, malformed and out-of-range values are skipped;
/// `skipped` gets them, as they stand in the link.
LabState from_link(std::string_view link, std::vector<std::string>* skipped = nullptr);

}  // namespace lab
