// Activations as pictures: feature maps in the gallery, vectors as cells. Positive numbers in ink, negative
// ones in another color, each layer on a scale of its own.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/inside/inside.hpp"

namespace lab {
namespace {

constexpr int kMostCells = 1024, kMostMaps = 64, kSmallMaps = 16;
constexpr std::size_t kWithNumbers = 64;  // so short a vector has its numbers written on it

/// A vector as long as the picture is one.
vae::Shape as_maps(const App& app, const Node& node) {
  const vae::Shape image = app.lab.current()->model.spec().image;
  return node.out == vae::Shape{static_cast<int>(image.size()), 1, 1} ? image : node.out;
}
bool is_vector(const vae::Shape& shape) { return shape.height == 1 && shape.width == 1; }

std::span<const float> node_values(const App& app, const Node& node) {
  const InsideView& view = app.inside;
  return values_of(node, view.trace, view.x, app.lab.state().z);
}

float peak_of(std::span<const float> values) {
  float peak = 1e-6f;
  for (const float value : values) peak = std::max(peak, std::fabs(value));
  return peak;
}

ImU32 tint(const Theme& c, float value) { return value < 0 ? c.accent[kAccentA] : c.digit; }

/// The slot of one sign of one map, filled when it is new.
int map_slot(App& app, int step, const vae::Shape& shape, int map, std::span<const float> all, float sign) {
  const std::int64_t id[] = {step, map, sign < 0};
  const int slot = app.lab.gallery().keyed(hash_bytes(id, sizeof id, app.inside.key));
  if (slot < 0 || app.lab.gallery().ready(slot)) return slot;
  const auto size = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
  const auto values = all.subspan(static_cast<std::size_t>(map) * size, size);
  const float peak = peak_of(all);
  std::vector<float> pixels(kPixels);
  for (int i = 0; i < kPixels; ++i) {
    const int row = i / kSide * shape.height / kSide, column = i % kSide * shape.width / kSide;
    const float value = values[static_cast<std::size_t>(row * shape.width + column)];
    pixels[static_cast<std::size_t>(i)] = std::clamp(sign * value / peak, 0.0f, 1.0f);
  }
  app.lab.gallery().fill(slot, pixels);
  return slot;
}

/// Map `map` of a node; returns the slot of its positive part.
int draw_map(App& app, int step, const vae::Shape& shape, int map, std::span<const float> all,
             const Box& box) {
  const Theme& c = colors(app);
  draw_list().AddRectFilled(low(box), high(box), c.tile);
  const bool negative = std::any_of(all.begin(), all.end(), [](float value) { return value < 0; });
  const int slot = map_slot(app, step, shape, map, all, 1);
  bare_digit(app, box, slot, tint(c, 1));
  if (negative) bare_digit(app, box, map_slot(app, step, shape, map, all, -1), tint(c, -1));
  return slot;
}

void draw_cells(App& app, std::span<const float> values, int columns, float x, float y, float cell,
                float gap) {
  const Theme& c = colors(app);
  const float peak = peak_of(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<int>(i);
    const float left = x + static_cast<float>(at % columns) * (cell + gap);
    const float top = y + static_cast<float>(at / columns) * (cell + gap);
    draw_list().AddRectFilled({left, top}, {left + cell, top + cell},
                              mix(c.tile, tint(c, values[i]), std::fabs(values[i]) / peak));
  }
}

/// A short vector: the color of each number and below it the number.
float draw_numbers(App& app, std::span<const float> values, float x, float y, float width) {
  const Theme& c = colors(app);
  const float cell = u(app, 50), gap = u(app, 6), color = u(app, 20), words = u(app, 20);
  const int columns = std::max(1, static_cast<int>((width + gap) / (cell + gap)));
  const float peak = peak_of(values);
  float bottom = y;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<int>(i);
    const float left = x + static_cast<float>(at % columns) * (cell + gap);
    const float top = y + static_cast<float>(at / columns) * (color + words + gap);
    draw_list().AddRectFilled({left, top}, {left + cell, top + color},
                              mix(c.tile, tint(c, values[i]), std::fabs(values[i]) / peak), u(app, 3));
    text(app.fonts.small, c.text, {left, top + color, cell, words}, number(static_cast<double>(values[i]), 2),
         Align::kCenter);
    bottom = top + color + words;
  }
  return bottom - y;
}

/// "The first 64 of 128."
float first_of(App& app, float x, float y, float width, std::int64_t shown, std::int64_t all) {
  if (shown >= all) return 0;
  const float gap = u(app, 8);
  return gap + paragraph(app.fonts.small, colors(app).muted, x, y + gap, width,
                         say(Text::kInsideFirst, {std::to_string(shown), with_commas(all)}));
}

}  // namespace

