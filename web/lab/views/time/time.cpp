// "Time": one training from noise to digits. The decoder was kept at some of its steps; the current digit,
// the map and a sheet of fixed samples are drawn by the one chosen, and the losses show where it stood.
#include "web/lab/views/time/time.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/time/loss_curve.hpp"

namespace lab {
namespace {

constexpr float kSecondsEach = 0.5f;  // of a snapshot, when it plays

/// Remembers the snapshot: -1 for the last, which a link of any training then opens.
void go_to(App& app, const Moment& moment, int k) {
  app.lab.state().snapshot = k >= moment.last() ? -1 : k;
  app.time.waited = 0;
}

/// Plays on to the last snapshot, from the first again when it began at the last.
void advance(App& app, Moment& moment) {
  TimeView& time = app.time;
  if (!time.playing) return;
  if (moment.now == moment.last()) return go_to(app, moment, moment.now = 0);
  time.waited += app.seconds * app.lab.state().speed;
  if (!time.complete || time.waited < kSecondsEach) return;
  go_to(app, moment, ++moment.now);
  time.playing = moment.now < moment.last();
}

// ---- The step, the curve and what moves through them

/// One line of the loss: "[] KL     5.5"
void loss_line(App& app, float x, float y, float width, std::string_view name, float nats, ImU32 swatch,
               ImFont* font) {
  const Theme& c = colors(app);
  const float side = u(app, 11), row = u(app, 20);
  const float middle = std::round(y + row / 2);
  if (swatch == c.text) {
    draw_list().AddRectFilled({x, middle - u(app, 1)}, {x + side, middle + u(app, 1)}, swatch);
  } else {
    draw_list().AddRectFilled({x, middle - side / 2}, {x + side, middle + side / 2}, swatch, u(app, 2));
  }
  text(font, c.text, {x + side + u(app, 8), y, width, row}, name);
  text(font, c.text, {x, y, width, row}, number(static_cast<double>(nats), 1), Align::kRight);
}

void losses(App& app, const Moment& moment, float x, float y, float width) {
  const Theme& c = colors(app);
  const float reconstruction = moment.snapshots.reconstruction(moment.now),
              kl = moment.snapshots.kl(moment.now);
  const float row = u(app, 20);
  loss_line(app, x, y, width, say(Text::kTimeReconstruction), reconstruction, reconstruction_color(app),
            app.fonts.small);
  loss_line(app, x, y + row, width, "KL", kl, kl_color(app), app.fonts.small);
  loss_line(app, x, y + 2 * row, width, say(Text::kTimeLoss), reconstruction + kl, c.text, app.fonts.strong);
}

std::string step_words(const Moment& moment) {
  return say(Text::kTimeStep, {std::to_string(moment.snapshots.step(moment.now)),
                               std::to_string(moment.snapshots.step(moment.last()))});
}

/// "Play" and the slider over the snapshots.
float player(App& app, const Moment& moment, float x, float y, float width) {
  const Theme& c = colors(app);
  bool& playing = app.time.playing;
  const float row = u(app, 38), play = u(app, 104), gap = u(app, 14);
  if (button(app, "time:play", {x, y, play, row}, say(playing ? Text::kPause : Text::kPlay), Kind::kPrimary,
             playing ? Icon::kPause : Icon::kPlay)) {
    playing = !playing;
  }
  auto at = static_cast<float>(moment.now);
  const auto last = static_cast<float>(moment.last());
  const float sum = moment.snapshots.reconstruction(moment.now) + moment.snapshots.kl(moment.now);
  const std::string words = say(Text::kTimeSay, {step_words(moment), number(static_cast<double>(sum), 1)});
  if (slider(app, "snapshot", say(Text::kTimeSnapshot), {x + play + gap, y, width - play - gap, row}, at, 0,
             last, last, {c.track, c.accent[kAccentZ]}, words)) {
    playing = false;
    go_to(app, moment, static_cast<int>(std::lround(at)));
  }
  app.items.back().step = 1;
  return row;
}

/// `fill_to`: the y that the card should reach, 0 for its own height.
float training_card(App& app, const Moment& moment, float x, float y, float width, float fill_to) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kTime),
              say(Text::kTimeLine, {std::to_string(moment.snapshots.count())})) +
      u(app, 16);
  const bool narrow = width < u(app, 320);
  const float hero = fit_digit(u(app, narrow ? 84 : width < u(app, 480) ? 112 : 140));
  const Box box{x + u(app, 2), y, hero, hero};
  digit(app, "time:digit", box, picture(app, moment, app.lab.state().z), c.accent[kAccentZ]);
  const float right_x = box.right() + u(app, narrow ? 12 : 20), right = x + inner - right_x;
  const bool untrained = moment.snapshots.step(moment.now) == 0;
  text(app.fonts.title, c.text, {right_x, y, right, u(app, 24)},
       say(Text::kTimeAt, {std::to_string(moment.snapshots.step(moment.now))}));
  text(app.fonts.small, c.muted, {right_x, y + u(app, 26), right, u(app, 20)},
       say(untrained ? Text::kTimeUntrained : Text::kTimeTestLosses));
  const float bottom = std::max(box.bottom(), y + u(app, 112));
  losses(app, moment, right_x, bottom - u(app, 60), right);
  y = bottom + u(app, 18);
  y += player(app, moment, x, y, inner) + u(app, 12);
  const float below = u(app, 28) + pad;  // the line under the chart
  const Box chart{x, y, inner, std::max(u(app, 190), fill_to - below - y)};
  const int clicked = loss_curve(app, chart, moment.snapshots, moment.now);
  if (clicked != moment.now) {
    app.time.playing = false;
    go_to(app, moment, clicked);
  }
  y += chart.h + u(app, 8);
  y += paragraph(app.fonts.small, c.muted, x, y, inner, say(Text::kTimeCurveLine));
  return y + pad - top;
}

