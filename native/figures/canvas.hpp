// An anti-aliased RGB canvas with PNG output, for the sheets and the scatter plot. Lengths are in pixels, y
// points down, and the pixel in column x covers [x, x + 1). Letters are strokes defined here, so that no font
// needs to be found or shipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace vae {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend constexpr bool operator==(const Color&, const Color&) = default;
};

struct Point {
  double x = 0, y = 0;
};

enum class Direction { kRight, kUp };  // of text

class Canvas {
 public:
  Canvas(int width, int height);  // white; both at least 1

  /// Sets a pixel, which must be within the canvas; everything below is clipped.
  void set(int x, int y, Color color);
  void line(Point a, Point b, double thickness, Color color);  // round ends
  void circle(Point center, double radius, double thickness, Color color);
  void disc(Point center, double radius, Color color);

  /// Draws text with capitals `height` tall, centered at `center`. Available are the digits, space, - . C K L
  /// P z and the letters of "slerp" and "input"; any other character is drawn as a box.
  void text(std::string_view text, Point center, double height, Color color,
            Direction direction = Direction::kRight);
  static double text_width(std::string_view text, double height);

  /// Returns an 8-bit PNG, gray if every pixel is. Throws Failure kIo when the encoder fails.
  std::vector<std::byte> png() const;

 private:
  /// Blends `color` into the pixels of the box by coverage(center), clamped to [0, 1].
  template <class Coverage>
  void paint(Point top_left, Point bottom_right, Color color, Coverage coverage);

  int width_, height_;
  std::vector<Color> pixels_;  // (height, width)
};

}  // namespace vae
