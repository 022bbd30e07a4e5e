// "Draw": a pad for mouse, pen or finger, or a real digit in its place; beside it what the model gets to see
// and what it makes of that. When the pen is lifted the drawing's code becomes the current digit, for every
// other view to go on with.
#include "web/lab/views/draw/draw.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

constexpr float kPenShown = 21;  // of 256 across the pad; the model's picture gets MNIST's own width
constexpr int kFirstLabel = 3;
constexpr int kDrawTag = 1 << 21;  // of Lab::remember: a change of the drawing and its code are one step

/// Call it before the drawing changes.
void remember_drawing(App& app) {
  app.lab.end_tag();  // each change is a step of its own
  app.lab.remember(kDrawTag);
}

// ---- The pad

ImVec2 point_at(const Box& box, const Stroke& stroke, std::size_t i) {
  return {box.x + box.w * stroke.xy[2 * i] / 255, box.y + box.h * stroke.xy[2 * i + 1] / 255};
}

ImVec2 between(ImVec2 a, ImVec2 b, float t) { return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}; }

/// A stroke as a pen leaves it: corners rounded off, joints and ends round. ImGui's own thick curves have
/// spikes where they turn back, so this is short lines with a disc on every joint.
void draw_stroke(const Box& box, const Stroke& stroke, float thick, ImU32 color) {
  const std::size_t count = stroke.xy.size() / 2;
  if (count == 0) return;
  const int steps = count > 300 ? 1 : 3;  // of the curve from the middle of one line to that of the next
  ImVec2 now = point_at(box, stroke, 0);
  draw_list().AddCircleFilled(now, thick / 2, color);
  const auto draw_to = [&](ImVec2 next) {
    draw_list().PathLineTo(now);
    draw_list().PathLineTo(next);
    draw_list().PathStroke(color, 0, thick);
    draw_list().AddCircleFilled(next, thick / 2, color);
    now = next;
  };
  for (std::size_t i = 1; i + 1 < count; ++i) {
    const ImVec2 from = now, corner = point_at(box, stroke, i);
    const ImVec2 middle = between(corner, point_at(box, stroke, i + 1), 0.5f);
    for (int step = 1; step <= steps; ++step) {
      const float t = static_cast<float>(step) / static_cast<float>(steps);
      draw_to(between(between(from, corner, t), between(corner, middle, t), t));
    }
  }
  draw_to(point_at(box, stroke, count - 1));
}

/// What the pen does. Its first touch takes the place of a real digit.
void follow_pen(App& app, const Pad& pad, const Box& box) {
  LabState& state = app.lab.state();
  DrawView& view = app.draw;
  if (pad.started && (state.test_digit >= 0 || state.strokes.size() < kMaxStrokes)) {
    remember_drawing(app);
    if (state.test_digit >= 0) state.strokes.clear();
    state.test_digit = -1;
    state.strokes.emplace_back();
    view.drawing = true;
    view.strokes = state.strokes.size();
  }
  view.drawing = view.drawing && state.strokes.size() == view.strokes;  // it may have been undone meanwhile
  if (!view.drawing) return;
  std::size_t others = 0;  // points of the strokes before
  for (std::size_t i = 0; i + 1 < state.strokes.size(); ++i) others += state.strokes[i].xy.size() / 2;
  const auto add = [&](float x, float y) {
    if (others + state.strokes.back().xy.size() / 2 < kMaxPoints) add_point(state.strokes.back(), x, y);
  };
  for (const auto& [x, y] : app.pointer.trail()) add((x - box.x) / box.w, (y - box.y) / box.h);
  if (pad.started && app.pointer.there()) add(pad.x, pad.y);
  if (app.canceled) {
    app.lab.take_back();
    view.drawing = false;
  } else if (!pad.held) {
    view.drawing = false;
    view.take = true;
  }
}

