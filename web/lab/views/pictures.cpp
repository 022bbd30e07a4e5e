#include "web/lab/views/pictures.hpp"

#include "web/lab/ui/draw_list.hpp"

namespace lab {

void bare_digit(App& app, const Box& box, int slot, ImU32 tint) {
  if (app.display.atlas == ImTextureID{} || slot < 0) return;
  const float column = static_cast<float>(slot % kAtlasColumns),
              row = static_cast<float>(slot / kAtlasColumns);
  draw_list().AddImage(app.display.atlas, low(box), high(box), {column / kAtlasColumns, row / kAtlasRows},
                       {(column + 1) / kAtlasColumns, (row + 1) / kAtlasRows}, tint);
}

int slot_to_show(App& app, std::uint64_t place, int slot) {
  auto& [last, key] = app.shown[place];
  const Gallery& gallery = app.lab.gallery();
  if (gallery.ready(slot) ||
      gallery.key(last) != key) {  // otherwise the last one stays until this one is ready
    last = slot;
    key = gallery.key(slot);
  }
  app.behind = app.behind || last != slot;
  return last;
}

bool digit(App& app, std::string_view name, const Box& box, int slot, ImU32 ring, std::string_view spoken,
           std::string_view group) {
  const Theme& c = colors(app);
  const bool pressed = !spoken.empty() && press(app, name, box);
  const bool hovered = !spoken.empty() && app.pointer.hovered();
  const float radius = u(app, 5), edge = u(app, 2);
  if (ring == 0 && hovered) ring = c.muted;
  if (ring != 0) {
    draw_list().AddRectFilled({box.x - edge, box.y - edge}, {box.right() + edge, box.bottom() + edge}, ring,
                              radius + edge);
  }
  draw_list().AddRectFilled(low(box), high(box), c.tile, radius);
  bare_digit(app, box, slot_to_show(app, hash_text(name), slot), c.digit);
  Item& item = add_item(app, spoken.empty() ? Item::kPlace : Item::kButton, name, box, spoken);
  item.slot = slot;
  item.group = group;
  return (!spoken.empty() && app.take_remote(name, nullptr)) || pressed;
}

std::string with_looks(const App& app, std::string_view name, std::span<const float> z) {
  const std::string looks = class_words(app.lab.looks_like(z));
  return looks.empty() ? std::string(name) : say(Text::kLooksLike, {name, looks});
}

std::string class_words(std::span<const int> labels) {
  if (labels.empty()) return {};
  const std::string first = std::to_string(labels[0]);
  return labels.size() == 1 ? first : say(Text::kOneOrOther, {first, std::to_string(labels[1])});
}

}  // namespace lab
