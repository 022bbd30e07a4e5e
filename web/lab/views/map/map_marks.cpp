// What lies over the map's pictures: axes, the prior, test digits where the encoder puts them, the drawing's
// posterior and the current digit.
#include <algorithm>
#include <array>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/map/map_parts.hpp"

namespace lab {
namespace {

constexpr int kSegments = 72;
constexpr double kEncodeSeconds = 0.01;  // of a frame

/// The color of each class: Petroff (2021), "Accessible Color Sequences for Data Visualization", as the
/// trainer's scatter plots have them; the figure in each dot tells them apart without color.
constexpr std::array<ImU32, 10> kClassColors{
    IM_COL32(0x71, 0x75, 0x81, 255), IM_COL32(0x94, 0xa4, 0xa2, 255), IM_COL32(0x3f, 0x90, 0xda, 255),
    IM_COL32(0xbd, 0x1f, 0x01, 255), IM_COL32(0xff, 0xa9, 0x0e, 255), IM_COL32(0x92, 0xda, 0xdd, 255),
    IM_COL32(0xb9, 0xac, 0x70, 255), IM_COL32(0xe7, 0x63, 0x00, 255), IM_COL32(0xa9, 0x6b, 0x59, 255),
    IM_COL32(0x83, 0x2d, 0xb6, 255)};
/// 3, 8 and 9 are dark.
constexpr bool on_dark(int label) { return label == 3 || label == 8 || label == 9; }

/// The k-sigma ellipse, over a wider line that sets it off from the pictures.
void draw_ellipse(App& app, const Window& window, const Ellipse& ellipse, float k, ImU32 color) {
  std::array<ImVec2, kSegments> points;
  for (int i = 0; i < kSegments; ++i) {
    const Spot at = window.screen(ellipse.at(6.2831853f * static_cast<float>(i) / kSegments, k));
    points[static_cast<std::size_t>(i)] = {at.x, at.y};
  }
  for (const auto& [tint, width] : {std::pair(colors(app).tile, 4.0f), std::pair(color, 1.6f)}) {
    draw_list().AddPolyline(points.data(), kSegments, tint, ImDrawFlags_Closed, u(app, 10 * width) / 10);
  }
}

void prior_circles(App& app, const Window& window) {
  const Theme& c = colors(app);
  const std::vector<float> zero(app.map.plane.origin.size());
  const Ellipse prior = ellipse_on(app.map.plane, zero, zero);
  for (int k = 1; k <= 3; ++k) {
    draw_ellipse(app, window, prior, static_cast<float>(k), c.text);
    const Spot at = window.screen(prior.at(0.785398f, static_cast<float>(k)));
    const std::string words = std::to_string(k) + "σ";
    const float width = text_width(app.fonts.tiny, words) + u(app, 8), height = u(app, 15);
    const Box box{std::round(at.x - width / 2), std::round(at.y - height / 2), width, height};
    if (box.right() > window.left + window.side || box.y < window.top) continue;
    draw_list().AddRectFilled(low(box), high(box), c.tile, u(app, 5));
    text(app.fonts.tiny, c.text, box, words, Align::kCenter);
  }
}

void test_digits(App& app, const Window& window) {
  const vae::Digits* digits = app.lab.digits();
  if (digits == nullptr) return;
  const auto latent = static_cast<std::size_t>(app.lab.latent());
  const bool small = window.side < u(app, 400);  // then as many as leave the pictures between them to be seen
  const float radius = u(app, small ? 6 : 7), apart = small ? u(app, 20) : 0;
  std::vector<Spot> drawn;
  const std::size_t count = app.map.mu.size() / latent;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = k * 7919 % count;  // through all of them, favoring no class
    const int label = digits->labels[i];
    if (label < 0 || label > 9 || (app.lab.state().hidden >> label & 1) != 0) continue;
    const Spot at =
        window.screen(app.map.plane.coordinates(std::span(app.map.mu).subspan(i * latent, latent)));
    const bool inside = at.x > window.left - radius && at.x < window.left + window.side + radius &&
                        at.y > window.top - radius && at.y < window.top + window.side + radius;
    const bool free = std::all_of(drawn.begin(), drawn.end(), [&](const Spot& other) {
      return std::hypot(other.x - at.x, other.y - at.y) >= apart;
    });
    if (!inside || !free) continue;
    drawn.push_back(at);
    class_dot(app, at.x, at.y, radius, label, true);
  }
}

void current_digit(App& app, const Window& window) {
  const Theme& c = colors(app);
  const Spot at = window.screen(app.map.plane.coordinates(app.lab.state().z));
  const float radius = u(app, 9), thick = u(app, 3);
  draw_list().AddCircle({at.x, at.y}, radius, c.card, 0, thick + u(app, 4));
  draw_list().AddCircle({at.x, at.y}, radius, c.accent[kAccentZ], 0, thick);
  draw_list().AddCircleFilled({at.x, at.y}, u(app, 2.5f), c.accent[kAccentZ]);
  mark(app, "map_digit", {at.x - radius, at.y - radius, 2 * radius, 2 * radius});
}

/// A number along an axis.
struct Label {
  float at;  // on the screen
  std::string words;
};

/// The round numbers of one axis that have room, from the middle outwards.
std::vector<Label> labels_along(App& app, const Window& window, bool across, int most) {
  const float middle = across ? window.x : window.y, gap = u(app, across ? 12 : 4);
  const Ticks ticks = ticks_between(middle - window.half(), middle + window.half(), window.scale, most);
  const float from = across ? window.left : window.top, center = from + window.side / 2;
  std::vector<Label> all, placed;
  for (const float value : ticks.values) {
    const Spot at = window.screen({value, value});
    all.push_back({std::round(across ? at.x : at.y), number(static_cast<double>(value), ticks.decimals)});
  }
  std::sort(all.begin(), all.end(), [center](const Label& a, const Label& b) {
    return std::fabs(a.at - center) < std::fabs(b.at - center);
  });
  const auto half = [&](const Label& label) {
    return (across ? text_width(app.fonts.small, label.words) : app.fonts.small->FontSize) / 2;
  };
  for (Label& label : all) {
    const bool inside = label.at >= from - 1 && label.at <= from + window.side + 1;
    const bool free = std::all_of(placed.begin(), placed.end(), [&](const Label& other) {
      return std::fabs(other.at - label.at) >= half(label) + half(other) + gap;
    });
    if (inside && free) placed.push_back(std::move(label));
  }
  return placed;
}

}  // namespace

