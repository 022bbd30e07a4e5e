// The card above the columns: which model, and what both are given; see compare.hpp.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/pixels_texts.hpp"
#include "web/lab/views/compare/compare.hpp"

namespace lab {

std::vector<std::string> others(App& app) {
  std::vector<std::string> ids;
  for (const KnownModel& known : known_models()) ids.emplace_back(known.id);
  if (app.lab.model(kOwnModel) != nullptr) ids.emplace_back(kOwnModel);
  std::erase(ids, app.lab.current()->id);
  return ids;
}

namespace {

std::string with_size(const std::string& id) {
  for (const KnownModel& known : known_models()) {
    if (id == known.id) return say(Text::kCompareSize, {id, megabytes(static_cast<double>(known.bytes))});
  }
  return id;
}

float model_buttons(App& app, const std::vector<std::string>& ids, float x, float y, float width) {
  std::string& other = app.lab.state().other;
  Flow row(app, x, y, x + width);
  for (const std::string& id : ids) {
    const std::string label = with_size(id);
    if (toggle(app, "other:" + id, row.next(label), label, other == id)) other = id;
  }
  return row.bottom() - y;
}

void choose_given(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const std::string_view options[] = {say(Text::kThisDigit), say(Text::kCompareTestDigit),
                                      say(Text::kCompareDrawing), say(Text::kCompareLatent)};
  const int before = static_cast<int>(state.compared);
  const int chosen =
      choices(app, "compared", say(Text::kCompareWhat), {x, y, width, u(app, 38)}, options, before);
  state.compared = static_cast<Compared>(chosen);
  if (state.compared == Compared::kDrawing)
    state.test_digit = -1;  // the drawing is shown again, as in "Draw"
}

/// One or two sentences on what both are given.
std::string given_words(App& app, const Side& left, const Side& right) {
  const LabState& state = app.lab.state();
  if (state.compared == Compared::kDrawing && state.strokes.empty())
    return std::string(say(Text::kCompareNoDrawing));
  if (state.compared != Compared::kLatent) return std::string(say(Text::kComparePictureLine));
  const std::string latents = std::to_string(left.model->model.latent());
  if (right.model == nullptr || same_size(left, right)) return say(Text::kCompareLatentLine, {latents});
  return say(Text::kCompareSizesLine,
             {left.model->id, latents, right.model->id, std::to_string(right.model->model.latent())});
}

int next_test_digit(App& app) {
  const vae::Digits* digits = app.lab.digits();
  return digits == nullptr ? 0 : (std::max(app.lab.state().test_digit, 0) + 1) % digits->count();
}

/// Buttons that change what both are given, and one that swaps the models.
float given_buttons(App& app, const Side& left, const Side& right, float x, float y, float width) {
  LabState& state = app.lab.state();
  Flow row(app, x, y, x + width);
  const auto pressed = [&](std::string_view name, Text label) {
    return button(app, name, row.next(say(label)), say(label));
  };
  if (state.compared == Compared::kTestDigit) {
    if (pressed("compare:next", Text::kCompareNext)) {
      app.lab.remember();
      state.test_digit = next_test_digit(app);
    }
  } else if (state.compared == Compared::kDrawing) {
    if (pressed("go:draw", Text::kDraw)) state.view = "draw";
  } else if (pressed("surprise", Text::kSurpriseMe)) {
    const bool own_numbers =
        state.compared == Compared::kLatent && right.model != nullptr && !same_size(left, right);
    own_numbers ? app.lab.new_samples() : app.lab.surprise();
  }
  if (right.model != nullptr && pressed("swap", Text::kCompareSwap)) {
    state.other = left.model->id;
    app.lab.use_model(std::string(right.model->id));
  }
  return row.bottom() - y;
}

float given(App& app, const Side& left, const Side& right, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y, hero = fit_digit(u(app, 84));
  const std::span<const float> picture = shared_picture(app).pixels;
  float words_x = x;
  if (!picture.empty()) {
    const ImU32 ring = app.lab.state().compared == Compared::kDigit ? c.accent[kAccentZ] : 0;
    digit(app, "compare:given", {x + u(app, 2), y, hero, hero}, app.lab.gallery().given(picture), ring);
    words_x = x + hero + u(app, 20);
  }
  const float words = x + width - words_x;
  y += paragraph(app.fonts.body, c.text, words_x, y, words, given_words(app, left, right)) + u(app, 10);
  if (app.lab.state().compared == Compared::kTestDigit && app.lab.digits() == nullptr) {
    y += loading(app, words_x, y, words, kDigitsFile) + u(app, 10);
  }
  y += given_buttons(app, left, right, words_x, y, words);
  return std::max(y - top, picture.empty() ? 0 : hero);
}

/// Which pixels they are shown, and why their numbers cannot be held against each other, where they cannot.
std::string caution(const App& app, const Side& left, const Side& right) {
  const vae::Pixels a = app.lab.pixels_for(*left.model), b = app.lab.pixels_for(*right.model);
  std::string words;
  if (a != b) {
    words = say(Text::kComparePixels, {left.model->id, pixels_words(a), right.model->id, pixels_words(b)});
  } else if (app.lab.state().compared != Compared::kLatent) {
    words = say(Text::kCompareShown, {pixels_words(a)});
  }
  const auto add = [&](Text more) { words.append(words.empty() ? "" : " ").append(say(more)); };
  if (left.likelihood() != right.likelihood()) {
    add(Text::kCompareScales);
  } else if (left.plain() != right.plain()) {
    add(Text::kCompareNoElbo);
  }
  return words;
}

}  // namespace

float choice_card(App& app, const std::vector<std::string>& ids, const Side& left, const Side& right, float x,
                  float y, float width) {
  const Theme& c = colors(app);
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  y = heading(app, x, y + pad, inner, say(Text::kCompare), say(Text::kCompareLine)) + u(app, 14);
  y += model_buttons(app, ids, x, y, inner) + u(app, 12);
  choose_given(app, x, y, inner);
  y += u(app, 38) + u(app, 16);
  y += given(app, left, right, x, y, inner);
  if (right.model == nullptr) return y + pad - top;
  if (const std::string words = caution(app, left, right); !words.empty()) {
    y += u(app, 14);
    y += paragraph(app.fonts.small, c.muted, x, y, inner, words);
  }
  return y + pad - top;
}

}  // namespace lab
