// A file on its way, as the views show it, and words on models.
#include <algorithm>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/cards.hpp"

namespace lab {

std::string megabytes(double bytes) { return number(bytes / 1e6, bytes < 1e6 ? 2 : 1) + " MB"; }

std::string_view model_words(std::string_view id) {
  if (id == "mlp") return say(Text::kModelMlp);
  if (id == "resnet") return say(Text::kModelResnet);
  if (id == "tf-mlp") return say(Text::kModelTfMlp);
  if (id == "tf-conv") return say(Text::kModelTfConv);
  if (id == "aevb") return say(Text::kModelAevb);
  if (id == "autoencoder") return say(Text::kModelAutoencoder);
  return say(Text::kModelOwn);
}

std::string loading_words(const App& app, std::string_view file) {
  const Wanted* wanted = app.lab.find_wanted(file);
  if (wanted == nullptr || wanted->status == Wanted::kLoaded) return {};
  if (wanted->status == Wanted::kFailed) return say(Text::kLoadingFailed, {wanted->message});
  return say(Text::kLoadingFile, {file, number(100.0 * static_cast<double>(wanted->progress), 0)});
}

std::string_view failed_file(const App& app) {
  for (const KnownModel& known : known_models()) {
    if (app.lab.state().model != known.id) continue;
    const Wanted* wanted = app.lab.find_wanted(known.file);
    if (wanted != nullptr && wanted->status == Wanted::kFailed) return known.file;
  }
  return {};
}

float loading(App& app, float x, float y, float width, std::string_view file) {
  const Theme& c = colors(app);
  const float top = y, bar = u(app, 6), row = u(app, 38);
  y += paragraph(app.fonts.small, c.muted, x, y, width, loading_words(app, file)) + u(app, 10);
  const Wanted* wanted = app.lab.find_wanted(file);
  if (wanted != nullptr && wanted->status == Wanted::kFailed) {
    const std::string_view again = say(Text::kTryAgain);
    const float most = text_width(app.fonts.strong, again) + u(app, 32);
    if (button(app, "again", {x, y, std::min(width, most), row}, again)) app.lab.want(file);
    return y + row - top;
  }
  const float length = std::min(width, u(app, 420)), part = wanted != nullptr ? wanted->progress : 0;
  draw_list().AddRectFilled({x, y}, {x + length, y + bar}, c.track, bar / 2);
  if (part > 0)
    draw_list().AddRectFilled({x, y}, {x + std::max(bar, length * part), y + bar}, c.primary, bar / 2);
  mark(app, "loading", {x, y, length, bar});
  return y + bar - top;
}

float notice_card(App& app, float x, float y, float width, std::string_view title, std::string_view words) {
  const float pad = card_padding(app, width);
  return in_card(app, x, y, width, 0,
                 [&] { return heading(app, x + pad, y + pad, width - 2 * pad, title, words) + pad - y; });
}

}  // namespace lab