void class_dot(App& app, float x, float y, float radius, int label, bool filled) {
  const Theme& c = colors(app);
  const ImU32 color = kClassColors[static_cast<std::size_t>(label)];
  const float line = std::max(1.0f, std::floor(app.display.scale * 1.5f));
  draw_list().AddCircleFilled({x, y}, radius, filled ? c.tile : color);
  draw_list().AddCircleFilled({x, y}, radius - line, filled ? color : c.card);
  const ImU32 figure = !filled ? c.muted : on_dark(label) ? IM_COL32_WHITE : IM_COL32(0x14, 0x14, 0x17, 255);
  text(app.fonts.tiny, figure, {x - radius, y - radius, 2 * radius, 2 * radius}, std::to_string(label),
       Align::kCenter);
}

void encode_test_digits(App& app) {
  MapView& view = app.map;
  LoadedModel& model = *app.lab.current();
  const vae::Digits* digits = app.lab.digits();
  if (digits == nullptr || digits->image.size() != kPixels) return;
  const vae::Pixels pixels = app.lab.pixels_for(model);
  const std::uint32_t seed = app.lab.state().pixel_seed;
  if (view.encoder != model.decoder || view.pixels != pixels || view.pixel_seed != seed) view.mu.clear();
  view.encoder = model.decoder;
  view.pixels = pixels;
  view.pixel_seed = seed;
  const double start = app.display.now();
  auto done = std::ssize(view.mu) / model.model.latent();
  for (; done < digits->count() && app.display.now() - start < kEncodeSeconds; ++done) {
    const auto i = static_cast<int>(done);
    const int index = digits->indices[static_cast<std::size_t>(i)];
    const auto posterior = model.model.encode(app.lab.shown_to(model, digits->at(i), index));
    if (!posterior) return;
    view.mu.insert(view.mu.end(), posterior->mu.begin(), posterior->mu.end());
  }
  app.unfinished = done < digits->count();
}

void map_marks(App& app, const Window& window) {
  const LabState& state = app.lab.state();
  const Theme& c = colors(app);
  if (state.map_circles && app.lab.current()->model.spec().prior == vae::Prior::kNormal) {
    prior_circles(app, window);
  }
  if (state.map_points) test_digits(app, window);
  if (const Encoded* drawing = encoded_drawing(app)) {
    const Ellipse posterior = ellipse_on(app.map.plane, drawing->mu, drawing->log_var);
    for (const float k : {1.0f, 2.0f}) draw_ellipse(app, window, posterior, k, c.accent[kAccentA]);
  }
  current_digit(app, window);
}

void map_axes(App& app, const Window& window, bool grid) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  const float right = window.left + window.side, bottom = window.top + window.side, row = u(app, 20);
  const float line = std::max(1.0f, std::floor(app.display.scale)), margin = u(app, 7);
  const std::string name_x = axis_name(state.axis_x), name_y = axis_name(state.axis_y);
  const float name_width = text_width(app.fonts.strong, name_x);
  text(app.fonts.strong, c.text, {window.left, bottom + u(app, 2), window.side, row}, name_x, Align::kRight);
  text(app.fonts.strong, c.text, {window.left - u(app, 60), window.top, u(app, 60) - margin, row}, name_y,
       Align::kRight);
  const int most = std::max(2, static_cast<int>(window.side / u(app, 64)));
  for (const Label& label : labels_along(app, window, true, most)) {
    const float half = text_width(app.fonts.small, label.words) / 2;
    if (grid) draw_list().AddRectFilled({label.at, window.top}, {label.at + line, bottom}, c.border);
    if (label.at + half > right - name_width - margin) continue;
    text(app.fonts.small, c.muted, {label.at - half, bottom + u(app, 2), 2 * half, row}, label.words);
  }
  for (const Label& label : labels_along(app, window, false, most)) {
    if (grid) draw_list().AddRectFilled({window.left, label.at}, {right, label.at + line}, c.border);
    if (label.at - row / 2 < window.top + row) continue;
    text(app.fonts.small, c.muted, {window.left - u(app, 60), label.at - row / 2, u(app, 60) - margin, row},
         label.words, Align::kRight);
  }
}

}  // namespace lab
