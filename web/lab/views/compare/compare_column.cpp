// One column of the view "Compare": a model, what it makes of the picture or of z, random samples and
// a morph.
#include <algorithm>
#include <cmath>

#include "shared/math/latent.hpp"
#include "web/lab/ui/draw_list.hpp"
#include "web/lab/ui/pixels_texts.hpp"
#include "web/lab/views/compare/compare.hpp"

namespace lab {
namespace {

constexpr int kStrip = 8;  // digits in a strip

std::string part(const Side& side, std::string_view name) {
  return std::string(side.name).append(":").append(name);
}

/// The picture of z by this model, or an empty tile while there is no z. With something to say it is
/// a button.
bool show(App& app, const Side& side, std::string_view name, const Box& box, std::span<const float> z,
          ImU32 ring = 0, std::string_view spoken = {}) {
  if (!z.empty()) return digit(app, name, box, app.lab.picture(side.model, z), ring, spoken, side.name);
  draw_list().AddRectFilled(low(box), high(box), colors(app).tile, u(app, 5));
  return false;
}

// ---- The model

std::string test_words(const Side& side) {
  const auto loss = [&](const char* key) { return static_cast<double>(side.model->test_loss(key)); };
  const double reconstruction = loss("test_reconstruction"), kl = loss("test_kl"),
               sum = loss("test_neg_elbo");
  if (!std::isfinite(reconstruction) || (!side.plain() && !std::isfinite(kl)))
    return std::string(say(Text::kCompareTestNone));
  if (side.plain())
    return say(Text::kCompareTestPlain, {number(reconstruction, 1), pixels_words(side.model->pixels)});
  return say(side.squared() ? Text::kCompareTestSquared : Text::kCompareTest,
             {number(reconstruction, 1), number(kl, 1), number(sum, 1), pixels_words(side.model->pixels)});
}

float head(App& app, const Side& side, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y;
  y = heading(app, x, y, width, side.model->id, model_words(side.model->id)) + u(app, 4);
  const std::string size =
      say(Text::kCompareSize, {say(Text::kLatents, {std::to_string(side.model->model.latent())}),
                               megabytes(static_cast<double>(side.model->bytes))});
  y += paragraph(app.fonts.small, c.muted, x, y, width, size) + u(app, 2);
  return y + paragraph(app.fonts.small, c.muted, x, y, width, test_words(side)) - top;
}

// ---- What it decodes

void figure(App& app, float x, float y, float width, std::string_view name, double nats) {
  const Box line{x, y, width, u(app, 20)};
  text(app.fonts.small, colors(app).text, line, name);
  text(app.fonts.small, colors(app).text, line, number(nats, 1), Align::kRight);
}

float result(App& app, const Side& side, float x, float y, float width) {
  const Theme& c = colors(app);
  const float hero = fit_digit(u(app, width < u(app, 400) ? 112 : 140)), row = u(app, 20);
  const Box box{x, y, hero, hero};
  show(app, side, part(side, "digit"), box, side.z);
  const float right_x = box.right() + u(app, 20), right = std::min(x + width - right_x, u(app, 240));
  const bool has_class = side.model->anchors && !side.z.empty() && (side.reading != nullptr || !side.plain());
  if (has_class) {
    const std::string looks = class_words(vae::likely_labels(*side.model->anchors, side.z));
    text(app.fonts.body, c.text, {right_x, y, right, row}, say(Text::kLooksLikeOnly, {looks}));
  }
  if (side.reading == nullptr || !side.reading->nats) return hero;
  y = box.bottom() - (side.plain() ? 2 : 3) * row;
  text(app.fonts.small, c.muted, {right_x, y, right, row}, say(Text::kCompareAtMu));
  figure(app, right_x, y + row, right, say(side.squared() ? Text::kCompareError : Text::kTimeReconstruction),
         side.reading->nats->reconstruction);
  if (!side.plain()) figure(app, right_x, y + 2 * row, right, "KL", side.reading->nats->kl);
  return hero;
}

// ---- Its numbers, a bar each

float code(App& app, const Side& side, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y, height = u(app, 72), line = std::max(1.0f, std::floor(app.display.scale));
  const std::string count = std::to_string(side.model->model.latent());
  const bool spread = side.reading != nullptr && !side.plain();
  const bool given = app.lab.state().compared == Compared::kLatent;
  const Text caption = given ? Text::kCompareZ : side.plain() ? Text::kComparePlainCode : Text::kCompareCode;
  y += paragraph(app.fonts.small, c.muted, x, y, width, say(caption, {count})) + u(app, 6);
  const float middle = std::round(y + height / 2);
  draw_list().AddRectFilled({x, middle}, {x + width, middle + line}, c.track);
  const std::size_t latents = std::min<std::size_t>(side.z.size(), kMaxSliders);
  const float step = std::min(width / static_cast<float>(std::max<std::size_t>(latents, 1)), u(app, 36));
  const float half = std::clamp(std::floor(step * 0.3f), line, u(app, 6));
  const auto at = [&](float value) {
    return middle - height / 2 * std::clamp(value / kLatentLimit, -1.0f, 1.0f);
  };
  for (std::size_t i = 0; i < latents; ++i) {
    const float center = std::round(x + (static_cast<float>(i) + 0.5f) * step), z = side.z[i];
    draw_list().AddRectFilled({center - half, std::min(middle, at(z))},
                              {center + half, std::max(middle, at(z)) + line},
                              spread ? c.accent[kAccentZ] : c.muted);
    if (!spread) continue;
    const float sigma = std::exp(side.reading->encoded.log_var[i] / 2);
    draw_list().AddRectFilled({center - line, at(z + sigma)}, {center + line, at(z - sigma)}, c.text);
  }
  mark(app, part(side, "code"), {x, y, width, height});
  return y + height - top;
}

// ---- Strips

/// The boxes of a strip's digits, in two rows where one would make them small.
struct Strip {
  float x, y, cell, gap, row_gap;
  int columns;
  Strip(const App& app, float from, float top, float width) : x(from), y(top), row_gap(u(app, 6)) {
    columns = width < u(app, 400) ? kStrip / 2 : kStrip;
    const auto n = static_cast<float>(columns);
    cell = fit_digit((width - (n - 1) * u(app, 4)) / n);
    gap = std::min(std::floor((width - n * cell) / (n - 1)), u(app, 20));
  }
  Box at(int i) const {
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    return {x + column * (cell + gap), y + row * (cell + row_gap), cell, cell};
  }
  float bottom() const { return at(kStrip - 1).bottom(); }
};

float random(App& app, const Side& side, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y;
  y += paragraph(app.fonts.small, c.muted, x, y, width,
                 say(Text::kCompareRandom, {std::to_string(app.lab.state().seed)})) +
       u(app, 6);
  const Strip strip(app, x, y, width);
  std::vector<float> chosen;
  for (int i = 0; i < kStrip; ++i) {
    const std::vector<float> z =
        side.model->model.sample_prior(app.lab.state().seed, static_cast<std::uint64_t>(i));
    const bool current = side.model == app.lab.current();  // whose digits can become the current one
    const std::string spoken =
        current ? with_looks(app, say(Text::kSampleNumber, {std::to_string(i + 1)}), z) : std::string();
    const ImU32 ring = current && z == app.lab.state().z ? c.accent[kAccentZ] : 0;
    if (show(app, side, indexed(part(side, "random"), i), strip.at(i), z, ring, spoken)) chosen = z;
  }
  if (!chosen.empty()) app.lab.set_z(std::move(chosen));
  y = strip.bottom();
  if (side.plain()) {
    y += u(app, 8);
    y += paragraph(app.fonts.small, c.text, x, y, width, say(Text::kComparePrior));
  }
  return y - top;
}

float way(App& app, const Side& side, float x, float y, float width) {
  const Theme& c = colors(app);
  const float top = y;
  y += paragraph(app.fonts.small, c.muted, x, y, width, say(Text::kCompareWay)) + u(app, 6);
  const Strip strip(app, x, y, width);
  for (int i = 0; i < kStrip; ++i) {
    const float t = static_cast<float>(i) / (kStrip - 1);
    std::vector<float> z;
    if (!side.a.empty() && !side.b.empty()) {
      z = app.lab.state().slerp ? vae::slerp(side.a, side.b, t) : vae::lerp(side.a, side.b, t);
    }
    const ImU32 ring = i == 0 ? c.accent[kAccentA] : i == kStrip - 1 ? c.accent[kAccentB] : 0;
    show(app, side, indexed(part(side, "way"), i), strip.at(i), z, ring);
  }
  return strip.bottom() - top;
}

}  // namespace

float compare_row(App& app, const Side& side, int row, float x, float y, float width) {
  static constexpr float (*kRows[kCompareRows])(App&, const Side&, float, float, float) = {head, result, code,
                                                                                           random, way};
  return kRows[row](app, side, x, y, width);
}

}  // namespace lab