// ---- Nothing to show yet

/// The model with snapshots to offer in place of the current one, or null.
const KnownModel* with_snapshots() {
  for (const KnownModel& known : known_models()) {
    if (*known.snapshots != '\0') return &known;
  }
  return nullptr;
}

float nothing_yet(App& app, float x, float y, float width) {
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  const std::string& id = app.lab.state().model;
  x += pad;
  for (const KnownModel& known : known_models()) {
    if (id != known.id || *known.snapshots == '\0') continue;
    y = heading(app, x, y + pad, inner, say(Text::kTime), say(Text::kTimeLoading)) + u(app, 12);
    const bool has_model = app.lab.current()->id == id;
    if (!failed_file(app).empty()) return y + pad - top;  // the bar above tells
    return y + loading(app, x, y, inner, has_model ? known.snapshots : known.file) + pad - top;
  }
  const KnownModel* other = with_snapshots();
  if (other == nullptr)
    return heading(app, x, y + pad, inner, say(Text::kTime), say(Text::kTimeNone)) + pad - top;
  y = heading(app, x, y + pad, inner, say(Text::kTime), say(Text::kTimeOther, {id, other->id})) + u(app, 16);
  const std::string label =
      say(Text::kTimeUse, {other->id, megabytes(static_cast<double>(other->bytes + other->snapshot_bytes))});
  const Box box{x, y, std::min(inner, std::ceil(text_width(app.fonts.strong, label)) + u(app, 32)),
                u(app, 38)};
  if (button(app, "time:use", box, label, Kind::kPrimary)) app.lab.use_model(other->id);
  return box.bottom() + pad - top;
}

}  // namespace

float time_view(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  vae::Snapshots* snapshots = app.lab.snapshots(state.model);
  if (snapshots == nullptr || app.lab.current()->id != state.model ||
      snapshots->latent() != app.lab.latent()) {
    app.time = {};
    return in_card(app, x, y, width, 0, [&] { return nothing_yet(app, x, y, width); });
  }
  const int last = snapshots->count() - 1;
  if (state.snapshot >= last) state.snapshot = -1;  // a link may name one that this training does not have
  Moment moment{*snapshots, state.snapshot < 0 ? last : state.snapshot};
  advance(app, moment);
  app.time.complete = true;
  picture(app, moment, state.z);  // decoded before all others
  const bool has_map = snapshots->latent() == 2, beside = has_map && side_by_side(app, width);
  const float gap = card_gap(app, width), top = y, left = beside ? std::floor((width - gap) * 0.5f) : width;
  const auto card_with = [&](float at_x, float at_y, float wide, auto content) {
    return in_card(app, at_x, at_y, wide, 0, [&] { return content(app, moment, at_x, at_y, wide); }) + gap;
  };
  const auto training = [&](float to) {
    return in_card(app, x, y, left, to - y, [&] { return training_card(app, moment, x, y, left, to); }) + gap;
  };
  if (beside) {  // the map is drawn first, as it is the higher one, but read second
    const auto first = static_cast<std::ptrdiff_t>(app.items.size());
    const float map = card_with(x + left + gap, y, width - gap - left, time_map_card);
    const auto second = static_cast<std::ptrdiff_t>(app.items.size());
    y += std::max(map, training(y + map - gap));
    std::rotate(app.items.begin() + first, app.items.begin() + second, app.items.end());
  } else {
    y += training(0);
    if (has_map) y += card_with(x, y, width, time_map_card);
  }
  y += card_with(x, y, width, time_samples_card);
  return y - gap - top;
}

std::string describe_moment(const App& app) {
  const Item* snapshot = find_item(app, "snapshot");
  return snapshot == nullptr ? std::string() : snapshot->words;
}

bool* time_playing(App& app) { return &app.time.playing; }

}  // namespace lab
