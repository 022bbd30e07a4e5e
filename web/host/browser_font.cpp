// The lab's fonts in the browser: browser_font.js draws every character that the texts need with the fonts of
// the page's style sheet, and this makes a Dear ImGui atlas of it. So nothing of ImGui's own font code is
// linked (lab.cmake), a page carries no font, and any language can be written.
#include <cmath>
#include <iterator>
#include <vector>

#include "imgui.h"
#include "imgui_internal.h"
#include "web/lab/ui/font.hpp"
#include "web/lab/ui/strings.hpp"

namespace {

/// What browser_font.js is given, and what it makes of it. Four bytes each; the box in device pixels from the
/// pen's place on the baseline, and its place in the texture in texels.
struct Glyph {
  float semibold, em;
  unsigned code;
  float x0{}, y0{}, x1{}, y1{}, u0{}, v0{}, u1{}, v1{}, advance{};
};

constexpr int kLines = IM_DRAWLIST_TEX_LINES_WIDTH_MAX;
constexpr int kReserved = kLines + 3;  // texels from the left, in as many rows

}  // namespace

extern "C" {

/// Draws the glyphs into the texture that is bound, `oversample` texels to a device pixel where there are
/// places between two pixels, and in the upper left corner a square of `reserved` texels with lines. Returns
/// the texture's height.
int canvas_font(Glyph* glyphs, int count, int width, int reserved, int oversample, float brightness);

}  // extern "C"

namespace lab {
namespace {

/// Every character of the language's texts, and what file names, numbers and formulas need: font.py's ALWAYS.
std::vector<unsigned> characters() {
  ImFontGlyphRangesBuilder written;
  for (std::size_t i = 0; i < std::size(kTexts); ++i) written.AddText(say(static_cast<Text>(i)).data());
  written.AddText("−×·←→↑↓μσε…–—’“”₀₁₂₃₄₅₆₇₈₉");
  std::vector<unsigned> codes;
  for (unsigned code = ' '; code < 0xffff; ++code) {
    if (code <= '~' || written.GetBit(code)) codes.push_back(code);
  }
  return codes;
}

/// Says where ImGui's lines of every width are, each in the middle of a row.
void place_lines(ImFontAtlas& atlas) {
  for (int width = 0; width <= kLines; ++width) {
    const int left = (kReserved - width) / 2;
    const float v = (static_cast<float>(width) + 0.5f) * atlas.TexUvScale.y;
    atlas.TexUvLines[width] = {static_cast<float>(left - 1) * atlas.TexUvScale.x, v,
                               static_cast<float>(left + width + 1) * atlas.TexUvScale.x, v};
  }
  atlas.TexUvWhitePixel = {kReserved * 0.5f * atlas.TexUvScale.x, atlas.TexUvLines[kLines].y};
}

}  // namespace

void build_fonts(ImFontAtlas& atlas, std::span<const FontCut> cuts, float scale) {
  const std::vector<unsigned> codes = characters();
  std::vector<Glyph> glyphs;
  for (const FontCut& cut : cuts) {
    auto* const font = IM_NEW(ImFont);
    font->ContainerAtlas = &atlas;
    font->FontSize = std::floor(cut.em * (kAscent + kDescent));  // whole pixels, as ImGui itself does it
    const float em = font->FontSize / (kAscent + kDescent);
    font->Ascent = std::floor(em * kAscent + 1);
    font->Descent = -std::floor(em * kDescent + 1);
    atlas.Fonts.push_back(font);
    for (const unsigned code : codes) glyphs.push_back({cut.semibold ? 1.0f : 0.0f, em, code});
  }
  atlas.TexWidth = scale < 2.5f ? 2048 : 4096;
  atlas.TexHeight = canvas_font(glyphs.data(), static_cast<int>(glyphs.size()), atlas.TexWidth, kReserved,
                                scale < 1.75f ? 3 : 2, scale < 1.75f ? 1.15f : 1);
  atlas.TexUvScale = {1 / static_cast<float>(atlas.TexWidth), 1 / static_cast<float>(atlas.TexHeight)};
  place_lines(atlas);
  const Glyph* glyph = glyphs.data();
  for (ImFont* const font : atlas.Fonts) {
    for (std::size_t i = 0; i < codes.size(); ++i, ++glyph) {
      const Glyph& g = *glyph;
      font->AddGlyph(nullptr, static_cast<ImWchar>(g.code), g.x0, g.y0 + font->Ascent, g.x1,
                     g.y1 + font->Ascent, g.u0 * atlas.TexUvScale.x, g.v0 * atlas.TexUvScale.y,
                     g.u1 * atlas.TexUvScale.x, g.v1 * atlas.TexUvScale.y, g.advance);
    }
    font->BuildLookupTable();
  }
  atlas.TexReady = true;
}

}  // namespace lab
