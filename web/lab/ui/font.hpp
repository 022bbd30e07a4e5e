// The typeface that the lab is set in. A window has two cuts of Inter inside, and WenQuanYi Micro Hei for
// Chinese, subset to the characters of the lab's texts by font.py (desktop_font.cpp). A browser draws what
// the visitor has (browser_font.cpp), as large as Inter, so a page carries no font. Only the lab's theme and
// the hosts include this.
#pragma once

#include <cstddef>
#include <span>

struct ImFontAtlas;

namespace lab {

struct FontCut {
  bool semibold;
  float em;  // device pixels
};

/// Inter's metrics, in ems. Text is set by them whatever it is drawn with.
inline constexpr float kAscent = 2728.0f / 2816, kDescent = 680.0f / 2816, kCapitals = 2048.0f / 2816;

/// Fills the empty atlas with one font for each cut, in this order, for texts of the present language, and
/// OpenGL's present texture with its pixels, whose alpha counts. `scale`: device pixels to a CSS pixel.
/// The host's.
void build_fonts(ImFontAtlas& atlas, std::span<const FontCut> cuts, float scale);

/// On the desktop only, OpenType. The Chinese one has full-width characters only, to be merged into
/// the others.
struct FontData {
  const unsigned char* bytes;
  std::size_t size;
};
extern const FontData kFontRegular, kFontSemiBold, kFontChinese;

}  // namespace lab
