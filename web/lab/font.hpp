// The fonts that the lab is set in, subset to the characters of its texts and embedded at build time by
// font.py: two cuts of Inter, and WenQuanYi Micro Hei for Chinese, which has full-width characters only and
// is to be merged into them. It is larger than both together, so the page does not carry it but fetches
// zh.ttf when it is wanted. Only the lab's views and the desktop's host may include this.
#pragma once

#include <cstddef>

namespace lab {

struct FontData {
  const unsigned char* bytes;  // OpenType
  std::size_t size;
};
extern const FontData kFontRegular, kFontSemiBold;
extern const FontData kFontChinese;  // on the desktop only

}  // namespace lab
