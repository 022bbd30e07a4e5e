// The two cuts of Inter that the lab is set in, subset to the characters it uses and embedded at build time
// by font.py. Only the lab's views may include this.
#pragma once

#include <cstddef>

namespace lab {

struct FontData {
  const unsigned char* bytes;  // OpenType
  std::size_t size;
};
extern const FontData kFontRegular, kFontSemiBold;

}  // namespace lab
