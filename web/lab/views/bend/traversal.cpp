// The latent traversal: what each dimension does on its own. A row holds all others and takes one from -3
// to 3.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/bend/bend.hpp"

namespace lab {
namespace {

constexpr std::int64_t kQuickTable = 20'000'000;  // multiply-adds of a table that keeps up with a slider

/// How a row lies: its name with the bar, then the digits.
struct Lines {
  int columns = 5;
  float name = 0, cell = kSide, gap = 0, row = 0;
  float value(int column) const {
    return -kLatentLimit + 2 * kLatentLimit * static_cast<float>(column) / static_cast<float>(columns - 1);
  }
  float x(int column) const { return name + static_cast<float>(column) * (cell + gap); }
};

/// As many columns as leave the digits 56 units; on phones the name is above its row.
Lines lay_lines(const App& app, float width) {
  const bool narrow = width < u(app, 480);
  const float least = u(app, 4);
  Lines lines;
  for (const int columns : {11, 9, 7, 5}) {
    const auto n = static_cast<float>(columns);
    const float room = width - (narrow ? 0 : u(app, 116));
    lines.columns = columns;
    lines.cell = fit_digit(std::min((room - (n - 1) * least) / n, u(app, 84)));
    lines.gap = std::min(std::floor((room - n * lines.cell) / (n - 1)), u(app, 12));
    if (lines.cell >= u(app, 56)) break;
  }
  lines.name =
      narrow ? 0 : width - (static_cast<float>(lines.columns) * (lines.cell + lines.gap) - lines.gap);
  lines.row = lines.cell + (narrow ? u(app, 38) : u(app, 8));
  return lines;
}

void column_heads(App& app, float x, float y, const Lines& lines) {
  for (int i = 0; i < lines.columns; ++i) {
    const float value = lines.value(i);
    const int decimals = std::fabs(value - std::round(value)) < 1e-3f             ? 0
                         : std::fabs(value * 10 - std::round(value * 10)) < 1e-3f ? 1
                                                                                  : 2;
    text(app.fonts.tiny, colors(app).muted, {x + lines.x(i), y, lines.cell, u(app, 18)},
         number(value, decimals), Align::kCenter);
  }
}

/// One row; the digit nearest to where the dimension is now has the ring.
void line(App& app, float x, float y, const Lines& lines, int dimension) {
  const Theme& c = colors(app);
  std::vector<float> z = app.bend.table;
  float& value = z[static_cast<std::size_t>(dimension)];
  const float step = 2 * kLatentLimit / static_cast<float>(lines.columns - 1);
  const int now = static_cast<int>(std::lround((value + kLatentLimit) / step));
  const ImU32 color = dimension == app.bend.chosen ? c.accent[kAccentZ] : c.text;
  if (lines.name == 0) {
    text(app.fonts.strong, color, {x, y, u(app, 40), u(app, 24)}, latent_name(dimension));
    use_bar(app, {x + u(app, 40), y, lines.x(lines.columns) - lines.gap - u(app, 40), u(app, 24)}, dimension);
    y += u(app, 26);
  } else {
    const float middle = y + std::round(lines.cell / 2), room = lines.name - u(app, 16);
    text(app.fonts.strong, color, {x, middle - u(app, 21), room, u(app, 22)}, latent_name(dimension));
    use_bar(app, {x, middle + u(app, 3), room, u(app, 14)}, dimension);
  }
  float chosen = 2 * kLatentLimit;
  for (int i = 0; i < lines.columns; ++i) {
    value = lines.value(i);
    const std::string name = "traversal:" + std::to_string(dimension) + ":" + std::to_string(i);
    const std::string spoken =
        with_looks(app, "z" + std::to_string(dimension + 1) + " = " + number(value, 2), z);
    if (digit(app, name, {x + lines.x(i), y, lines.cell, lines.cell}, app.lab.picture(z),
              i == now ? c.accent[kAccentZ] : 0, spoken, "traversal")) {
      chosen = value;
    }
  }
  if (chosen > kLatentLimit) return;
  app.bend.chosen = dimension;
  value = chosen;
  app.lab.set_z(std::move(z));
}

}  // namespace

float traversal_card(App& app, float x, float y, float width, std::span<const int> order) {
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, between = u(app, 36);
  x += pad;
  const bool mixture =
      app.lab.current()->model.mixture() != nullptr;  // under which no KL per dimension adds up
  const Text line_below = mixture ? Text::kBendTraversalLineMixture : Text::kBendTraversalLine;
  y = heading(app, x, y + pad, inner, say(Text::kBendTraversal), say(line_below)) + u(app, 12);
  const int blocks = inner >= u(app, 1000) ? 2 : 1;
  const float block = blocks == 2 ? std::floor((inner - between) / 2) : inner;
  const Lines lines = lay_lines(app, block);
  const auto count = static_cast<int>(order.size()), rows = (count + blocks - 1) / blocks;

  // A slow model's table waits until the slider is let go; the digit itself always comes first.
  const std::int64_t cost = app.lab.current()->decode_cost * count * lines.columns;
  const bool other = app.bend.table.size() != app.lab.state().z.size();
  if (other || cost <= kQuickTable || !app.pointer.holding()) app.bend.table = app.lab.state().z;

  for (int i = 0; i < blocks; ++i) column_heads(app, x + static_cast<float>(i) * (block + between), y, lines);
  y += u(app, 22);
  for (int i = 0; i < count; ++i) {
    const auto across = static_cast<float>(i / rows), down = static_cast<float>(i % rows);
    line(app, x + across * (block + between), y + down * lines.row, lines,
         order[static_cast<std::size_t>(i)]);
  }
  return y + static_cast<float>(rows) * lines.row - u(app, 8) + pad - top;
}

}  // namespace lab
