#include "web/lab/views/table.hpp"

#include <algorithm>

#include "web/lab/views/cards.hpp"
#include "web/lab/views/morph/morph.hpp"

namespace lab {

// A view's functions stand in its own file.
float generate_view(App& app, float x, float y, float width);
float morph_view(App& app, float x, float y, float width);
float bend_view(App& app, float x, float y, float width);
float map_view(App& app, float x, float y, float width);
float draw_view(App& app, float x, float y, float width);
float time_view(App& app, float x, float y, float width);
float compare_view(App& app, float x, float y, float width);
float inside_view(App& app, float x, float y, float width);
std::string describe_samples(const App& app);
std::string describe_morph(const App& app);
std::string describe_map(const App& app);
std::string describe_moment(const App& app);
std::string describe_compared(const App& app);
bool* time_playing(App& app);

namespace {

constexpr View kViews[] = {
    {"generate", Text::kGenerate, generate_view, describe_samples, morph_playing},
    {"morph", Text::kMorph, morph_view, describe_morph, morph_playing},
    {"bend", Text::kBend, bend_view, describe_digit},
    {"map", Text::kMap, map_view, describe_map},
    {"draw", Text::kDraw, draw_view, describe_digit},
    {"time", Text::kTime, time_view, describe_moment, time_playing},
    {"compare", Text::kCompare, compare_view, describe_compared},
    {"inside", Text::kInside, inside_view, describe_digit},
};

}  // namespace

std::span<const View> views() { return kViews; }

const View* find_view(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kViews), std::end(kViews), [&](const View& view) { return view.name == name; });
  return found == std::end(kViews) ? nullptr : found;
}

}  // namespace lab
