// The code of a drawing: what the encoder answers, a mean and a spread for each latent, and the z that is
// taken from it.
#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/views/bend/bend.hpp"
#include "web/lab/views/draw/draw.hpp"

namespace lab {
namespace {

constexpr int kRaster = 140;                    // five pixels of it to one of MNIST's
constexpr std::int64_t kLiveCost = 10'000'000;  // multiply-adds that a model may take while the pen moves

std::uint64_t hash_of_ink(std::span<const Stroke> strokes, std::uint64_t seed) {
  for (const Stroke& stroke : strokes) {
    const std::size_t size = stroke.xy.size();
    seed = hash_bytes(stroke.xy.data(), size, hash_bytes(&size, sizeof size, seed));
  }
  return seed;
}

std::vector<float> drawn_pixels(std::span<const Stroke> strokes) {
  return mnist_digit(rasterize(strokes, kRaster, pen_width(strokes)), kRaster);
}

bool is_mixture(const App& app) { return app.lab.current()->model.mixture() != nullptr; }
bool has_prior(const App& app) { return app.lab.current()->model.spec().prior != vae::Prior::kNone; }

// ---- One row for each latent

/// Where a value of z lies on a row.
struct Scale {
  float left, width, limit;
  float at(float z) const { return std::round(left + width * (std::clamp(z / limit, -1.0f, 1.0f) + 1) / 2); }
};

/// mu as a point, sigma as a line on both sides of it, the sampled z as a ring.
void code_row(App& app, const Box& box, int i, const Scale& scale, const Encoded& encoded, float z) {
  const Theme& c = colors(app);
  const auto at = static_cast<std::size_t>(i);
  const float mu = encoded.mu[at], sigma = std::exp(encoded.log_var[at] / 2);
  const float middle = std::round(box.y + box.h / 2), thick = u(app, 2), radius = u(app, 4);
  std::string figures = number(static_cast<double>(mu), 2);
  text(app.fonts.small, c.muted, box, latent_name(i));
  if (has_prior(app)) {
    figures = say(Text::kDrawRange, {figures, number(static_cast<double>(sigma), 2)});
    draw_list().AddRectFilled({scale.at(mu - sigma), middle - thick}, {scale.at(mu + sigma), middle + thick},
                              mix(c.card, c.accent[kAccentZ], 0.5f), thick);
  }
  draw_list().AddCircleFilled({scale.at(mu), middle}, radius, c.accent[kAccentZ]);
  if (z != mu) {
    draw_list().AddCircleFilled({scale.at(z), middle}, radius + u(app, 1), c.text);
    draw_list().AddCircleFilled({scale.at(z), middle}, radius - u(app, 1), c.card);
  }
  text(app.fonts.small, c.text, box, figures, Align::kRight);
}

/// Rows `first` to `end` below their scale; returns the height.
float code_column(App& app, const Box& box, int first, int end, float limit, const Encoded& encoded,
                  std::span<const float> z) {
  const Theme& c = colors(app);
  const bool prior = has_prior(app);
  const float row = u(app, 20), label = u(app, 30), figures = u(app, prior ? 92 : 52);
  const Scale scale{box.x + label, box.w - label - figures, limit};
  const float top = box.y + u(app, 18), bottom = top + static_cast<float>(end - first) * row;
  const float line = std::max(1.0f, std::floor(app.display.scale)), reach = u(app, 20);
  if (prior && !is_mixture(app)) {  // where two thirds of N(0, 1) lie
    draw_list().AddRectFilled({scale.at(-1), top}, {scale.at(1), bottom},
                              app.display.forced ? c.control_hover : mix(c.card, c.control, 0.75f),
                              u(app, 5));
  }
  for (const float tick : {-limit, 0.0f, limit}) {
    const float at = scale.at(tick);
    draw_list().AddRectFilled({at, top}, {at + line, bottom}, c.border);
    text(app.fonts.tiny, c.muted, {at - reach, box.y, 2 * reach, u(app, 16)},
         number(static_cast<double>(tick), 0), Align::kCenter);
  }
  for (int i = first; i < end; ++i) {
    const Box place{box.x, top + static_cast<float>(i - first) * row, box.w, row};
    code_row(app, place, i, scale, encoded, z[static_cast<std::size_t>(i)]);
  }
  return bottom - box.y;
}

/// The least whole number from 3 on that all of them fit into.
float limit_of(const Encoded& encoded, std::span<const float> z) {
  float limit = kLatentLimit;
  for (std::size_t i = 0; i < z.size(); ++i) {
    limit = std::max({limit, std::ceil(std::fabs(encoded.mu[i])), std::ceil(std::fabs(z[i]))});
  }
  return limit;
}

float code_rows(App& app, float x, float y, float width, const Encoded& encoded, std::span<const float> z) {
  const int count = std::min(app.lab.latent(), kMaxSliders);
  const int columns = count > 24 && width >= u(app, 480) ? 2 : 1, rows = (count + columns - 1) / columns;
  const float gap = u(app, 28), limit = limit_of(encoded, z);
  const float column =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  float height = 0;
  for (int i = 0; i < columns; ++i) {
    const Box box{x + static_cast<float>(i) * (column + gap), y, column, 0};
    height =
        std::max(height, code_column(app, box, i * rows, std::min((i + 1) * rows, count), limit, encoded, z));
  }
  if (app.lab.latent() <= kMaxSliders) return height;
  height += u(app, 8);
  return height + paragraph(app.fonts.small, colors(app).muted, x, y + height, width,
                            say(Text::kDrawMoreLatents, {std::to_string(kMaxSliders)}));
}

/// z = mu or drawn, and with which noise.
float code_choice(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const float top = y, row = u(app, 38), gap = u(app, 8);
  const bool one_row = width >= u(app, 480);
  const bool sampled = state.sampled;
  const std::uint32_t epsilon = state.epsilon;
  const float part = one_row ? std::floor((width - 2 * gap) * 0.42f) : width;
  state.sampled = choices(app, "sampled", say(Text::kDrawWhichZ), {x, y, part, row},
                          {say(Text::kDrawAtMu), say(Text::kDrawSampled)}, sampled ? 1 : 0) == 1;
  float left = x;
  if (one_row) {
    left += part + gap;
  } else {
    y += row + gap;
  }
  const float rest = x + width - left, half = std::floor((rest - gap) / 2);
  if (button(app, "resample", {left, y, half, row}, say(Text::kDrawResample))) {
    ++state.epsilon;
    state.sampled = true;
  }
  if (number_field(app, "epsilon", say(Text::kDrawEpsilon), {left + half + gap, y, rest - half - gap, row},
                   state.epsilon)) {
    state.sampled = true;
  }
  if (sampled != state.sampled || epsilon != state.epsilon) app.draw.take = true;
  return y + row - top;
}

}  // namespace

const Encoded* encoded_drawing(App& app) {
  LoadedModel* model = app.lab.current();
  const LabState& state = app.lab.state();
  DrawView& view = app.draw;
  if (model == nullptr || (state.test_digit < 0 && state.strokes.empty())) return nullptr;
  const vae::Digits* digits = state.test_digit >= 0 ? app.lab.digits() : nullptr;
  if (state.test_digit >= 0 && (digits == nullptr || state.test_digit >= digits->count())) return nullptr;
  const std::uint32_t how[] = {static_cast<std::uint32_t>(model->decoder),
                               static_cast<std::uint32_t>(app.lab.pixels_for(*model)), state.pixel_seed};
  const std::uint64_t of_model = hash_bytes(how, sizeof how);
  const std::uint64_t key = digits != nullptr
                                ? hash_bytes(&state.test_digit, sizeof state.test_digit, of_model)
                                : hash_of_ink(state.strokes, of_model);
  if (view.encoded.key == key) return &view.encoded;
  int index = 0;
  if (digits == nullptr) {
    view.picture = drawn_pixels(state.strokes);
  } else {
    view.picture.assign(digits->at(state.test_digit).begin(), digits->at(state.test_digit).end());
    index = digits->indices[static_cast<std::size_t>(state.test_digit)];
  }
  std::vector<float> pixels = app.lab.shown_to(*model, view.picture, index);
  auto posterior = model->model.encode(pixels);
  if (!posterior) return nullptr;  // memory is short; the next frame tries again
  view.encoded = {key, std::move(pixels), index, std::move(posterior->mu), std::move(posterior->log_var)};
  return &view.encoded;
}

std::vector<float> code_of_drawing(App& app) {
  const Encoded* encoded = encoded_drawing(app);
  if (encoded == nullptr) return {};
  return code_of(app.lab.current()->model, *encoded, app.lab.state().sampled, app.lab.state().epsilon);
}

const Nats* nats_of_drawing(App& app) {
  DrawView& view = app.draw;
  const Encoded* encoded = encoded_drawing(app);
  if (encoded == nullptr) return view.nats_key = 0, nullptr;
  const std::vector<float> z = code_of_drawing(app);
  const std::uint64_t key = hash_bytes(z.data(), z.size() * sizeof(float), encoded->key);
  if (view.nats_key == key) return &view.nats;
  LoadedModel& model = *app.lab.current();
  if (view.drawing && model.decode_cost > kLiveCost) return view.nats_key != 0 ? &view.nats : nullptr;
  const auto nats = nats_of(model.model, *encoded, z);
  if (!nats) return nullptr;
  view.nats = *nats;
  view.nats_key = key;
  return &view.nats;
}

float code_card(App& app, float x, float y, float width) {
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y;
  const std::string latents = std::to_string(app.lab.latent());
  const bool prior = has_prior(app);
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kDrawCode),
              say(prior ? Text::kDrawCodeLine : Text::kDrawCodePlain, {latents})) +
      u(app, 14);
  if (prior) y += code_choice(app, x, y, inner) + u(app, 14);
  const std::vector<float> z = code_of_drawing(app);
  if (const Encoded* encoded = encoded_drawing(app)) {
    y += code_rows(app, x, y, inner, *encoded, z);
    y += u(app, 8);
  }
  const bool sampled = app.lab.state().sampled, mixture = is_mixture(app);
  const Text legend = !prior    ? Text::kDrawLegendPlain
                      : sampled ? mixture ? Text::kDrawLegendMixtureSampled : Text::kDrawLegendSampled
                      : mixture ? Text::kDrawLegendMixture
                                : Text::kDrawLegend;
  y += paragraph(app.fonts.small, colors(app).muted, x, y, inner,
                 say(z.empty() ? Text::kDrawNothing : legend));
  return y + padding - top;
}

}  // namespace lab
