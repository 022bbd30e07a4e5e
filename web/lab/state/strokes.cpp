#include "web/lab/state/strokes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace lab {
namespace {

constexpr int kDigit = 28, kBox = 20, kMiddle = 14;
constexpr float kLine = 2.75f;   // MNIST's usual line, in pixels of its 28
constexpr float kDotWidth = 24;  // of 256 across the pad: what has no size of its own

struct Point {
  float x, y;
};

/// Distance from p to the line from a to b.
float distance(Point p, Point a, Point b) {
  const float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const float along = (p.x - a.x) * dx + (p.y - a.y) * dy;
  const float t = length > 0 ? std::clamp(along / length, 0.f, 1.f) : 0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// A line with round caps; all lengths in pixels. Overlapping lines do not add up: the darker one counts.
void draw_line(std::vector<float>& raster, int side, Point a, Point b, float radius) {
  const auto first = [&](float p, float q) {
    return std::clamp(static_cast<int>(std::floor(std::min(p, q) - radius - 1)), 0, side);
  };
  const auto end = [&](float p, float q) {
    return std::clamp(static_cast<int>(std::ceil(std::max(p, q) + radius + 1)), 0, side);
  };
  for (int y = first(a.y, b.y); y < end(a.y, b.y); ++y) {
    for (int x = first(a.x, b.x); x < end(a.x, b.x); ++x) {
      const Point middle{static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f};
      const float ink = std::clamp(radius + 0.5f - distance(middle, a, b), 0.f, 1.f);
      float& pixel = raster[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + x];
      pixel = std::max(pixel, ink);
    }
  }
}

/// Pixels with ink, from (x0, y0) up to but without (x1, y1).
struct Bounds {
  int x0, y0, x1 = 0, y1 = 0;
};

Bounds bounds_of(std::span<const float> raster, int side) {
  Bounds box{side, side};
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      if (!(raster[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + x] > 0)) continue;
      box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
    }
  }
  return box;
}

/// Average of the raster over a square with its corner at (x, y); there is no ink outside.
float average(std::span<const float> raster, int side, float x, float y, float size) {
  const auto first = [&](float p) { return std::clamp(static_cast<int>(std::floor(p)), 0, side); };
  const auto end = [&](float p) { return std::clamp(static_cast<int>(std::ceil(p + size)), 0, side); };
  const auto covered = [&](float p, int pixel) {  // length of this pixel within p .. p + size
    const float low = static_cast<float>(pixel);
    return std::max(0.f, std::min(low + 1, p + size) - std::max(low, p));
  };
  float sum = 0;
  for (int row = first(y); row < end(y); ++row) {
    for (int column = first(x); column < end(x); ++column) {
      sum += covered(y, row) * covered(x, column) *
             raster[static_cast<std::size_t>(row) * static_cast<std::size_t>(side) + column];
    }
  }
  return std::min(1.f, sum / (size * size));
}

// Bytes of a link: a stroke begins with kStart x y; then each point is kFar x y or, usually, one byte that
// holds both steps, -7..7, as (8 + dx) << 4 | (8 + dy). That byte is never 0 or 1.
constexpr std::uint8_t kStart = 0, kFar = 1;
constexpr int kStep = 7;
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648, section 5, without padding.
std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) text += kBase64[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kBase64[bits << (6 - count) & 63];
  return text;
}

bool from_base64(std::string_view text, std::vector<std::uint8_t>& bytes) {
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return count < 6 && (bits & ((1u << count) - 1)) == 0;
}

}  // namespace

void add_point(Stroke& stroke, float x, float y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return;
  x = std::clamp(x, 0.f, 1.f) * 255;
  y = std::clamp(y, 0.f, 1.f) * 255;
  const std::size_t n = stroke.xy.size();
  if (n >= 2 && std::hypot(x - stroke.xy[n - 2], y - stroke.xy[n - 1]) < 2) return;
  stroke.xy.push_back(static_cast<std::uint8_t>(x + 0.5f));
  stroke.xy.push_back(static_cast<std::uint8_t>(y + 0.5f));
}

float pen_width(std::span<const Stroke> strokes) {
  int low[2] = {255, 255}, high[2] = {0, 0};
  for (const Stroke& stroke : strokes) {
    for (std::size_t i = 0; i < stroke.xy.size(); ++i) {
      low[i % 2] = std::min<int>(low[i % 2], stroke.xy[i]);
      high[i % 2] = std::max<int>(high[i % 2], stroke.xy[i]);
    }
  }
  const float size = static_cast<float>(std::max(high[0] - low[0], high[1] - low[1])) * 256 / 255;
  // The box is as large as the strokes and half a line on each side: width / (size + width) = kLine / kBox.
  return size < kDotWidth ? kDotWidth : size * kLine / (kBox - kLine);
}

