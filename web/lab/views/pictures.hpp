// Pictures of the gallery as the views show them, and what a model says that they look like.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "web/lab/views/app.hpp"

namespace lab {

/// A picture of the gallery with its ring (0 for none). With something to say it is a button: true when
/// pressed. While its picture is not decoded yet, the last one of the same name stays. `group`: see Item.
bool digit(App& app, std::string_view name, const Box& box, int slot, ImU32 ring = 0,
           std::string_view spoken = {}, std::string_view group = {});
/// The slot to draw where `slot` is wanted: the last one of the same place while it is not decoded yet.
int slot_to_show(App& app, std::uint64_t place, int slot);
/// The picture alone, without tile, ring or name.
void bare_digit(App& app, const Box& box, int slot, ImU32 tint);
/// "Sample 5, looks like 7": what z looks like behind a name, for people who cannot see it.
std::string with_looks(const App& app, std::string_view name, std::span<const float> z);
/// "7", or "4 or 9"; empty when there is none.
std::string class_words(std::span<const int> labels);

}  // namespace lab
