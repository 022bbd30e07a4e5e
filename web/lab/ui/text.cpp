// Text of the lab; see widgets.hpp. ImGui breaks lines at spaces only, and Chinese has none, so paragraphs
// are broken here.
#include <cmath>

#include "web/lab/ui/draw_list.hpp"
#include "web/lab/ui/font.hpp"

namespace lab {
namespace {

float width_of(ImFont* font, const char* from, const char* to) {
  return font->CalcTextSizeA(font->FontSize, 1e9f, 0, from, to).x;
}

/// Bytes of the UTF-8 character that starts with this byte.
int length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// U+3000 onwards: Chinese characters and their punctuation, three bytes each.
bool chinese(const char* p) { return static_cast<unsigned char>(*p) >= 0xe3; }

/// Punctuation that must not begin a line.
bool closing(const char* p, const char* end) {
  static constexpr std::string_view kClosing = "，。、；：？！）”";
  return end - p >= 3 && kClosing.find(std::string_view(p, 3)) != std::string_view::npos;
}

/// The end of the piece from `p` that no line may break: a word with the spaces after it, or one
/// Chinese character.
const char* piece_end(const char* p, const char* end) {
  if (chinese(p)) {
    p += 3;
    while (p < end && closing(p, end)) p += 3;
    return p;
  }
  while (p < end && *p != ' ' && !chinese(p)) p += length_of(*p);
  while (p < end && closing(p, end)) p += 3;
  while (p < end && *p == ' ') ++p;
  return p;
}

/// The end of the line from `p`: as many pieces as fit, at least one.
const char* line_end(ImFont* font, const char* p, const char* end, float width) {
  const char* const from = p;
  while (p < end) {
    const char* const next = piece_end(p, end);
    const char* ink_end = next;
    while (ink_end > p && ink_end[-1] == ' ') --ink_end;
    if (p != from && width_of(font, from, ink_end) > width) break;
    p = next;
  }
  return p;
}

/// Calls visit(down, from, to) for every line; returns the height of all.
template <class Visit>
float each_line(ImFont* font, float width, std::string_view words, Visit visit) {
  const char* const end = words.data() + words.size();
  float height = 0;
  for (const char* p = words.data(); p < end;) {
    const char* const next = line_end(font, p, end, width);
    visit(height, p, next);
    height += font->FontSize;
    p = next;
  }
  return height;
}

}  // namespace

float text_width(ImFont* font, std::string_view words) {
  return width_of(font, words.data(), words.data() + words.size());
}

void text(ImFont* font, ImU32 color, const Box& box, std::string_view words, Align align) {
  const float width = text_width(font, words);
  float x = box.x;
  if (align == Align::kCenter) x += (box.w - width) / 2;
  if (align == Align::kRight) x += box.w - width;
  const float capitals = font->FontSize * (kCapitals / (kAscent + kDescent));
  const float y = box.y + (box.h + capitals) / 2 - font->Ascent;
  draw_list().AddText(font, font->FontSize, {std::round(x), std::round(y)}, color, words.data(),
                      words.data() + words.size());
}

float paragraph(ImFont* font, ImU32 color, float x, float y, float width, std::string_view words) {
  return each_line(font, width, words, [&](float down, const char* from, const char* to) {
    draw_list().AddText(font, font->FontSize, {x, y + down}, color, from, to);
  });
}

float paragraph_height(ImFont* font, float width, std::string_view words) {
  return each_line(font, width, words, [](float, const char*, const char*) {});
}

}  // namespace lab
