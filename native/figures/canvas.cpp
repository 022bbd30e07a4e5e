#include "native/figures/canvas.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "native/support/failure.hpp"

namespace vae {
namespace {

constexpr double kGlyphWidth = 4, kGlyphHeight = 6, kAdvance = 6;  // units of the table below
constexpr double kThickness = 0.125;                               // of text, for a height of 1

/// Strokes on a grid. A pair of digits is x (0 to 4, to the right) and y (0 the top of capitals, 2 that of
/// small letters, 6 the baseline, 8 below it); a space ends a stroke.
struct Glyph {
  char character;
  std::string_view strokes;
};

constexpr std::string_view kBox = "0040460600";
constexpr Glyph kGlyphs[] = {
    {' ', ""},
    {'-', "0343"},
    {'.', "2626"},
    {'0', "103041453616050110"},
    {'1', "112026 1636"},
    {'2', "01103041420646"},
    {'3', "01103041423313 334445361605"},
    {'4', "36300444"},
    {'5', "400003334445361605"},
    {'6', "413010010516364544331304"},
    {'7', "004016"},
    {'8', "103041423344453616050413020110 1333"},
    {'9', "051636454130100102133342"},
    {'C', "4130100105163645"},
    {'K', "0006 4004 1346"},
    {'L', "000646"},
    {'P', "06003041423303"},
    {'e', "044443321203051646"},
    {'i', "2226 2020"},
    {'l', "2026"},
    {'n', "0206 0312324346"},
    {'p', "0208 0312324345361605"},
    {'r', "0206 03123243"},
    {'s', "43321203143445361605"},
    {'t', "20253646 0242"},
    {'u', "0205163645 4246"},
    {'z', "02420646"},
};

std::string_view strokes_of(char character) {
  for (const Glyph& glyph : kGlyphs) {
    if (glyph.character == character) return glyph.strokes;
  }
  return kBox;
}

Point grid_point(std::string_view strokes, std::size_t i) {
  return {double(strokes[i] - '0'), double(strokes[i + 1] - '0')};
}

std::uint8_t mix(std::uint8_t from, std::uint8_t to, double share) {
  return static_cast<std::uint8_t>(std::lround(from + share * (to - from)));
}

double distance_to_segment(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, squared = dx * dx + dy * dy;
  const double t = squared > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / squared, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

}  // namespace

Canvas::Canvas(int width, int height)
    : width_(width), height_(height), pixels_(std::size_t(width) * std::size_t(height), {255, 255, 255}) {}

void Canvas::set(int x, int y, Color color) {
  pixels_[std::size_t(y) * std::size_t(width_) + std::size_t(x)] = color;
}

template <class Coverage>
void Canvas::paint(Point top_left, Point bottom_right, Color color, Coverage coverage) {
  const int left = static_cast<int>(std::clamp(std::floor(top_left.x), 0.0, double(width_)));
  const int right = static_cast<int>(std::clamp(std::ceil(bottom_right.x), 0.0, double(width_)));
  const int top = static_cast<int>(std::clamp(std::floor(top_left.y), 0.0, double(height_)));
  const int bottom = static_cast<int>(std::clamp(std::ceil(bottom_right.y), 0.0, double(height_)));
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const double share = std::clamp(coverage({x + 0.5, y + 0.5}), 0.0, 1.0);
      Color& pixel = pixels_[std::size_t(y) * std::size_t(width_) + std::size_t(x)];
      pixel = {mix(pixel.red, color.red, share), mix(pixel.green, color.green, share),
               mix(pixel.blue, color.blue, share)};
    }
  }
}

void Canvas::line(Point a, Point b, double thickness, Color color) {
  const double reach = thickness / 2 + 0.5;  // half a pixel of slope makes the edge smooth
  paint({std::min(a.x, b.x) - reach, std::min(a.y, b.y) - reach},
        {std::max(a.x, b.x) + reach, std::max(a.y, b.y) + reach}, color,
        [&](Point p) { return reach - distance_to_segment(p, a, b); });
}

void Canvas::circle(Point center, double radius, double thickness, Color color) {
  const double reach = thickness / 2 + 0.5, outer = radius + reach;
  paint({center.x - outer, center.y - outer}, {center.x + outer, center.y + outer}, color,
        [&](Point p) { return reach - std::fabs(std::hypot(p.x - center.x, p.y - center.y) - radius); });
}

void Canvas::disc(Point center, double radius, Color color) { line(center, center, 2 * radius, color); }

void Canvas::text(std::string_view text, Point center, double height, Color color, Direction direction) {
  const double unit = height / kGlyphHeight;
  double start = -text_width(text, height) / 2;
  const auto place = [&](Point grid) -> Point {
    const double along = start + grid.x * unit, down = grid.y * unit - height / 2;
    return direction == Direction::kRight ? Point{center.x + along, center.y + down}
                                          : Point{center.x + down, center.y - along};
  };
  for (char character : text) {
    const std::string_view strokes = strokes_of(character);
    for (std::size_t i = 0; i + 3 < strokes.size();) {
      line(place(grid_point(strokes, i)), place(grid_point(strokes, i + 2)), kThickness * height, color);
      i += 2;
      if (i + 2 < strokes.size() && strokes[i + 2] == ' ') i += 3;
    }
    start += kAdvance * unit;
  }
}

double Canvas::text_width(std::string_view text, double height) {
  if (text.empty()) return 0;
  return (double(text.size()) * kAdvance - (kAdvance - kGlyphWidth)) * height / kGlyphHeight;
}

std::vector<std::byte> Canvas::png() const {
  const bool gray = std::all_of(pixels_.begin(), pixels_.end(),
                                [](Color c) { return c.red == c.green && c.green == c.blue; });
  std::vector<std::uint8_t> samples;
  samples.reserve(pixels_.size() * (gray ? 1 : 3));
  for (Color c : pixels_) {
    samples.push_back(c.red);
    if (!gray) samples.insert(samples.end(), {c.green, c.blue});
  }
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(width_);
  png.height = static_cast<png_uint_32>(height_);
  png.format = gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, samples.data(), 0, nullptr) == 0) {
    throw Failure(Exit::kIo, std::string("the PNG encoder failed: ") + png.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace vae
