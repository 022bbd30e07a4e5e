// Which view, which model.
#include <algorithm>
#include <cmath>

#include "web/lab/shell/shell.hpp"
#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/cards.hpp"
#include "web/lab/views/table.hpp"

namespace lab {

namespace {

/// "20 latents, 100.0 nats"
std::string model_numbers(int latent, float neg_elbo) {
  std::string words = say(Text::kLatents, {std::to_string(latent)});
  if (neg_elbo > 0) words.append(say(Text::kComma)) += say(Text::kNats, {number(neg_elbo, 1)});
  return words;
}

bool wide_row(const App& app, float width) { return width > u(app, 640); }

float row_height(const App& app, std::string_view id, float width) {
  const float two_lines = u(app, 56);
  if (wide_row(app, width)) return two_lines;
  return two_lines + paragraph_height(app.fonts.small, width - u(app, 24), model_words(id)) + u(app, 2);
}

/// One row of the chooser; true when it is chosen. Where it is narrow, what the model is stands in lines of
/// its own.
bool model_row(App& app, const Box& box, std::string_view id, std::string_view numbers,
               std::string_view status, bool current) {
  const Theme& c = colors(app);
  const std::string name = "model:" + std::string(id);
  bool pressed = press(app, name, box);
  if (current || app.pointer.hovered()) {
    const ImU32 chosen = app.display.forced ? c.control_active : c.control;
    draw_list().AddRectFilled(low(box), high(box), current ? chosen : c.control_hover, u(app, 9));
  }
  const Box inner{box.x + u(app, 12), box.y, box.w - u(app, 24), box.h};
  const float line = u(app, 20), top = box.y + u(app, 8);
  text(app.fonts.strong, c.text, {inner.x, top, inner.w, line}, id);
  text(app.fonts.small, c.muted, {inner.x, top, inner.w, line}, status, Align::kRight);
  if (wide_row(app, box.w)) {
    text(app.fonts.small, c.muted, {inner.x, top + line, inner.w, line}, model_words(id));
    text(app.fonts.small, c.muted, {inner.x, top + line, inner.w, line}, numbers, Align::kRight);
  } else {
    paragraph(app.fonts.small, c.muted, inner.x, top + line + u(app, 1), inner.w, model_words(id));
    text(app.fonts.small, c.muted, {inner.x, box.bottom() - u(app, 8) - line, inner.w, line}, numbers);
  }
  std::string spoken(id);
  spoken.append(say(Text::kColon)).append(model_words(id)).append(say(Text::kStop)).append(numbers);
  add_item(app, Item::kToggle, name, box, spoken).value = current ? 1.0f : 0.0f;
  pressed = app.take_remote(name, nullptr) || pressed;
  return pressed;
}

std::string status_words(const App& app, const KnownModel& known) {
  const Wanted* wanted = app.lab.find_wanted(known.file);
  if (wanted != nullptr && wanted->status != Wanted::kLoaded && wanted->status != Wanted::kFailed)
    return loading_words(app, known.file);
  return megabytes(static_cast<double>(known.bytes));
}

float chooser(App& app, float x, float y, float width) {
  const float pad = u(app, 8), top = y, inner = width - 2 * pad;
  std::string chosen;
  y += pad;
  for (const KnownModel& known : known_models()) {
    const Box box{x + pad, y, inner, row_height(app, known.id, inner)};
    const std::string numbers = model_numbers(known.latent, known.test_neg_elbo);
    if (model_row(app, box, known.id, numbers, status_words(app, known), app.lab.state().model == known.id)) {
      chosen = known.id;
    }
    y += box.h;
  }
  if (LoadedModel* own = app.lab.model(kOwnModel)) {
    const Box box{x + pad, y, inner, row_height(app, kOwnModel, inner)};
    const std::string numbers = model_numbers(own->model.latent(), own->test_loss("test_neg_elbo"));
    if (model_row(app, box, kOwnModel, own->model.spec().name + std::string(say(Text::kComma)) + numbers,
                  megabytes(static_cast<double>(own->bytes)), app.lab.state().model == kOwnModel)) {
      chosen = kOwnModel;
    }
    y += box.h;
  }
  if (!app.display.window) {
    y += pad;
    const Box open{x + pad, y, std::min(inner, u(app, 280)), u(app, 38)};
    if (button(app, "open", open, say(Text::kOpenWeights))) app.request = "open";
    y += open.h + pad;
  }
  if (!chosen.empty()) {
    app.lab.use_model(chosen);
    app.choosing_model = false;
  }
  return y + pad - top;
}

}  // namespace

float top_bar(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float row = u(app, 42), gap = u(app, 8), top = y;
  const bool wide = width >= u(app, 980);
  const float chooser_width = wide ? u(app, 274) : width;
  std::vector<std::string_view> titles;
  for (const View& view : views()) titles.push_back(say(view.title));
  const auto count = static_cast<int>(titles.size());
  const int rows = width >= u(app, 600) ? 1 : 2, columns = (count + rows - 1) / rows;
  const auto before = static_cast<int>(find_view(state.view) - views().data());
  int chosen = before;
  const float tabs = wide ? width - chooser_width - gap : width;
  for (int i = 0; i < rows; ++i) {
    const std::span<const std::string_view> part(
        titles.data() + i * columns, static_cast<std::size_t>(std::min(columns, count - i * columns)));
    const int picked = choices(app, rows == 1 ? "view" : indexed("views", i), say(Text::kView),
                               {x, y, tabs, row}, part, before - i * columns);
    if (picked != before - i * columns) chosen = picked + i * columns;
    y += row + (i + 1 < rows ? u(app, 4) : 0);
  }
  if (chosen != before) {
    state.view = views()[static_cast<std::size_t>(chosen)].name;
    app.choosing_model = false;
  }
  const Box model{wide ? x + tabs + gap : x, wide ? top : y + gap, chooser_width, row};
  std::string label = state.model;
  std::string_view file;
  for (const KnownModel& known : known_models()) {
    if (state.model == known.id) file = known.file;
  }
  if (const LoadedModel* current = app.lab.current(); current != nullptr && current->id == state.model) {
    const bool elbo = current->test_loss("test_kl") > 0;
    label.append(say(Text::kColon)) +=
        model_numbers(current->model.latent(), elbo ? current->test_loss("test_neg_elbo") : 0);
  } else if (const std::string waiting = loading_words(app, file);
             !waiting.empty() && failed_file(app).empty()) {
    label = waiting;
  }
  if (toggle(app, "model", model, label, app.choosing_model)) app.choosing_model = !app.choosing_model;
  const float arrow = u(app, 5), right = model.right() - u(app, 16), middle = model.y + model.h / 2;
  const float tip = app.choosing_model ? -arrow / 2 : arrow / 2;
  draw_list().AddTriangleFilled({right - arrow, middle - tip}, {right, middle + tip},
                                {right + arrow, middle - tip},
                                app.choosing_model ? colors(app).on_primary : colors(app).text);
  y = std::max(y, model.bottom());
  if (const std::string_view failed = failed_file(app); !failed.empty()) {
    const float pad = card_padding(app, width);
    y += gap;
    y += in_card(app, x, y, width, 0,
                 [&] { return loading(app, x + pad, y + pad, width - 2 * pad, failed) + 2 * pad; });
  }
  if (app.choosing_model) {
    y += gap;
    y += in_card(app, x, y, width, 0, [&] { return chooser(app, x, y, width); });
  }
  return y - top;
}

}  // namespace lab
