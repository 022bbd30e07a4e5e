// "Morph": both ways through the stops at the same t, how far from the origin they lead, and their
// film strips.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/morph/morph.hpp"

namespace lab {
namespace {

constexpr std::string_view kWays[] = {"lerp", "slerp"};

float length(const std::vector<float>& z) {
  float sum = 0;
  for (const float value : z) sum += value * value;
  return std::sqrt(sum);
}

/// Of the plot's lines.
float line_width(const App& app, bool slerp) {
  return slerp ? u(app, 2) : std::max(1.0f, app.display.scale * 1.5f);
}

std::string length_words(float length) { return "|z| = " + number(length, 2); }

/// Both digits at t; a click makes one the current digit. Returns the height.
float two_digits(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const float half = width / 2, line = u(app, 24);
  const float hero = fit_digit(std::min(u(app, 224), half - u(app, 8)));
  for (int i = 0; i < 2; ++i) {
    const std::vector<float> z = app.lab.between(app.lab.state().t, i == 1);
    const float left = x + static_cast<float>(i) * half;
    text(app.fonts.strong, c.text, {left, y, half, line}, kWays[i], Align::kCenter);
    const Box box{std::round(left + (half - hero) / 2), y + line, hero, hero};
    if (digit(app, kWays[i], box, app.lab.picture(z), 0, with_looks(app, kWays[i], z))) app.lab.set_z(z);
    text(app.fonts.body, c.text, {left, y + line + hero, half, u(app, 30)}, length_words(length(z)),
         Align::kCenter);
  }
  return line + hero + u(app, 30);
}

/// What the plot's lines are: in one row, or two where that is too narrow; returns the height.
float plot_legend(App& app, Box box) {
  const Theme& c = colors(app);
  const float row = box.h, top = box.y;
  text(app.fonts.tiny, c.muted, box, say(Text::kMorphLength));
  if (box.w - text_width(app.fonts.tiny, say(Text::kMorphLength)) < u(app, 128)) box.y += row;
  float right = box.right();
  for (int i = 1; i >= 0; --i) {
    const ImU32 color = i == 1 ? c.text : c.muted;
    const float width = std::ceil(text_width(app.fonts.tiny, kWays[i])), line = u(app, 16),
                middle = box.y + box.h / 2;
    text(app.fonts.tiny, color, {right - width, box.y, width, box.h}, kWays[i]);
    right -= width + u(app, 6);
    draw_list().AddLine({right - line, middle}, {right, middle}, color, line_width(app, i == 1));
    right -= line + u(app, 12);
  }
  return box.y + row - top;
}

/// |z| over t, of both ways, below the slider for t and in line with it.
void length_plot(App& app, const Box& box) {
  constexpr int kPoints = 97;
  const Theme& c = colors(app);
  const float end = app.lab.last_t();
  float most = 0;
  for (const std::vector<float>& stop : app.lab.state().stops) most = std::max(most, length(stop));
  const auto point = [&](float t, bool slerp) {
    const float part = length(app.lab.between(t, slerp)) / std::max(1.05f * most, 1e-6f);
    return ImVec2(box.x + box.w * t / end, box.bottom() - box.h * part);
  };
  rule(app, box.x, box.bottom(), box.w);
  for (const bool slerp : {false, true}) {
    const ImU32 color = slerp ? c.text : c.muted;
    for (int i = 0; i < kPoints; ++i) {
      draw_list().PathLineTo(point(end * static_cast<float>(i) / (kPoints - 1), slerp));
    }
    draw_list().PathStroke(color, 0, line_width(app, slerp));
  }
  const float t = app.lab.state().t;
  for (const bool slerp : {false, true}) {
    const ImVec2 at = point(t, slerp);
    draw_list().AddCircleFilled(at, u(app, 5), slerp ? c.text : c.muted);
    draw_list().AddCircleFilled(at, u(app, 3), c.card);
  }
  mark(app, "lengths", box);
}

/// The stops' letters below the slider.
void stop_marks(App& app, float x, float y, float width) {
  const auto count = static_cast<int>(app.lab.state().stops.size());
  const float size = u(app, 20), end = app.lab.last_t();
  for (int i = 0; i <= static_cast<int>(end); ++i) {
    const int stop = i % count;
    const Box box{std::round(x + width * static_cast<float>(i) / end - size / 2), y, size, size};
    text(app.fonts.strong, stop_color(app, stop), box, stop_letter(stop), Align::kCenter);
  }
}

/// Play, how fast, and how; returns the y below.
float play_row(App& app, float x, float y, float right) {
  static constexpr std::string_view kSpeeds[] = {"0.25×", "0.5×", "1×", "2×", "4×"};
  static constexpr float kFactors[] = {0.25f, 0.5f, 1, 2, 4};
  LabState& state = app.lab.state();
  Flow row(app, x, y, right);
  if (button(app, "play", row.next(u(app, 112)), say(state.playing ? Text::kPause : Text::kPlay),
             Kind::kPrimary, state.playing ? Icon::kPause : Icon::kPlay)) {
    state.playing = !state.playing;
  }
  if (toggle(app, "ease", row.next(say(Text::kMorphEase)), say(Text::kMorphEase), state.ease)) {
    state.ease = !state.ease;
  }
  if (toggle(app, "loop", row.next(say(Text::kMorphLoop)), say(Text::kMorphLoop), state.loop)) {
    state.loop = !state.loop;
    app.lab.set_t(state.t);
  }
  const auto now = std::find(std::begin(kFactors), std::end(kFactors), state.speed);
  const int before = now == std::end(kFactors) ? -1 : static_cast<int>(now - kFactors);
  const int speed = choices(app, "speed", say(Text::kMorphSpeed), row.next(u(app, 236)), kSpeeds, before);
  if (speed >= 0) state.speed = kFactors[speed];
  return row.bottom();
}

/// What is to be seen at t, in plain words.
std::string ways_words(const App& app) {
  const float t = app.lab.state().t;
  const float lerp = length(app.lab.between(t, false)), slerp = length(app.lab.between(t, true));
  if (slerp - lerp < 0.05f * slerp) return std::string(say(Text::kMorphSame));
  return say(Text::kMorphDips, {number(lerp, 2), number(slerp, 2)});
}

}  // namespace

float way_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kMorph), say(Text::kMorphWayLine)) + u(app, 12);
  y += two_digits(app, x, y, inner) + u(app, 4);
  way_slider(app, {x, y, inner, u(app, 40)});
  y += u(app, 36);
  const float edge = u(app, 9);  // the slider's own
  stop_marks(app, x + edge, y, inner - 2 * edge);
  y += u(app, 26);
  length_plot(app, {x + edge, y, inner - 2 * edge, u(app, 56)});
  y += u(app, 60);
  y += plot_legend(app, {x + edge, y, inner - 2 * edge, u(app, 16)}) + u(app, 12);
  y += paragraph(app.fonts.small, c.muted, x, y, inner, ways_words(app)) + u(app, 14);
  return play_row(app, x, y, x + inner) + pad - top;
}