int small_values(App& app, const Node& node, int step, const Box& square) {
  const auto values = node_values(app, node);
  const vae::Shape shape = as_maps(app, node);
  if (node.part == Node::kDrawn || (node.part == Node::kImage && !values.empty())) {  // on their own scale
    const bool drawn = node.part == Node::kDrawn;
    const int slot = drawn ? app.lab.picture(app.lab.state().z) : app.lab.gallery().given(values);
    draw_list().AddRectFilled(low(square), high(square), colors(app).tile);
    bare_digit(app, square, slot, colors(app).digit);
    return slot;
  }
  if (values.empty()) {
    draw_list().AddRectFilled(low(square), high(square), colors(app).tile);
    return -1;
  }
  if (is_vector(shape)) {
    const auto count = std::min<std::size_t>(values.size(), kMostCells);
    const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<float>(count))));
    const float cell = std::max(1.0f, std::floor(square.w / static_cast<float>(columns)));
    const auto rows = (static_cast<int>(count) + columns - 1) / columns;
    const float gap = cell >= 5 ? 1.0f : 0.0f, side = cell * static_cast<float>(columns);
    draw_cells(app, values.first(count), columns, square.x + std::floor((square.w - side) / 2),
               square.y + std::floor((square.h - cell * static_cast<float>(rows)) / 2), cell - gap, gap);
    return -1;
  }
  const int maps = std::min(shape.channels, kSmallMaps), columns = maps == 1 ? 1 : maps <= 4 ? 2 : 4;
  const float gap = maps == 1 ? 0 : u(app, 2);
  const float cell =
      std::floor((square.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  int first = -1;
  for (int i = 0; i < maps; ++i) {
    const Box box{square.x + static_cast<float>(i % columns) * (cell + gap),
                  square.y + static_cast<float>(i / columns) * (cell + gap), cell, cell};
    const int slot = draw_map(app, step, shape, i, values, box);
    if (i == 0) first = slot;
  }
  return first;
}

float large_values(App& app, const Node& node, int step, float x, float y, float width) {
  const auto values = node_values(app, node);
  const vae::Shape shape = as_maps(app, node);
  const float gap = u(app, 4);
  if (node.part == Node::kDrawn || node.part == Node::kImage) {
    const float side = fit_digit(std::min(width, u(app, 280)));
    small_values(app, node, step, {x, y, side, side});
    return side;
  }
  if (values.empty()) return 0;
  if (!is_vector(shape)) {
    const int maps = std::min(shape.channels, kMostMaps);
    const float cell = fit_digit(std::min(width, u(app, maps == 1 ? 280 : 84)));
    const int columns = std::max(1, static_cast<int>((width + gap) / (cell + gap)));
    for (int i = 0; i < maps; ++i) {
      const Box box{x + static_cast<float>(i % columns) * (cell + gap),
                    y + static_cast<float>(i / columns) * (cell + gap), cell, cell};
      draw_map(app, step, shape, i, values, box);
    }
    const float height = static_cast<float>((maps + columns - 1) / columns) * (cell + gap) - gap;
    return height + first_of(app, x, y + height, width, maps, shape.channels);
  }
  if (values.size() <= kWithNumbers) return draw_numbers(app, values, x, y, width);
  const auto count = std::min<std::size_t>(values.size(), kMostCells);
  const float cell = u(app, 18), between = u(app, 2);
  const int columns = std::max(1, static_cast<int>((width + between) / (cell + between)));
  draw_cells(app, values.first(count), columns, x, y, cell, between);
  const auto rows = static_cast<float>((static_cast<int>(count) + columns - 1) / columns);
  const float height = rows * (cell + between) - between;
  return height + first_of(app, x, y + height, width, static_cast<std::int64_t>(count),
                           static_cast<std::int64_t>(values.size()));
}

}  // namespace lab
