// What the lab is drawn with: a draw list of Dear ImGui's and its fonts, without a context of ImGui's, its
// windows, its settings. The host shows drawn().
#include "web/lab/ui/draw_list.hpp"

#include "imgui_internal.h"

namespace lab {
namespace {

ImFontAtlas fonts;
ImDrawListSharedData shared;
ImDrawList list(&shared);
ImDrawData data;

}  // namespace

ImFontAtlas& font_atlas() { return fonts; }
ImDrawList& draw_list() { return list; }
const ImDrawData& drawn() { return data; }

void begin_drawing(const Display& display) {
  shared.Font = fonts.Fonts[0];
  shared.TexUvWhitePixel = fonts.TexUvWhitePixel;
  shared.TexUvLines = fonts.TexUvLines;
  shared.ClipRectFullscreen = {0, 0, display.width, display.height};
  shared.CurveTessellationTol = 1.25f;         // ImGui's own,
  shared.SetCircleTessellationMaxError(0.3f);  // in pixels
  shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedLinesUseTex |
                        ImDrawListFlags_AntiAliasedFill;
  list._ResetForNewFrame();
  list.PushTextureID(fonts.TexID);
  list.PushClipRectFullScreen();
}

void end_drawing(const Display& display) {
  data.Clear();
  data.Valid = true;
  data.DisplaySize = {display.width, display.height};
  data.FramebufferScale = {1, 1};
  data.AddDrawList(&list);
}

}  // namespace lab
