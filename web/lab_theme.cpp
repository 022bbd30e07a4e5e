// Colours and type of the lab. Colours hold WCAG AA against what they lie on; web/index.css repeats `page`
// and `ink` for the page around the canvas. A, B and the sliders keep their hue everywhere.
#include "web/lab_font.hpp"
#include "web/lab_widgets.hpp"

namespace lab {
namespace {

constexpr ImU32 rgb(unsigned hex) { return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255); }

constexpr Theme kLight{
    rgb(0xf5f4f1), rgb(0xffffff), rgb(0xe3e0da), rgb(0x1b1b1f), rgb(0x625f68),
    rgb(0x17171c), rgb(0xf4f3ef), rgb(0xeeece7), rgb(0xe4e1da), rgb(0xd8d4cb),
    rgb(0xd9d5cd), rgb(0x1b1b1f), rgb(0x3a3a43), rgb(0xffffff), {rgb(0xc2410c), rgb(0x1d4ed8), rgb(0x0f766e)},
    rgb(0xffffff)};
constexpr Theme kDark{
    rgb(0x121215), rgb(0x1b1b20), rgb(0x2d2d34), rgb(0xf1f0ee), rgb(0xa5a2ac),
    rgb(0xf6f5f2), rgb(0x101013), rgb(0x2a2a31), rgb(0x36363e), rgb(0x43434c),
    rgb(0x3c3c45), rgb(0xf1f0ee), rgb(0xd5d3cf), rgb(0x17171b), {rgb(0xfb923c), rgb(0x74aaff), rgb(0x2dd4bf)},
    rgb(0x141417)};

/// Sizes in CSS pixels per em. Inter's x-height is 6/11 em: these put it on whole pixels at densities 1 to 3.
constexpr float kTiny = 11, kSmall = 12.8333f, kBody = 14.6667f, kTitle = 20.1667f;

ImFont* add(const FontData& font, float em, float scale, const ImWchar* ranges) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = scale < 1.75f ? 3 : 2;
  config.OversampleV = 1;
  config.RasterizerMultiply = scale < 1.75f ? 1.15f : 1.0f;
  const float size = em * scale * (3408.0f / 2816);  // stb_truetype counts from ascent to descent
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(font.bytes),
                                                    static_cast<int>(font.size), size, &config, ranges);
}

}  // namespace

const Theme& theme(bool dark) { return dark ? kDark : kLight; }

bool update_fonts(App& app) {
  if (app.font_scale == app.host.scale) return false;
  app.font_scale = app.host.scale;
  static const ImWchar kAll[] = {0x20,   0x7e,   0xb7,   0xb7,   0xd7,   0xd7,   0x3bc,
                                 0x3c3,  0x2013, 0x201d, 0x2026, 0x2026, 0x2080, 0x2089,
                                 0x2192, 0x2192, 0x2212, 0x2212, 0};
  static const ImWchar kPlain[] = {0x20, 0x7e, 0};
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  app.fonts.body = add(kFontRegular, kBody, app.font_scale, kAll);
  app.fonts.small = add(kFontRegular, kSmall, app.font_scale, kAll);
  app.fonts.strong = add(kFontSemiBold, kSmall, app.font_scale, kPlain);
  app.fonts.tiny = add(kFontSemiBold, kTiny, app.font_scale, kPlain);
  app.fonts.title = add(kFontSemiBold, kTitle, app.font_scale, kPlain);
  atlas.Build();
  return true;
}

}  // namespace lab
