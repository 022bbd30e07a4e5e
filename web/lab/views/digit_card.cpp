// The current digit, large, what it looks like, and where it can go from here.
#include <algorithm>
#include <cmath>

#include "web/lab/views/cards.hpp"
#include "web/lab/views/table.hpp"

namespace lab {
void undo_buttons(App& app, float right, float y) {
  const float size = u(app, 36);
  if (button(app, "undo", {right - 2 * size - u(app, 6), y, size, size}, "",
             app.lab.can_undo() ? Kind::kPlain : Kind::kIdle, Icon::kUndo, say(Text::kUndo))) {
    app.lab.undo();
  }
  if (button(app, "redo", {right - size, y, size, size}, "", app.lab.can_redo() ? Kind::kPlain : Kind::kIdle,
             Icon::kRedo, say(Text::kRedo))) {
    app.lab.redo();
  }
}

float digit_card(App& app, float x, float y, float width) {
  const Theme& c = colors(app);
  LabState& state = app.lab.state();
  const float pad = card_padding(app, width), inner = width - 2 * pad, top = y;
  x += pad;
  text(app.fonts.title, c.text, {x, y + pad, inner, u(app, 24)}, say(Text::kThisDigit));
  undo_buttons(app, x + inner, y + pad - u(app, 6));
  y += pad + u(app, 24) + u(app, 14);
  const float hero = fit_digit(u(app, width < u(app, 480) ? 112 : 140));
  const Box picture{x + u(app, 2), y, hero, hero};
  digit(app, "digit", picture, app.lab.picture(state.z), c.accent[kAccentZ]);

  const float right_x = picture.right() + u(app, 18), right = x + inner;
  const std::string looks = class_words(app.lab.looks_like(state.z));
  if (!looks.empty()) {
    text(app.fonts.body, c.text, {right_x, y, right - right_x, u(app, 20)},
         say(Text::kLooksLikeOnly, {looks}));
    y += u(app, 30);
  }
  Flow row(app, right_x, y, right);
  if (button(app, "surprise", row.next(say(Text::kSurpriseMe)), say(Text::kSurpriseMe), Kind::kPrimary)) {
    app.lab.surprise();
  }
  if (button(app, "useA", row.next(say(Text::kUseAsA)), say(Text::kUseAsA))) app.lab.set_stop(0, state.z);
  if (button(app, "useB", row.next(say(Text::kUseAsB)), say(Text::kUseAsB))) app.lab.set_stop(1, state.z);
  for (const char* target : {"bend", "map", "compare", "inside"}) {
    const std::string_view title = say(find_view(target)->title);
    if (state.view != target && button(app, std::string("go:") + target, row.next(title), title)) {
      state.view = target;
    }
  }
  y = std::max(picture.bottom(), row.bottom());
  if (!app.display.window) {
    y += u(app, 14);
    Flow exports(app, x, y, right);
    const std::pair<const char*, Text> kExports[] = {
        {"png", Text::kSavePng}, {"json", Text::kSaveJson}, {"link", Text::kCopyLink}};
    for (const auto& [name, label] : kExports) {
      if (button(app, name, exports.next(say(label)), say(label))) app.request = name;
    }
    y = exports.bottom();
  }
  return y + pad - top;
}

void append_looks(std::string& words, const App& app, std::span<const float> z) {
  const std::string looks = class_words(app.lab.looks_like(z));
  if (!looks.empty()) words += say(Text::kSayLooks, {looks});
}

std::string describe_digit(const App& app) {
  std::string words;
  if (app.nats) {
    words = say(Text::kSayNats,
                {number(app.nats->total(), 1), number(app.nats->reconstruction, 1), number(app.nats->kl, 1)});
  }
  append_looks(words, app, app.lab.state().z);
  return words;
}

}  // namespace lab
