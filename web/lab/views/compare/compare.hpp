// The view "Compare" in three files: compare.cpp finds what the two models are given, compare_choice.cpp has
// the card where that is chosen, and compare_column.cpp draws what each makes of it.
#pragma once

#include "web/lab/views/draw/draw.hpp"

namespace lab {

/// One of the two models, and what it is given.
struct Side {
  LoadedModel* model = nullptr;
  std::string_view name;                          // "left" is the current model, "right" the other
  std::vector<float> z;                           // what it decodes, (latent); empty while it waits for that
  std::vector<float> a, b;                        // the ends of the morph in its own latents; or empty
  const CompareView::Reading* reading = nullptr;  // of the picture that z comes from, if it comes from one
  bool plain() const { return model->model.spec().prior == vae::Prior::kNone; }
  vae::Likelihood likelihood() const { return model->model.spec().likelihood; }
  bool squared() const { return likelihood() == vae::Likelihood::kSquaredError; }
};

inline bool same_size(const Side& a, const Side& b) {
  return a.model->model.latent() == b.model->model.latent();
}

/// The picture that both are given, (28 * 28) in gray, or nothing while it is not there. `index`: of a test
/// digit in the test set, otherwise 0.
struct SharedPicture {
  std::span<const float> pixels;
  int index = 0;
};
SharedPicture shared_picture(App& app);

/// All models but the current one.
std::vector<std::string> others(App& app);
/// The card above; returns its height. `ids`: others(). The right side may be without its model yet.
float choice_card(App& app, const std::vector<std::string>& ids, const Side& left, const Side& right, float x,
                  float y, float width);

/// Both columns have these rows, each as high as the higher of the two.
inline constexpr int kCompareRows = 5;
/// Draws row `row` of a column from (x, y); returns its height.
float compare_row(App& app, const Side& side, int row, float x, float y, float width);

}  // namespace lab
