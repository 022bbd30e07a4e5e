// "Generate": an endless sheet of digits decoded from random points, of the prior or of one class. A click
// makes one the current digit, from where it goes to every other view.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/morph/morph.hpp"

namespace lab {
namespace {

/// How many columns of which size: at least 44 units a digit where that is possible, whole multiples of 28.
struct Grid {
  int columns = 5;
  float cell = kSide, gap = 0, row_gap = 0;
  Box at(float x, float y, int i) const {
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    return {x + column * (cell + gap), y + row * (cell + row_gap), cell, cell};
  }
};
Grid choose_grid(const App& app, float width) {
  const float least = u(app, 4);
  Grid grid;
  for (int columns = 10; columns >= 5; --columns) {
    const auto n = static_cast<float>(columns);
    const float cell = fit_digit((width - (n - 1) * least) / n);
    if (cell < u(app, 42) && columns > 5) continue;
    grid.columns = columns;
    grid.cell = cell;
    grid.gap = std::min(std::floor((width - n * cell) / std::max(1.0f, n - 1)), u(app, 16));
    break;
  }
  return grid;
}

void cells(App& app, float x, float y, const Grid& grid, int rows) {
  LabState& state = app.lab.state();
  const Theme& c = colors(app);
  std::vector<float> chosen;
  for (int i = 0; i < grid.columns * rows; ++i) {
    const std::vector<float> z = app.lab.sample(i);
    ImU32 ring = 0;
    if (z == state.stops[1]) ring = c.accent[kAccentB];
    if (z == state.stops[0]) ring = c.accent[kAccentA];
    if (z == state.z) ring = c.accent[kAccentZ];
    const std::string spoken = with_looks(app, say(Text::kSampleNumber, {std::to_string(i + 1)}), z);
    if (digit(app, indexed("sample", i), grid.at(x, y, i), app.lab.picture(z), ring, spoken, "samples"))
      chosen = z;
  }
  if (!chosen.empty()) app.lab.set_z(std::move(chosen));
}

/// "Any 0 1 2 ... 9": which class the samples are of.
float class_row(App& app, float x, float y, float width) {
  const LoadedModel* model = app.lab.current();
  LabState& state = app.lab.state();
  if (!model->anchors) {
    state.digit = -1;
    return 0;
  }
  std::vector<std::string> names;
  std::vector<std::string_view> options = {say(Text::kAnyDigit)};
  for (const int label : model->anchors->labels) names.push_back(std::to_string(label));
  options.insert(options.end(), names.begin(), names.end());
  const auto& labels = model->anchors->labels;
  const auto found = std::find(labels.begin(), labels.end(), state.digit);
  const int now = found == labels.end() ? 0 : static_cast<int>(found - labels.begin()) + 1;
  const int chosen = choices(app, "class", say(Text::kWhichDigit), {x, y, width, u(app, 38)}, options, now);
  state.digit = chosen == 0 ? -1 : labels[static_cast<std::size_t>(chosen) - 1];
  return u(app, 38) + u(app, 12);
}

float temperature_row(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const Box line{x, y, width, u(app, 34)};
  const std::string_view label = say(Text::kTemperature);
  const float left = text_width(app.fonts.small, label) + u(app, 10), right = u(app, 40);
  text(app.fonts.small, c.muted, line, label);
  const std::string words = number(state.temperature, 2);
  slider(app, "temperature", label, {x + left, y, width - left - right, line.h}, state.temperature, 0, 2, 1,
         {c.text, c.text, true}, words);
  text(app.fonts.small, c.text, line, words, Align::kRight);
  return line.h + u(app, 12);
}

/// `fill_to`: the y that the sheet's last row may reach, 0 for as many rows as it likes.
float samples_card(App& app, float x, float y, float width, float fill_to) {
  LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y, row = u(app, 38);
  x += pad;
  const bool prior = app.lab.current()->model.spec().prior != vae::Prior::kNone || state.digit >= 0;
  y = heading(app, x, y + pad, inner, say(Text::kSamples),
              say(prior ? Text::kSamplesLine : Text::kSamplesNoPrior)) +
      u(app, 14);
  const float seed_width = std::min(u(app, 150), std::floor(inner * 0.42f)), gap = u(app, 8);
  if (button(app, "new", {x, y, inner - seed_width - gap, row}, say(Text::kNewSamples), Kind::kPrimary)) {
    app.lab.new_samples();
  }
  number_field(app, "seed", say(Text::kSeed), {x + inner - seed_width, y, seed_width, row}, state.seed);
  y += row + u(app, 12);
  y += class_row(app, x, y, inner);
  y += temperature_row(app, x, y, inner);

  Grid grid = choose_grid(app, inner);
  const int most = kMaxSamples / grid.columns;
  int rows = std::min(grid.columns > 6 ? 5 : 6, most);
  grid.row_gap = grid.gap;
  if (fill_to > 0) {  // beside another card: as many rows as its height has room for, evenly
    const float room = fill_to - pad - y, least = u(app, 4);
    rows = std::clamp(static_cast<int>((room + least) / (grid.cell + least)), 3, most);
    const float even =
        std::floor((room - static_cast<float>(rows) * grid.cell) / static_cast<float>(rows - 1));
    grid.row_gap = std::clamp(even, least, u(app, 20));
  }
  state.count = grid.columns * rows;
  const auto n = static_cast<float>(grid.columns), lines = static_cast<float>(rows);
  const float used = n * grid.cell + (n - 1) * grid.gap;
  const Box area{x + std::floor((inner - used) / 2), y, used, lines * grid.cell + (lines - 1) * grid.row_gap};
  app.samples = true;
  mark(app, "samples", area);
  cells(app, area.x, area.y, grid, rows);
  return area.bottom() + pad - top;
}

}  // namespace

float generate_view(App& app, float x, float y, float width) {
  const float gap = card_gap(app, width), top = y;
  if (!side_by_side(app, width)) {
    y += in_card(app, x, y, width, 0, [&] { return morph_card(app, x, y, width); }) + gap;
    y += in_card(app, x, y, width, 0, [&] { return samples_card(app, x, y, width, 0); }) + gap;
    y += in_card(app, x, y, width, 0, [&] { return digit_card(app, x, y, width); });
    return y - top;
  }
  const float left = std::floor((width - gap) * 0.5f), right = width - gap - left, x2 = x + left + gap;
  const auto first = static_cast<std::ptrdiff_t>(app.items.size());
  float y2 = y + in_card(app, x2, y, right, 0, [&] { return morph_card(app, x2, y, right); }) + gap;
  y2 += in_card(app, x2, y2, right, 0, [&] { return digit_card(app, x2, y2, right); });
  const auto second = static_cast<std::ptrdiff_t>(app.items.size());
  const float height = in_card(app, x, y, left, y2 - y, [&] { return samples_card(app, x, y, left, y2); });
  // Drawn last, as high as its neighbors, but read first.
  std::rotate(app.items.begin() + first, app.items.begin() + second, app.items.end());
  return std::max(height, y2 - top);
}

std::string describe_samples(const App& app) {
  const LabState& state = app.lab.state();
  std::string words = say(Text::kSaySamples, {std::to_string(state.count), std::to_string(state.seed)});
  if (state.playing) return words.append(say(Text::kSayPlaying));
  append_looks(words, app, state.z);
  return words;
}

}  // namespace lab
