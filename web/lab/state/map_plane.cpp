// The map's geometry; see map_plane.hpp.
#include "web/lab/state/map_plane.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "shared/base/rng.hpp"
#include "web/lab/state/state.hpp"

namespace lab {
namespace {

float dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<float> axis_vector(int axis, std::size_t latent, const vae::PrincipalAxes* axes) {
  if (axis >= kPrincipalAxis && axes != nullptr) {
    const auto from = axes->axes.begin() + static_cast<std::ptrdiff_t>(latent) * (axis - kPrincipalAxis);
    return {from, from + static_cast<std::ptrdiff_t>(latent)};
  }
  std::vector<float> unit(latent);
  unit[std::min(static_cast<std::size_t>(axis), latent - 1)] = 1;
  return unit;
}

}  // namespace

// ---- The plane

std::vector<float> Plane::at(Spot p) const {
  std::vector<float> z = origin;
  for (std::size_t i = 0; i < z.size(); ++i) z[i] += p.x * across[i] + p.y * up[i];
  return z;
}

Spot Plane::coordinates(std::span<const float> z) const {
  return {dot(z, x_axis) - middle.x, dot(z, y_axis) - middle.y};
}

bool Plane::contains(std::span<const float> z) const {
  if (z.size() != origin.size()) return false;
  const std::vector<float> near = at(coordinates(z));
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (std::fabs(near[i] - z[i]) > 1e-4f * (1 + std::fabs(z[i]))) return false;
  }
  return true;
}

Plane plane_through(std::span<const float> z, int axis_x, int axis_y, const vae::PrincipalAxes* axes) {
  Plane plane;
  plane.x_axis = axis_vector(axis_x, z.size(), axes);
  plane.y_axis = axis_vector(axis_y, z.size(), axes);
  if (axes != nullptr && axis_x >= kPrincipalAxis) plane.middle.x = dot(axes->mean, plane.x_axis);
  if (axes != nullptr && axis_y >= kPrincipalAxis) plane.middle.y = dot(axes->mean, plane.y_axis);
  // A step of x must not change y: the axes' dual basis, which for two dimensions is the axes themselves.
  const float slant = dot(plane.x_axis, plane.y_axis), rest = std::max(1 - slant * slant, 1e-6f);
  const std::vector<float>&a = plane.x_axis, &b = plane.y_axis;
  const Spot here = plane.coordinates(z);
  for (std::size_t i = 0; i < z.size(); ++i) {
    plane.across.push_back((a[i] - slant * b[i]) / rest);
    plane.up.push_back((b[i] - slant * a[i]) / rest);
    plane.origin.push_back(z[i] - here.x * plane.across[i] - here.y * plane.up[i]);
  }
  return plane;
}

Spot Ellipse::at(float angle, float k) const {
  const float c = k * std::cos(angle), s = k * std::sin(angle);
  return {center.x + xx * c, center.y + yx * c + yy * s};
}

Ellipse ellipse_on(const Plane& plane, std::span<const float> mu, std::span<const float> log_var) {
  float xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < mu.size(); ++i) {
    const float variance = std::exp(std::min(log_var[i], 20.0f)), x = plane.x_axis[i], y = plane.y_axis[i];
    xx += variance * x * x;
    xy += variance * x * y;
    yy += variance * y * y;
  }
  const float root = std::sqrt(std::max(xx, 1e-12f));
  return {plane.coordinates(mu), root, xy / root, std::sqrt(std::max(yy - xy * xy / (root * root), 0.0f))};
}

// ---- The window

float Scale::place(float coordinate) const {
  if (!shares) return coordinate / unit;
  return kMapHalf * std::erf(coordinate * 0.70710678f);  // 6 Phi(z) - 3
}

float Scale::coordinate(float place) const {
  if (!shares) return place * unit;
  const double p = (static_cast<double>(place) / kMapHalf + 1) / 2;
  return static_cast<float>(vae::inverse_normal_cdf(std::clamp(p, 3e-7, 1 - 3e-7)));
}