float strips_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kMorphStrips), say(Text::kMorphStripsLine)) + u(app, 14);
  Flow row(app, x, y, x + inner);
  const std::string frames = say(Text::kMorphFrames, {std::to_string(state.frames)});
  state.frames =
      stepper(app, "frames", say(Text::kMorphStrips), row.next(u(app, 170)), frames, state.frames, 5, 21);
  if (!app.display.window) {
    state.slerp = choices(app, "way", say(Text::kWayOfMorph), row.next(u(app, 170)), {"lerp", "slerp"},
                          state.slerp ? 1 : 0) == 1;
    if (button(app, "apng", row.next(say(Text::kMorphSave)), say(Text::kMorphSave))) app.request = "apng";
  }
  y = row.bottom() + u(app, 12);
  for (const bool slerp : {false, true}) {
    text(app.fonts.strong, c.text, {x, y, inner, u(app, 26)}, kWays[slerp ? 1 : 0]);
    y += u(app, 28);
    const std::string_view names = slerp == state.slerp ? "strip" : "other";  // "strip" is what is saved
    y += film_strip(app, names, x, y, inner, state.frames, slerp, 112) + u(app, 10);
  }
  return y - u(app, 10) + pad - top;
}

float morph_view(App& app, float x, float y, float width) {
  const float gap = card_gap(app, width), top = y;
  if (side_by_side(app, width)) {
    const float left = std::floor((width - gap) * 0.5f), right = width - gap - left, x2 = x + left + gap;
    const float height = in_card(app, x, y, left, 0, [&] { return way_card(app, x, y, left); });
    y += std::max(height, in_card(app, x2, y, right, height, [&] { return stops_card(app, x2, y, right); })) +
         gap;
  } else {
    y += in_card(app, x, y, width, 0, [&] { return way_card(app, x, y, width); }) + gap;
    y += in_card(app, x, y, width, 0, [&] { return stops_card(app, x, y, width); }) + gap;
  }
  return y + in_card(app, x, y, width, 0, [&] { return strips_card(app, x, y, width); }) - top;
}

std::string describe_morph(const App& app) {
  const LabState& state = app.lab.state();
  std::string words;
  if (state.playing) return words.append(say(Text::kSayPlaying));
  append_looks(words, app, app.lab.between(state.t));
  return words;
}

}  // namespace lab
