// The geometry of the map: a plane through latent space, and the window through which it is looked at. Why
// apart: it is arithmetic, and tested without a picture. The plane has coordinates, latent units along its
// two axes. The window has places: at zoom 1 it shows places -3 to 3, in even steps of z or in equal shares
// of the prior. Screens are in device pixels, downwards. The map's sources include this.
#pragma once

#include <span>
#include <vector>

#include "shared/model/latent_statistics.hpp"

namespace lab {

struct Spot {
  float x = 0, y = 0;
};

/// The z with two coordinates free and the rest as in one z. Its axes need not be at right angles.
struct Plane {
  std::vector<float> x_axis, y_axis;  // (latent) each, unit vectors
  std::vector<float> across, up;      // (latent) each: what z gains by one unit of x, of y
  std::vector<float> origin;          // (latent): z at (0, 0)
  Spot middle;                        // where the coordinates are 0 along each axis

  std::vector<float> at(Spot coordinates) const;     // (latent)
  Spot coordinates(std::span<const float> z) const;  // of z's nearest point on the plane
  bool contains(std::span<const float> z) const;     // but for rounding
};
/// Through z, (latent). An axis is a dimension, or kPrincipalAxis + k: of `axes`, counted from their mean.
/// The two must differ. A dimension's coordinate is z's own, exactly.
Plane plane_through(std::span<const float> z, int axis_x, int axis_y, const vae::PrincipalAxes* axes);

/// N(mu, diag(exp(log_var))), (latent) each, as the plane has it: where its k-sigma ellipse is at an angle.
struct Ellipse {
  Spot center;
  float xx = 1, yx = 0, yy = 1;  // Cholesky factor of the covariance
  Spot at(float angle, float k) const;
};
Ellipse ellipse_on(const Plane& plane, std::span<const float> mu, std::span<const float> log_var);

/// How a coordinate becomes a place: divided by `unit`, one standard deviation; or 6 Phi(z) - 3, so that
/// equal distances hold equal shares of N(0, 1) (Kingma and Welling 2013, appendix A).
struct Scale {
  bool shares = false;
  float unit = 1;
  float place(float coordinate) const;
  float coordinate(float place) const;  // finite, within +-5 of equal shares
};

inline constexpr float kMapHalf = 3;  // places from the middle to the edge, at zoom 1
inline constexpr float kMapLeastZoom = 1.0f / 64, kMapMostZoom = 4096, kMapFarthest = 200;

/// A square part of the plane on the screen.
struct Window {
  float left = 0, top = 0, side = 1;  // on the screen
  float x = 0, y = 0, zoom = 1;       // the middle, in places
  Scale scale;

  float half() const { return kMapHalf / zoom; }
  Spot screen(Spot coordinates) const;
  Spot coordinates(Spot screen) const;
  /// Zooms by `doublings` and keeps what is at this point of the screen there.
  void zoom_at(Spot screen, float doublings);
  void pan(float dx, float dy);  // by this much of the screen
  void keep_in_bounds();         // shares end at the edges of zoom 1
};

/// One picture of the map.
struct Cell {
  float x = 0, y = 0, size = 0;  // its low corner and side, in places; y upwards
  Spot middle;                   // its coordinates, which it shows
};
/// What a window shows, the middle first: a lattice of `across` (odd) cells at zoom 1, that halves with every
/// doubling. Its middles depend on neither the window's place nor its size, so panning meets them again.
std::vector<Cell> cells_in(const Window& window, int across);

/// Round numbers along an axis between two places, rising; about `most` of them in even steps. Equal shares
/// have more towards their edges, where they lie ever closer.
struct Ticks {
  std::vector<float> values;  // coordinates
  int decimals = 0;
};
Ticks ticks_between(float from, float to, const Scale& scale, int most);

}  // namespace lab
