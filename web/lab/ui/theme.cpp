// Colors and type of the lab. Colors hold WCAG AA against what they lie on; web/page/index.css repeats
// `page` and `ink` for the page around the canvas. A, B and the current digit keep their hue everywhere.
#include "web/lab/ui/font.hpp"
#include "web/lab/ui/widgets.hpp"

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

}  // namespace

Theme forced_theme(unsigned page, unsigned ink, unsigned border, unsigned control, unsigned highlight,
                   unsigned on_highlight, unsigned link) {
  const ImU32 p = rgb(page), i = rgb(ink), b = rgb(border), k = rgb(control), h = rgb(highlight);
  const ImU32 on = rgb(on_highlight), track = mix(p, i, 0.55f);
  return {p, p, b, i, i, i, p, k, mix(k, i, 0.15f), mix(k, i, 0.3f), track, h, h, on, {rgb(link), h, h}, p};
}

const Theme& theme(bool dark) { return dark ? kDark : kLight; }

void update_fonts(Ui& ui) {
  if (ui.font_scale == ui.display.scale && ui.font_language == language()) return;
  ui.font_scale = ui.display.scale;
  ui.font_language = language();
  ImFontAtlas& atlas = font_atlas();
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  const float scale = ui.font_scale;
  const FontCut cuts[] = {{true, kTiny * scale},
                          {false, kSmall * scale},
                          {false, kBody * scale},
                          {true, kSmall * scale},
                          {true, kTitle * scale}};
  build_fonts(atlas, cuts, scale);
  const ImVector<ImFont*>& fonts = atlas.Fonts;
  ui.fonts = {fonts[0], fonts[1], fonts[2], fonts[3], fonts[4]};
}

}  // namespace lab
