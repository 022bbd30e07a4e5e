// The chart of the losses; see loss_curve.hpp.
#include "web/lab/views/time/loss_curve.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// A training may begin with a leap upwards. What goes far above its first loss leaves the chart at the top,
/// with its value beside it, so that the rest can be read.
constexpr float kMostOverFirst = 1.1f;

/// Where steps and losses lie in the plot. Steps are logarithmic, log(1 + step), so that step 0 has a place.
struct Scales {
  Box plot;
  float last = 1, most = 1;  // step and loss at the far ends
  float x(std::int64_t step) const {
    return plot.x + plot.w * std::log1p(static_cast<float>(step)) / std::log1p(last);
  }
  float y(float loss) const { return plot.bottom() - plot.h * std::clamp(loss / most, 0.0f, 1.0f); }
};

/// The distance of the ticks, 1, 2 or 5 times a power of ten, for about four of them.
float tick_step(float most) {
  const float rough = most / 4, unit = std::pow(10.0f, std::floor(std::log10(rough)));
  for (const float times : {1.0f, 2.0f, 5.0f}) {
    if (times * unit >= rough) return times * unit;
  }
  return 10 * unit;
}

float sum(const vae::Snapshots& snapshots, int k) { return snapshots.reconstruction(k) + snapshots.kl(k); }

void axes(App& app, const Scales& scales, float tick) {
  const Theme& c = colors(app);
  const Box& plot = scales.plot;
  const float width = u(app, 60), line = u(app, 16);
  for (float loss = 0; loss <= scales.most * 1.001f; loss += tick) {
    const float y = std::round(scales.y(loss));
    rule(app, plot.x, y, plot.w);
    text(app.fonts.tiny, c.muted, {plot.x - u(app, 8) - width, y - line / 2, width, line}, number(loss, 0),
         Align::kRight);
  }
  for (std::int64_t step = 0; static_cast<float>(step) <= scales.last; step = step == 0 ? 1 : 10 * step) {
    const float x = std::round(scales.x(step)), thick = std::max(1.0f, std::floor(app.display.scale));
    draw_list().AddRectFilled({x, plot.bottom()}, {x + thick, plot.bottom() + u(app, 5)}, c.muted);
    text(app.fonts.tiny, c.muted, {x - width / 2, plot.bottom() + u(app, 7), width, line},
         std::to_string(step), Align::kCenter);
  }
}

void areas(App& app, const Scales& scales, const vae::Snapshots& snapshots) {
  const ImDrawListFlags before = draw_list().Flags;
  draw_list().Flags &= ~ImDrawListFlags_AntiAliasedFill;  // or hairlines show between neighbors
  for (int k = 1; k < snapshots.count(); ++k) {
    const float x0 = scales.x(snapshots.step(k - 1)), x1 = scales.x(snapshots.step(k)), base = scales.y(0);
    const ImVec2 lower0{x0, scales.y(snapshots.reconstruction(k - 1))};
    const ImVec2 lower1{x1, scales.y(snapshots.reconstruction(k))};
    const ImVec2 upper0{x0, scales.y(sum(snapshots, k - 1))}, upper1{x1, scales.y(sum(snapshots, k))};
    draw_list().AddQuadFilled({x0, base}, lower0, lower1, {x1, base}, reconstruction_color(app));
    draw_list().AddQuadFilled(lower0, upper0, upper1, lower1, kl_color(app));
  }
  draw_list().Flags = before;
}

void line(App& app, const Scales& scales, const vae::Snapshots& snapshots, int now) {
  const Theme& c = colors(app);
  for (int k = 0; k < snapshots.count(); ++k) {
    draw_list().PathLineTo({scales.x(snapshots.step(k)), scales.y(sum(snapshots, k))});
  }
  draw_list().PathStroke(c.text, 0, u(app, 2));
  for (int k = 0; k < snapshots.count(); ++k) {
    draw_list().AddCircleFilled({scales.x(snapshots.step(k)), scales.y(sum(snapshots, k))}, u(app, 2.5f),
                                c.text);
  }
  for (int k = 0; k < snapshots.count(); ++k) {
    if (sum(snapshots, k) <= scales.most) continue;
    const Box beside{scales.x(snapshots.step(k)) + u(app, 8), scales.plot.y + u(app, 2), 0, u(app, 14)};
    text(app.fonts.tiny, c.muted, beside, "↑ " + number(static_cast<double>(sum(snapshots, k)), 0));
  }
  const float x = std::round(scales.x(snapshots.step(now))), y = scales.y(sum(snapshots, now));
  const float half = std::max(1.0f, u(app, 2) / 2);
  draw_list().AddRectFilled({x - half, scales.plot.y}, {x + half, scales.plot.bottom()}, c.accent[kAccentZ]);
  draw_list().AddCircleFilled({x, y}, u(app, 7), c.card);
  draw_list().AddCircleFilled({x, y}, u(app, 5), c.accent[kAccentZ]);
}

int nearest(const Scales& scales, const vae::Snapshots& snapshots, float x) {
  int best = 0;
  for (int k = 1; k < snapshots.count(); ++k) {
    if (std::abs(scales.x(snapshots.step(k)) - x) < std::abs(scales.x(snapshots.step(best)) - x)) best = k;
  }
  return best;
}

}  // namespace

ImU32 reconstruction_color(const App& app) { return colors(app).track; }
ImU32 kl_color(const App& app) { return mix(colors(app).muted, colors(app).track, 0.25f); }

int loss_curve(App& app, const Box& box, const vae::Snapshots& snapshots, int now) {
  Scales scales;
  scales.last = static_cast<float>(std::max<std::int64_t>(snapshots.step(snapshots.count() - 1), 1));
  float most = 1;
  for (int k = 0; k < snapshots.count(); ++k) most = std::max(most, sum(snapshots, k));
  most = std::min(most, kMostOverFirst * std::max(sum(snapshots, 0), 1.0f));
  const float tick = tick_step(most);
  scales.most = std::ceil(most / tick) * tick;
  const float left = u(app, 34), right = u(app, 14);
  scales.plot = {box.x + left, box.y + u(app, 8), box.w - left - right, box.h - u(app, 8) - u(app, 24)};
  const bool pressed = press(app, "curve", box);
  mark(app, "curve", scales.plot);
  axes(app, scales, tick);
  areas(app, scales, snapshots);
  line(app, scales, snapshots, now);
  return pressed ? nearest(scales, snapshots, app.pointer.x()) : now;
}

}  // namespace lab
