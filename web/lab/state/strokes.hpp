// Ink: strokes drawn on a square pad, and the 28 x 28 picture that MNIST would have made of them, so that a
// visitor's digit reaches the encoder as the digits it was trained on did. Strokes are small enough to travel
// in a link. Only std: no Dear ImGui, no host; whoever draws or tests may include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

inline constexpr std::size_t kMaxStrokes = 64, kMaxPoints = 4096;  // points of all strokes together

/// One line from pen down to pen up; a single point is a dot.
struct Stroke {
  std::vector<std::uint8_t> xy;  // x0 y0 x1 y1 ..., 0..255 across the pad, y downwards
};

/// Appends a point, (0..1, 0..1) across the pad; beyond its edge is at the edge. Points that repeat the last
/// one, or lie within two of 255 units of it, are left out: no eye misses them.
void add_point(Stroke& stroke, float x, float y);

/// The width to rasterize with, of 256 across the pad, so that mnist_digit() has lines as thick as MNIST's,
/// however small or large somebody draws.
float pen_width(std::span<const Stroke> strokes);

/// The pad as drawn: (side, side) pixels in [0, 1], row by row. Lines have round caps and joins, are `width`
/// wide, of 256 across the pad, and are antialiased.
std::vector<float> rasterize(std::span<const Stroke> strokes, int side, float width);

/// A (side, side) raster made (28, 28) as MNIST was: the ink's bounding box scaled to 20 pixels on its longer
/// side, keeping its proportions, each pixel the average of the area it covers; then moved by whole pixels
/// until the center of mass is within half a pixel of (14, 14), where pixel i lies at i, or as near as keeps
/// all ink inside. No ink gives all zeros. Source: yann.lecun.com/exdb/mnist, and the test set's own centers.
std::vector<float> mnist_digit(std::span<const float> raster, int side);

/// Strokes as base64url text for a link, mostly 4/3 characters a point. Strokes without points, and whatever
/// exceeds kMaxStrokes or kMaxPoints, are left out.
std::string encode_strokes(std::span<const Stroke> strokes);

/// What encode_strokes() wrote. False for any other text, and for more than the limits; `strokes` is
/// then untouched.
bool decode_strokes(std::string_view text, std::vector<Stroke>& strokes);

}  // namespace lab