void pad_area(App& app, const Box& box) {
  const Theme& c = colors(app);
  const LabState& state = app.lab.state();
  follow_pen(app, pad(app, "pad", say(Text::kDrawPad), box), box);
  const float radius = u(app, 5), line = std::max(1.0f, std::floor(app.display.scale));
  draw_list().AddRectFilled(low(box), high(box), c.tile, radius);
  draw_list().AddRect(low(box), high(box), c.border, radius, 0, line);
  const vae::Digits* digits = state.test_digit >= 0 ? app.lab.digits() : nullptr;
  if (digits != nullptr && state.test_digit < digits->count()) {
    bare_digit(app, box, app.lab.gallery().given(digits->at(state.test_digit)), c.digit);
  } else if (state.strokes.empty()) {
    const float half = std::round(box.h / 2), row = u(app, 24);
    text(app.fonts.title, c.text, {box.x, box.y + half - row, box.w, row}, say(Text::kDrawHere),
         Align::kCenter);
    text(app.fonts.body, c.muted, {box.x, box.y + half + u(app, 4), box.w, row}, say(Text::kDrawWith),
         Align::kCenter);
  } else {
    draw_list().PushClipRect(low(box), high(box), true);
    for (const Stroke& stroke : state.strokes) draw_stroke(box, stroke, box.w * kPenShown / 256, c.digit);
    draw_list().PopClipRect();
  }
}

// ---- Beside it and below

/// A picture, or an empty tile (-1), with a line of text below it.
void captioned(App& app, std::string_view name, const Box& box, int slot, ImU32 ring,
               std::string_view caption) {
  if (slot >= 0) {
    digit(app, name, box, slot, ring);
  } else {
    draw_list().AddRectFilled(low(box), high(box), colors(app).tile, u(app, 5));
    mark(app, name, box);
  }
  text(app.fonts.small, colors(app).muted, {box.x, box.bottom() + u(app, 4), box.w, u(app, 20)}, caption,
       Align::kCenter);
}

/// What the model sees, and what it draws from its code.
void seen_and_drawn(App& app, const Box& seen, const Box& drawn) {
  const Theme& c = colors(app);
  const Encoded* encoded = encoded_drawing(app);
  const std::vector<float> z = code_of_drawing(app);
  const int input = encoded == nullptr ? -1 : app.lab.gallery().given(encoded->pixels);
  captioned(app, "input", seen, input, 0, say(Text::kDrawSeen));
  captioned(app, "reconstruction", drawn, z.empty() ? -1 : app.lab.picture(z),
            z.empty() ? 0 : c.accent[kAccentZ], say(Text::kDrawReconstruction));
}

/// The next real digit of a class after the one shown; -1 when there is none.
int next_of_class(const vae::Digits& digits, int label, int now) {
  const int count = digits.count();
  for (int step = 1; step <= count; ++step) {
    const int i = (std::max(now, -1) + step) % count;
    if (digits.labels[static_cast<std::size_t>(i)] == label) return i;
  }
  return -1;
}

void take_real_digit(App& app, int label) {
  LabState& state = app.lab.state();
  const vae::Digits* digits = app.lab.digits();
  if (digits == nullptr) return app.lab.want(kDigitsFile);
  const int found = next_of_class(*digits, label, state.test_digit);
  if (found < 0) return;
  remember_drawing(app);
  state.test_digit = found;
  state.strokes.clear();
  app.draw.take = true;
}