std::vector<float> rasterize(std::span<const Stroke> strokes, int side, float width) {
  if (side <= 0) return {};
  std::vector<float> raster(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  const float scale = static_cast<float>(side) / 255, radius = width / 512 * static_cast<float>(side);
  for (const Stroke& stroke : strokes) {
    const auto point = [&](std::size_t i) {
      return Point{scale * stroke.xy[2 * i], scale * stroke.xy[2 * i + 1]};
    };
    const std::size_t points = stroke.xy.size() / 2;
    if (points == 1) draw_line(raster, side, point(0), point(0), radius);
    for (std::size_t i = 1; i < points; ++i) draw_line(raster, side, point(i - 1), point(i), radius);
  }
  return raster;
}

std::vector<float> mnist_digit(std::span<const float> raster, int side) {
  std::vector<float> digit(kDigit * kDigit);
  const Bounds box = bounds_of(raster, side);
  if (box.x1 == 0) return digit;

  // The box's longer side becomes kBox pixels.
  const int width = box.x1 - box.x0, height = box.y1 - box.y0, size = std::max(width, height);
  const int columns = (width * kBox + size - 1) / size, rows = (height * kBox + size - 1) / size;
  const float pixel = static_cast<float>(size) / kBox;
  float ink[kBox][kBox], mass = 0, x_mass = 0, y_mass = 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      ink[y][x] = average(raster, side, static_cast<float>(box.x0) + static_cast<float>(x) * pixel,
                          static_cast<float>(box.y0) + static_cast<float>(y) * pixel, pixel);
      mass += ink[y][x];
      x_mass += ink[y][x] * static_cast<float>(x);
      y_mass += ink[y][x] * static_cast<float>(y);
    }
  }
  if (!(mass > 0)) return digit;
  const auto shift = [&](float moment, int length) {
    return std::clamp(static_cast<int>(std::lround(kMiddle - moment / mass)), 0, kDigit - length);
  };
  const int dx = shift(x_mass, columns), dy = shift(y_mass, rows);
  for (int y = 0; y < rows; ++y) std::copy_n(ink[y], columns, digit.begin() + (y + dy) * kDigit + dx);
  return digit;
}

std::string encode_strokes(std::span<const Stroke> strokes) {
  std::vector<std::uint8_t> bytes;
  std::size_t count = 0, points = 0;
  for (const Stroke& stroke : strokes) {
    if (stroke.xy.size() < 2) continue;
    if (++count > kMaxStrokes) break;
    for (std::size_t i = 0; i + 1 < stroke.xy.size() && points < kMaxPoints; i += 2, ++points) {
      const std::uint8_t x = stroke.xy[i], y = stroke.xy[i + 1];
      const int dx = i > 0 ? x - stroke.xy[i - 2] : 0, dy = i > 0 ? y - stroke.xy[i - 1] : 0;
      if (i > 0 && std::abs(dx) <= kStep && std::abs(dy) <= kStep) {
        bytes.push_back(static_cast<std::uint8_t>((8 + dx) << 4 | (8 + dy)));
      } else {
        bytes.insert(bytes.end(), {i > 0 ? kFar : kStart, x, y});
      }
    }
  }
  return to_base64(bytes);
}

bool decode_strokes(std::string_view text, std::vector<Stroke>& strokes) {
  if (text.size() > kMaxPoints * 4) return false;  // at most 3 bytes a point
  std::vector<std::uint8_t> bytes;
  if (!from_base64(text, bytes)) return false;
  std::vector<Stroke> decoded;
  std::size_t points = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t byte = bytes[i];
    int x = 0, y = 0;
    if (byte == kStart || byte == kFar) {
      if (bytes.size() - i < 3) return false;
      if (byte == kStart) decoded.emplace_back();
      x = bytes[++i];
      y = bytes[++i];
    } else {
      const int dx = (byte >> 4) - 8, dy = (byte & 15) - 8;
      if (decoded.empty() || dx == -8 || dy == -8) return false;
      x = decoded.back().xy.end()[-2] + dx;
      y = decoded.back().xy.end()[-1] + dy;
    }
    if (decoded.empty() || x < 0 || x > 255 || y < 0 || y > 255) return false;
    if (decoded.size() > kMaxStrokes || ++points > kMaxPoints) return false;
    decoded.back().xy.insert(decoded.back().xy.end(),
                             {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y)});
  }
  strokes = std::move(decoded);
  return true;
}

}  // namespace lab
