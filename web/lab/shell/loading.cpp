// A file on its way, as the views show it.
#include <algorithm>

#include "web/lab/shell/views.hpp"
#include "web/lab/ui/draw_list.hpp"

namespace lab {

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
  ink().AddRectFilled({x, y}, {x + length, y + bar}, c.track, bar / 2);
  if (part > 0) ink().AddRectFilled({x, y}, {x + std::max(bar, length * part), y + bar}, c.primary, bar / 2);
  mark(app, "loading", {x, y, length, bar});
  return y + bar - top;
}

}  // namespace lab