/// "Or take a real one": its class, and another one of it.
float real_digits(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y, row = u(app, 38), gap = u(app, 8);
  const vae::Digits* digits = app.lab.digits();
  const int test_digit = app.lab.state().test_digit;
  const bool shown = digits != nullptr && test_digit >= 0 && test_digit < digits->count();
  const int now = shown ? digits->labels[static_cast<std::size_t>(test_digit)] : -1;
  const std::string waiting = loading_words(app, kDigitsFile);
  text(app.fonts.small, c.muted, {x, y, width, u(app, 20)}, waiting.empty() ? say(Text::kDrawReal) : waiting);
  y += u(app, 26);
  const std::string_view another = say(Text::kDrawAnother);
  const float side = std::ceil(text_width(app.fonts.strong, another) + u(app, 26));
  const bool one_row = width - side - gap >= u(app, 300);
  const Box labels{x, y, one_row ? width - side - gap : width, row};
  const int chosen = choices(app, "real", say(Text::kDrawReal), labels,
                             {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, now);
  if (!one_row) y += row + gap;
  if (chosen != now) take_real_digit(app, chosen);
  if (button(app, "another", {one_row ? x + width - side : x, y, one_row ? side : width, row}, another)) {
    take_real_digit(app, now < 0 ? kFirstLabel : now);
  }
  return y + row - top;
}

void undo_and_clear(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const bool empty = state.strokes.empty() && state.test_digit < 0;
  const float gap = u(app, 8), half = std::floor((width - gap) / 2), row = u(app, 38);
  if (button(app, "undo_stroke", {x, y, half, row}, say(Text::kDrawUndoStroke),
             state.strokes.empty() ? Kind::kIdle : Kind::kPlain) &&
      !state.strokes.empty()) {
    remember_drawing(app);
    state.strokes.pop_back();
    app.draw.take = true;
  }
  if (button(app, "clear", {x + half + gap, y, width - half - gap, row}, say(Text::kDrawClear),
             empty ? Kind::kIdle : Kind::kPlain) &&
      !empty) {
    app.lab.remember();
    state.strokes.clear();
    state.test_digit = -1;
  }
}

float pad_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y, caption = u(app, 26);
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kDraw), say(Text::kDrawLine)) + u(app, 14);
  const bool beside = inner >= u(app, 480);
  const float gap = u(app, 24),
              side = fit_digit(beside ? u(app, 140) : std::min(u(app, 140), (inner - gap) / 2));
  const float paper = fit_digit(std::min(beside ? inner - side - gap : inner, u(app, 392)));
  const float left = beside ? x : std::round(x + (inner - paper) / 2);
  const Box area{left, y, paper, paper};
  pad_area(app, area);

  const std::vector<float> z = code_of_drawing(app);
  const std::string looks = class_words(app.lab.looks_like(z));
  const std::string words = looks.empty() ? "" : say(Text::kLooksLikeOnly, {looks});
  if (beside) {
    const float column = area.right() + gap, middle = std::round(column + (x + inner - column - side) / 2);
    const Box seen{middle, y, side, side}, drawn{middle, seen.bottom() + caption + u(app, 14), side, side};
    seen_and_drawn(app, seen, drawn);
    text(app.fonts.strong, c.text, {column, drawn.bottom() + caption, x + inner - column, u(app, 24)}, words,
         Align::kCenter);
    y = area.bottom() + u(app, 14);
    undo_and_clear(app, x, y, paper);
  } else {
    y = area.bottom() + u(app, 12);
    undo_and_clear(app, x, y, inner);
    y += u(app, 38) + u(app, 16);
    const float from = std::round(x + (inner - 2 * side - gap) / 2);
    seen_and_drawn(app, {from, y, side, side}, {from + side + gap, y, side, side});
    y += side + caption;
    text(app.fonts.strong, c.text, {x, y, inner, u(app, 24)}, words, Align::kCenter);
    y -= u(app, 8);
  }
  y += u(app, 38) + u(app, 16);
  y += real_digits(app, x, y, inner);
  return y + padding - top;
}

/// The drawing's code becomes the current digit: after the pen, and when another model reads it.
void take_code(App& app) {
  DrawView& view = app.draw;
  const int frame = app.pass, decoder = app.lab.current()->decoder;
  if (view.frame + 1 == frame && view.decoder != decoder) view.take = true;
  view.frame = frame;
  view.decoder = decoder;
  if (!view.take || view.drawing) return;
  std::vector<float> z = code_of_drawing(app);
  const LabState& state = app.lab.state();
  view.take =
      z.empty() && (state.test_digit >= 0 || !state.strokes.empty());  // until the real digits are there
  app.lab.set_z(std::move(z), kDrawTag);                               // none: nothing happens
  if (!view.take) app.lab.end_tag();
}

}  // namespace

float draw_view(App& app, float x, float y, float width) {
  const float gap = card_gap(app, width), top = y;
  using Card = float (*)(App&, float, float, float);
  const auto framed = [&](Card content, float left, float& at, float room) {
    const float from = at;
    at += in_card(app, left, from, room, 0, [&] { return content(app, left, from, room); }) + gap;
  };
  const bool columns = side_by_side(app, width);
  const float left = columns ? std::floor((width - gap) * 0.5f) : width;
  const float x2 = columns ? x + left + gap : x, right = columns ? width - gap - left : width;
  float beside = y;
  float& y2 = columns ? beside : y;
  framed(pad_card, x, y, left);
  framed(nats_card, x, y, left);
  framed(code_card, x2, y2, right);
  take_code(app);
  framed(digit_card, x2, y2, right);
  return std::max(y, y2) - gap - top;
}

}  // namespace lab
