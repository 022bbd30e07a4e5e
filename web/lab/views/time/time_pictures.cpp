// What a moment of the training draws; see time.hpp.
#include <algorithm>
#include <cmath>

#include "shared/base/rng.hpp"
#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/time/time.hpp"

namespace lab {

int picture(App& app, const Moment& moment, std::span<const float> z) {
  const int slot = app.lab.picture_of_snapshot(moment.now, z);
  app.time.complete = app.time.complete && app.lab.gallery().ready(slot);
  return slot;
}

namespace {

constexpr int kMostTiles = 20;  // of the map, in a row
constexpr int kLeastSamples = 20;

// ---- The map: equal steps of probability, as in the paper

float probability(float z) { return 0.5f * std::erfc(-z / std::sqrt(2.0f)); }

float quantile(int i, int tiles) { return static_cast<float>(vae::inverse_normal_cdf((i + 0.5) / tiles)); }

/// Asks for the tiles of this moment. Those of the last one that was complete stay until all of them are
/// there: the map is of one moment.
void ask_for_tiles(App& app, const Moment& moment, int tiles) {
  const Gallery& gallery = app.lab.gallery();
  auto& shown = app.time.map;
  for (const auto& [slot, key] : shown) app.lab.gallery().keyed(key);  // still to be seen
  std::vector<std::pair<int, std::uint64_t>> next;
  bool ready = true;
  for (int i = 0; i < tiles * tiles; ++i) {
    const float z[] = {quantile(i % tiles, tiles), quantile(tiles - 1 - i / tiles, tiles)};
    const int slot = picture(app, moment, z);
    next.emplace_back(slot, gallery.key(slot));
    ready = ready && gallery.ready(slot);
  }
  const bool kept =
      shown.size() == next.size() && std::all_of(shown.begin(), shown.end(), [&](const auto& tile) {
        return gallery.ready(tile.first) && gallery.key(tile.first) == tile.second;
      });
  if (ready) shown = std::move(next);
  if (!ready && !kept) shown.clear();
  app.behind = app.behind || !ready;
}

}  // namespace

float time_map_card(App& app, const Moment& moment, float x, float y, float width) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  y = heading(app, x + pad, y + pad, inner, say(Text::kMap), say(Text::kTimeMapLine)) + u(app, 14);
  const float cell = fit_digit(u(app, kSide));
  const int tiles = std::clamp(static_cast<int>(inner / cell), 1, kMostTiles);
  const float side = static_cast<float>(tiles) * cell;
  const Box box{x + std::floor((width - side) / 2), y, side, side};
  const bool pressed = press(app, "time:map", box);
  mark(app, "time:map", box);
  draw_list().AddRectFilled(low(box), high(box), c.tile);
  ask_for_tiles(app, moment, tiles);
  for (int i = 0; i < static_cast<int>(app.time.map.size()); ++i) {
    const auto column = static_cast<float>(i % tiles), row = static_cast<float>(i / tiles);
    bare_digit(app, {box.x + column * cell, box.y + row * cell, cell, cell},
               app.time.map[static_cast<std::size_t>(i)].first, c.digit);
  }
  const std::vector<float>& z = app.lab.state().z;
  const ImVec2 at{box.x + side * probability(z[0]), box.bottom() - side * probability(z[1])};
  draw_list().AddCircle(at, u(app, 9), c.card, 0, u(app, 5));
  draw_list().AddCircle(at, u(app, 9), c.accent[kAccentZ], 0, u(app, 2.5f));
  if (pressed) {
    const auto value = [side](float along) {
      return static_cast<float>(vae::inverse_normal_cdf(std::clamp(double{along / side}, 0.001, 0.999)));
    };
    app.lab.set_z({value(app.pointer.x() - box.x), value(box.bottom() - app.pointer.y())});
  }
  return box.bottom() + pad - top;
}

// ---- Samples: the same z at every snapshot

float time_samples_card(App& app, const Moment& moment, float x, float y, float width) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, least = u(app, 4);
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kSamples), say(Text::kTimeSamplesLine)) + u(app, 14);
  const float cell = fit_digit(u(app, 56));
  const int columns = std::max(2, static_cast<int>((inner + least) / (cell + least)));
  const float gap =
      std::floor((inner - static_cast<float>(columns) * cell) / static_cast<float>(columns - 1));
  const int count = columns * std::max(2, kLeastSamples / columns);
  app.samples = true;
  std::vector<float> chosen;
  Box box{x, y, cell, cell};
  for (int i = 0; i < count; ++i) {
    box.x = x + static_cast<float>(i % columns) * (cell + gap);
    box.y = y + static_cast<float>(i / columns) * (cell + least);
    const std::vector<float> z = app.lab.sample(i);
    const ImU32 ring = z == app.lab.state().z ? c.accent[kAccentZ] : 0;
    const std::string spoken = say(Text::kSampleNumber, {std::to_string(i + 1)});
    if (digit(app, indexed("time", i), box, picture(app, moment, z), ring, spoken, "time")) chosen = z;
  }
  if (!chosen.empty()) app.lab.set_z(std::move(chosen));
  return box.bottom() + pad - top;
}

}  // namespace lab
