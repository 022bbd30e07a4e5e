#include "native/figures/scatter.hpp"

#include <algorithm>
#include <cmath>

#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

constexpr int kSide = 880, kLeft = 84, kTop = 20, kRight = 84, kBottom = 76;  // window and margins, pixels
constexpr double kDot = 2.6, kTick = 7, kNumber = 14, kName = 18;             // radius, length, text heights
constexpr double kSmallestLimit = 3, kRoom = 1.05;  // of the window, and around the outermost point
constexpr int kMostTicks = 8;                       // on either side of 0
constexpr Color kAxis{64, 64, 64}, kGrid{232, 232, 232}, kPrior{32, 32, 32}, kOther{160, 160, 160};

/// Returns a label's color; those above 9 share one.
Color color_of(std::size_t label) { return label < kLabelColors.size() ? kLabelColors[label] : kOther; }

/// Maps [-limit, limit] on both axes to the window.
struct Window {
  double limit;
  Point at(double x, double y) const {
    return {kLeft + (x / limit + 1) / 2 * kSide, kTop + (1 - y / limit) / 2 * kSide};
  }
  double length(double z) const { return z / limit / 2 * kSide; }
};

void check(std::span<const float> points, std::span<const std::uint8_t> labels) {
  if (points.size() != 2 * labels.size()) {
    throw Failure(Exit::kBadData, "a scatter plot of " + std::to_string(labels.size()) + " labels has " +
                                      std::to_string(points.size()) + " coordinates");
  }
  if (!std::all_of(points.begin(), points.end(), [](float v) { return std::isfinite(v); })) {
    throw Failure(Exit::kBadData, "a point of a scatter plot is not finite");
  }
}

Window window_around(std::span<const float> points) {
  double limit = kSmallestLimit;
  for (float v : points) limit = std::max(limit, double(std::fabs(v)));
  return {limit * kRoom};
}

/// Returns the smallest of 1, 2, 5, 10, 20, ... that gives at most kMostTicks on either side.
double tick_step(double limit) {
  double power = 1;
  for (;; power *= 10) {
    for (double factor : {1, 2, 5}) {
      if (limit / (factor * power) <= kMostTicks) return factor * power;
    }
  }
}

void draw_axes(Canvas& canvas, const Window& window, const ScatterAxes& axes) {
  const double right = kLeft + kSide, bottom = kTop + kSide, step = tick_step(window.limit);
  const int ticks = static_cast<int>(window.limit / step);
  for (int i = -ticks; i <= ticks; ++i) {
    const Point p = window.at(i * step, i * step);
    canvas.line({p.x, kTop}, {p.x, bottom}, 1, kGrid);
    canvas.line({kLeft, p.y}, {right, p.y}, 1, kGrid);
    canvas.line({p.x, bottom}, {p.x, bottom + kTick}, 1, kAxis);
    canvas.line({kLeft - kTick, p.y}, {kLeft, p.y}, 1, kAxis);
    const std::string text = formatted("%.0f", i * step);
    canvas.text(text, {p.x, bottom + kTick + 16}, kNumber, kAxis);
    canvas.text(text, {kLeft - kTick - 8 - Canvas::text_width(text, kNumber) / 2, p.y}, kNumber, kAxis);
  }
  canvas.text(axes.x, {kLeft + kSide / 2.0, bottom + 54}, kName, kAxis);
  canvas.text(axes.y, {20, kTop + kSide / 2.0}, kName, kAxis, Direction::kUp);
}

void draw_frame(Canvas& canvas) {
  const double right = kLeft + kSide, bottom = kTop + kSide;
  const Point corners[] = {{kLeft, kTop}, {right, kTop}, {right, bottom}, {kLeft, bottom}, {kLeft, kTop}};
  for (int i = 0; i < 4; ++i) canvas.line(corners[i], corners[i + 1], 1, kAxis);
}

void draw_legend(Canvas& canvas) {
  for (std::size_t label = 0; label < kLabelColors.size(); ++label) {
    const double x = kLeft + kSide + 26, y = kTop + 16 + 30 * double(label);
    canvas.disc({x, y}, 7, kLabelColors[label]);
    canvas.text(std::to_string(label), {x + 24, y}, kNumber, kAxis);
  }
}

}  // namespace

std::vector<std::byte> scatter_png(std::span<const float> points, std::span<const std::uint8_t> labels,
                                   const ScatterAxes& axes) {
  check(points, labels);
  const Window window = window_around(points);
  Canvas canvas(kLeft + kSide + kRight, kTop + kSide + kBottom);
  draw_axes(canvas, window, axes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    canvas.disc(window.at(points[2 * i], points[2 * i + 1]), kDot, color_of(labels[i]));
  }
  for (int sigma = 1; axes.prior && sigma <= 2; ++sigma)
    canvas.circle(window.at(0, 0), window.length(sigma), 1.5, kPrior);
  draw_frame(canvas);
  draw_legend(canvas);
  return canvas.png();
}

}  // namespace vae
