// The map's geometry: planes through latent space, scales, windows and the lattice of pictures.
#include "web/lab/state/map_plane.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "shared/base/rng.hpp"
#include "tests/catch.hpp"
#include "web/lab/state/state.hpp"

namespace lab {
namespace {

const std::vector<float> kZ = {0.3f, -1.25f, 0.7f, 2};

vae::PrincipalAxes two_axes() { return {{0.5f, 0, -0.5f, 1}, {0.6f, 0.8f, 0, 0, 0, 0, 0.8f, -0.6f}, {2, 1}}; }

float distance(const std::vector<float>& a, const std::vector<float>& b) {
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::fabs(a[i] - b[i]));
  return a.size() == b.size() ? most : 1e9f;
}

TEST_CASE("A plane of two dimensions changes these alone, exactly") {
  const Plane plane = plane_through(kZ, 2, 0, nullptr);
  CHECK(plane.at({1.1f, -0.1f}) == std::vector<float>{-0.1f, -1.25f, 1.1f, 2});
  CHECK(plane.at(plane.coordinates(kZ)) == kZ);
  CHECK(plane.contains(kZ));
  CHECK(plane.contains(plane.at({-7, 3})));
  CHECK_FALSE(plane.contains(std::vector<float>{0.3f, -1.2f, 0.7f, 2}));
  CHECK_FALSE(plane.contains(std::vector<float>{0.3f, -1.25f}));
}

TEST_CASE("Principal axes count from their mean, and mix with dimensions") {
  const vae::PrincipalAxes axes = two_axes();
  const Plane plane = plane_through(kZ, kPrincipalAxis, kPrincipalAxis + 1, &axes);
  const Spot here = plane.coordinates(kZ);
  CHECK(here.x == Approx(0.6 * (0.3 - 0.5) + 0.8 * -1.25));
  CHECK(here.y == Approx(0.8 * (0.7 + 0.5) - 0.6 * (2 - 1)));
  CHECK(distance(plane.at(here), kZ) < 1e-6f);

  const Plane slanted = plane_through(kZ, 0, kPrincipalAxis, &axes);  // e1 and PC1 are not at right angles
  for (const Spot p : {Spot{0, 0}, Spot{1, 0}, Spot{0, 1}, Spot{-2, 3}}) {
    const Spot again = slanted.coordinates(slanted.at(p));
    CHECK(again.x == Approx(p.x).margin(1e-5));
    CHECK(again.y == Approx(p.y).margin(1e-5));
  }
  CHECK(distance(slanted.at(slanted.coordinates(kZ)), kZ) < 1e-5f);
}

TEST_CASE("An ellipse has the posterior's own spread along every direction of the plane") {
  const vae::PrincipalAxes axes = two_axes();
  const std::vector<float> log_var = {0, std::log(4.0f), std::log(0.25f), 0};
  const Ellipse upright = ellipse_on(plane_through(kZ, 1, 2, nullptr), kZ, log_var);
  CHECK(upright.center.x == kZ[1]);
  CHECK(upright.center.y == kZ[2]);
  CHECK(upright.at(0, 1).x == Approx(kZ[1] + 2));
  CHECK(upright.at(1.57079633f, 2).y == Approx(kZ[2] + 1));
  const Ellipse slanted = ellipse_on(plane_through(kZ, 0, kPrincipalAxis, &axes), kZ, log_var);
  CHECK(slanted.xx * slanted.xx == Approx(1));                                          // var of z1
  CHECK(slanted.xx * slanted.yx == Approx(0.6));                                        // cov with PC1
  CHECK(slanted.yx * slanted.yx + slanted.yy * slanted.yy == Approx(0.36 + 0.64 * 4));  // var of PC1
}

TEST_CASE("Equal shares are the inverse normal CDF, and both scales invert themselves") {
  const Scale shares{true, 1}, even{false, 2.5f};
  for (const double p : {0.025, 0.3, 0.5, 0.975}) {
    CHECK(shares.coordinate(static_cast<float>(6 * p - 3)) ==
          Approx(vae::inverse_normal_cdf(p)).margin(1e-5));
  }
  for (const float value : {-2.0f, -0.1f, 0.0f, 1.5f}) {
    CHECK(shares.coordinate(shares.place(value)) == Approx(value).margin(1e-5));
    CHECK(even.coordinate(even.place(value)) == Approx(value).margin(1e-6));
  }
  CHECK(std::isfinite(shares.coordinate(3)));
  CHECK(std::isfinite(shares.coordinate(-3)));
}

TEST_CASE("A window finds what it shows, zooms about a point and keeps its bounds") {
  Window window{10, 20, 600, 0, 0, 1, {}};
  CHECK(window.screen({0, 0}).x == 310);
  CHECK(window.screen({3, -3}).y == 620);
  const Spot pointer{110, 500}, before = window.coordinates(pointer);
  window.zoom_at(pointer, 3.25f);
  CHECK(window.zoom == Approx(std::exp2(3.25)));
  CHECK(window.coordinates(pointer).x == Approx(before.x).margin(1e-4));
  CHECK(window.coordinates(pointer).y == Approx(before.y).margin(1e-4));
  window.pan(-30, 12);
  CHECK(window.coordinates({80, 512}).x == Approx(before.x).margin(1e-4));
  CHECK(window.coordinates({80, 512}).y == Approx(before.y).margin(1e-4));

  Window whole{0, 0, 600, 0, 0, 1, {true, 1}};
  whole.pan(100, -50);
  CHECK(whole.x == 0);
  whole.zoom_at({0, 600}, 1);
  CHECK(whole.x == Approx(-1.5));
  CHECK(whole.y == Approx(-1.5));
  whole.pan(1000, 0);
  CHECK(whole.x == Approx(-1.5));
  whole.zoom_at({0, 0}, -4);
  CHECK(whole.zoom == 1);
  CHECK(whole.x == 0);
}

std::set<std::pair<float, float>> middles(const std::vector<Cell>& cells) {
  std::set<std::pair<float, float>> all;
  for (const Cell& cell : cells) all.insert({cell.middle.x, cell.middle.y});
  return all;
}

TEST_CASE("At zoom 1 the cells tile the window, the middle first") {
  for (const bool shares : {false, true}) {
    const std::vector<Cell> cells = cells_in({0, 0, 588, 0, 0, 1, {shares, 1}}, 21);
    REQUIRE(cells.size() == 21 * 21);
    CHECK(cells[0].middle.x == Approx(0).margin(1e-6));
    CHECK(cells[0].middle.y == Approx(0).margin(1e-6));
    CHECK(std::fabs(cells.back().x) + std::fabs(cells.back().y) > 5);
    CHECK(middles(cells).size() == cells.size());
  }
  // The paper's grid: probabilities (i + 0.5) / n through the inverse CDF.
  const std::set<std::pair<float, float>> paper = middles(cells_in({0, 0, 588, 0, 0, 1, {true, 1}}, 21));
  CHECK(paper.begin()->first == Approx(vae::inverse_normal_cdf(0.5 / 21)));
}

TEST_CASE("Panning meets the same codes again, and so does every fourth cell after a doubling") {
  Window window{0, 0, 588, 0, 0, 4, {}};
  const auto before = middles(cells_in(window, 21));
  window.pan(100, 37);
  const auto after = middles(cells_in(window, 21));
  std::vector<std::pair<float, float>> both;
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(both));
  CHECK(both.size() >= 17 * 19);
  CHECK(after.size() <= 22 * 22);
  window.zoom = 8;
  const auto finer = middles(cells_in(window, 21));
  const auto kept =
      std::count_if(after.begin(), after.end(), [&](const auto& z) { return finer.count(z) > 0; });
  CHECK(kept >= 10 * 10);
  for (const float zoom : {0.02f, 0.9f, 1.4f, 1.99f, 1000.0f, kMapMostZoom}) {
    window.zoom = zoom;
    const std::vector<Cell> cells = cells_in(window, 21);
    CHECK(cells.size() >= 10 * 10);
    CHECK(cells.size() <= 23 * 23);
    CHECK(middles(cells).size() == cells.size());
  }
}

TEST_CASE("Ticks are round numbers within the range") {
  const Ticks whole = ticks_between(-3, 3, {}, 9);
  CHECK(whole.values == std::vector<float>{-3, -2, -1, 0, 1, 2, 3});
  CHECK(whole.decimals == 0);
  const Ticks close = ticks_between(0.41f, 0.52f, {}, 6);
  CHECK(close.decimals == 2);
  CHECK(close.values.front() == Approx(0.42));
  CHECK(close.values.back() == Approx(0.52));
  const Ticks shares = ticks_between(-3, 3, {true, 1}, 9);
  CHECK(std::count(shares.values.begin(), shares.values.end(), 0.5f) == 1);
  CHECK(shares.values.size() < 30);
}

}  // namespace
}  // namespace lab
