// The lab's fonts in a window: the embedded ones, drawn by stb_truetype.
#include <GLFW/glfw3.h>

#include "imgui.h"
#include "web/lab/ui/font.hpp"
#include "web/lab/ui/strings.hpp"

namespace lab {
namespace {

/// What there is in Inter's subsets, and what Chinese texts are made of.
constexpr ImWchar kLatin[] = {0x20, 0xff, 0x370, 0x3ff, 0x2000, 0x22ff, 0};
constexpr ImWchar kHan[] = {0x3000, 0x303f, 0x4e00, 0x9fff, 0xff00, 0xffef, 0};

void add(ImFontAtlas& atlas, const FontData& font, float size, const ImFontConfig& config,
         const ImWchar* ranges) {
  atlas.AddFontFromMemoryTTF(const_cast<unsigned char*>(font.bytes), static_cast<int>(font.size), size,
                             &config, ranges);
}

}  // namespace

void build_fonts(ImFontAtlas& atlas, std::span<const FontCut> cuts, float scale) {
  for (const FontCut& cut : cuts) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = scale < 1.75f ? 3 : 2;
    config.OversampleV = 1;
    config.RasterizerMultiply = scale < 1.75f ? 1.15f : 1.0f;
    const float size = cut.em * (kAscent + kDescent);  // what stb_truetype counts by
    add(atlas, cut.semibold ? kFontSemiBold : kFontRegular, size, config, kLatin);
    if (language() != Language::kChinese) continue;
    config.MergeMode = true;
    config.OversampleH = 1;
    add(atlas, kFontChinese, size, config, kHan);
  }
  unsigned char* pixels;
  int width, height;
  atlas.GetTexDataAsAlpha8(&pixels, &width, &height);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, width, height, 0, GL_RED, GL_UNSIGNED_BYTE, pixels);
  atlas.ClearTexData();  // megabytes, which the texture has by now
}

}  // namespace lab
