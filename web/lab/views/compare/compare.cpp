// "Compare": the current model beside another one. Both are given the same picture, which each encodes and
// decodes, or the same z; below, random samples and a morph of each.
#include "web/lab/views/compare/compare.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/math/latent.hpp"
#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// The picture of z by the current model, or nothing until it is decoded.
std::span<const float> pixels_of(App& app, std::span<const float> z) {
  const int slot = app.lab.picture(z);
  if (app.lab.gallery().ready(slot)) return app.lab.gallery().pixels(slot);
  app.behind = app.behind || slot >= 0;
  return {};
}

}  // namespace

SharedPicture shared_picture(App& app) {
  const LabState& state = app.lab.state();
  if (state.compared == Compared::kDigit) return {pixels_of(app, state.z)};
  if (state.compared == Compared::kTestDigit) {
    const vae::Digits* digits = app.lab.digits();
    if (digits == nullptr) return {};
    const int i = std::max(state.test_digit, 0) % digits->count();
    return {digits->at(i), digits->indices[static_cast<std::size_t>(i)]};
  }
  const bool drawn =
      state.compared == Compared::kDrawing && state.test_digit < 0 && encoded_drawing(app) != nullptr;
  return drawn ? SharedPicture{app.draw.picture} : SharedPicture{};
}

namespace {

/// What a model's encoder makes of a picture, shown to it as it was trained; null without a picture.
CompareView::Reading* read(App& app, LoadedModel& model, const SharedPicture& picture) {
  if (picture.pixels.empty()) return nullptr;
  CompareView& view = app.compare;
  std::vector<float> shown = app.lab.shown_to(model, picture.pixels, picture.index);
  const std::uint64_t key = hash_bytes(shown.data(), shown.size() * sizeof(float),
                                       hash_bytes(&model.decoder, sizeof model.decoder));
  for (CompareView::Reading& known : view.readings) {
    if (known.encoded.key == key) return &known;
  }
  auto posterior = model.model.encode(shown);
  if (!posterior) return nullptr;
  CompareView::Reading& added = view.readings[view.next];
  view.next = (view.next + 1) % std::size(view.readings);
  added.encoded = {key, std::move(shown), picture.index, std::move(posterior->mu),
                   std::move(posterior->log_var)};
  added.nats.reset();
  return &added;
}

/// Gives both sides what they decode. Of the morph's ends the other model gets the pictures; with the same
/// z, z.
void give(App& app, Side& left, Side& right) {
  const LabState& state = app.lab.state();
  const bool same_z = state.compared == Compared::kLatent && same_size(left, right);
  const SharedPicture picture = shared_picture(app);
  for (Side* side : {&left, &right}) {
    if (state.compared == Compared::kLatent) {
      side->z = same_z ? state.z : side->model->model.sample_prior(state.seed, 0);
    } else if (CompareView::Reading* made = read(app, *side->model, picture)) {
      if (!made->nats) made->nats = nats_of(side->model->model, made->encoded, made->encoded.mu);
      side->reading = made;
      side->z = made->encoded.mu;
    }
    if (!side->z.empty()) app.lab.picture(side->model, side->z);  // decoded before all others
  }
  left.a = state.stops[0];
  left.b = state.stops[1];
  for (const auto& [from, to] : {std::pair(&left.a, &right.a), std::pair(&left.b, &right.b)}) {
    if (same_z) {
      *to = *from;
    } else if (const CompareView::Reading* made = read(app, *right.model, {pixels_of(app, *from)})) {
      *to = made->encoded.mu;
    }
  }
}

// ---- Words

/// "mlp beside tf-conv. mlp: 59.4 and KL 26.7, ..."
std::string spoken(const Side& left, const Side& right) {
  std::string words = say(Text::kCompareSay, {left.model->id, right.model->id});
  for (const Side* side : {&left, &right}) {
    if (side->reading == nullptr || !side->reading->nats) continue;
    const Nats& nats = *side->reading->nats;
    words +=
        say(Text::kCompareSayLoss, {side->model->id, number(nats.reconstruction, 1), number(nats.kl, 1)});
  }
  return words;
}

// ---- The columns

/// Side by side, row by row, so that what belongs together lies at one height.
float two_columns(App& app, const Side& left, const Side& right, float x, float y, float width) {
  const float gap = card_gap(app, width), column = std::floor((width - gap) / 2), top = y;
  const float pad = card_padding(app, column), inner = column - 2 * pad;
  const float height = in_card(app, x, y, column, 0, [&] {
    y += pad;
    for (int row = 0; row < kCompareRows; ++row) {
      const float first = compare_row(app, left, row, x + pad, y, inner);
      const float second = compare_row(app, right, row, x + column + gap + pad, y, inner);
      y += std::max(first, second) + u(app, 18);
    }
    return y - u(app, 18) + pad - top;
  });
  return in_card(app, x + column + gap, top, column, height, [] { return 0.0f; });
}

float one_column(App& app, const Side& side, float x, float y, float width) {
  const float pad = card_padding(app, width), top = y;
  return in_card(app, x, y, width, 0, [&] {
    y += pad;
    for (int row = 0; row < kCompareRows; ++row) {
      y += compare_row(app, side, row, x + pad, y, width - 2 * pad) + u(app, 18);
    }
    return y - u(app, 18) + pad - top;
  });
}

/// In place of the other model, while it is not there.
float waiting(App& app, float x, float y, float width) {
  const std::string& id = app.lab.state().other;
  const float pad = card_padding(app, width), inner = width - 2 * pad;
  return in_card(app, x, y, width, 0, [&] {
    const float below = heading(app, x + pad, y + pad, inner, id, model_words(id)) + u(app, 14);
    for (const KnownModel& known : known_models()) {
      if (id == known.id) return below + loading(app, x + pad, below, inner, known.file) + pad - y;
    }
    return below + pad - y;
  });
}

}  // namespace

float compare_view(App& app, float x, float y, float width) {
  LabState& state = app.lab.state();
  const std::vector<std::string> ids = others(app);
  if (ids.empty()) return notice_card(app, x, y, width, say(Text::kCompare), say(Text::kCompareNone));
  if (std::find(ids.begin(), ids.end(), state.other) == ids.end()) state.other = ids.front();
  Side left, right;
  left.model = app.lab.current();
  left.name = "left";
  right.model = app.lab.model(state.other);
  right.name = "right";
  app.samples = true;
  app.compare.spoken.clear();
  if (right.model != nullptr) {
    give(app, left, right);
    app.compare.spoken = spoken(left, right);
  }
  const float gap = card_gap(app, width), top = y;
  y += in_card(app, x, y, width, 0, [&] { return choice_card(app, ids, left, right, x, y, width); }) + gap;
  if (right.model == nullptr) {
    y += waiting(app, x, y, width);
  } else if (side_by_side(app, width)) {
    y += two_columns(app, left, right, x, y, width);
  } else {
    y += one_column(app, left, x, y, width) + gap;
    y += one_column(app, right, x, y, width);
  }
  return y - top;
}

std::string describe_compared(const App& app) {
  std::string words = app.compare.spoken;
  append_looks(words, app, app.lab.state().z);
  return words;
}

}  // namespace lab