Spot Window::screen(Spot p) const {
  const float pixels = side / (2 * half());
  return {left + side / 2 + (scale.place(p.x) - x) * pixels,
          top + side / 2 - (scale.place(p.y) - y) * pixels};
}

Spot Window::coordinates(Spot at) const {
  const float places = 2 * half() / side;
  return {scale.coordinate(x + (at.x - left - side / 2) * places),
          scale.coordinate(y - (at.y - top - side / 2) * places)};
}

void Window::zoom_at(Spot at, float doublings) {
  const float dx = (at.x - left) / side - 0.5f, dy = 0.5f - (at.y - top) / side, before = 2 * half();
  zoom = std::clamp(zoom * std::exp2(doublings), kMapLeastZoom, kMapMostZoom);
  x += dx * (before - 2 * half());
  y += dy * (before - 2 * half());
  keep_in_bounds();
}

void Window::pan(float dx, float dy) {
  const float places = 2 * half() / side;
  x -= dx * places;
  y += dy * places;
  keep_in_bounds();
}

void Window::keep_in_bounds() {
  zoom = std::clamp(zoom, scale.shares ? 1.0f : kMapLeastZoom, kMapMostZoom);
  const float most = scale.shares ? kMapHalf - half() : kMapFarthest;
  x = std::clamp(x, -most, most);
  y = std::clamp(y, -most, most);
}

// ---- What it shows

std::vector<Cell> cells_in(const Window& window, int across) {
  const int level = static_cast<int>(std::floor(std::log2(window.zoom) + 1e-3f));
  const double step = 2.0 * kMapHalf / across * std::exp2(-level);
  // Even steps: one cell has its middle at 0. Equal shares: the cells begin at the edge.
  const double start = window.scale.shares ? -double{kMapHalf} : -step / 2;
  const auto index = [&](float place) {
    const double i = (static_cast<double>(place) - start) / step;
    const double nearest =
        std::round(i);  // an edge of the window on a cell's edge: rounding must not add a row
    return std::fabs(i - nearest) < 1e-3 ? std::pair(nearest, nearest - 1)
                                         : std::pair(std::floor(i), std::floor(i));
  };
  const float half = window.half();
  std::vector<Cell> cells;
  for (double j = index(window.y - half).first; j <= index(window.y + half).second; ++j) {
    for (double i = index(window.x - half).first; i <= index(window.x + half).second; ++i) {
      const double x = start + i * step, y = start + j * step;
      cells.push_back({static_cast<float>(x),
                       static_cast<float>(y),
                       static_cast<float>(step),
                       {window.scale.coordinate(static_cast<float>(x + step / 2)),
                        window.scale.coordinate(static_cast<float>(y + step / 2))}});
    }
  }
  const auto distance = [&](const Cell& cell) {
    return std::hypot(cell.x + cell.size / 2 - window.x, cell.y + cell.size / 2 - window.y);
  };
  std::sort(cells.begin(), cells.end(),
            [&](const Cell& a, const Cell& b) { return distance(a) < distance(b); });
  return cells;
}

Ticks ticks_between(float from, float to, const Scale& scale, int most) {
  const auto at = [&](float part) {
    return static_cast<double>(scale.coordinate(from + part * (to - from)));
  };
  const double low = at(0), high = at(1), rough = std::max(2 * (at(0.75f) - at(0.25f)) / most, 1e-6);
  double step = std::pow(10, std::floor(std::log10(rough) + 1e-9));
  for (const double factor : {2.0, 2.5, 2.0}) {  // 1, 2, 5, 10
    if (step < rough * 0.999) step *= factor;
  }
  Ticks ticks;
  ticks.decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  for (double i = std::ceil(low / step - 1e-6); i <= high / step + 1e-6; ++i) {
    ticks.values.push_back(static_cast<float>(i * step));
  }
  return ticks;
}

}  // namespace lab
