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
ImDrawList& ink() { return list; }
const ImDrawData& drawn() { return data; }

void begin_drawing(const Host& host) {
  shared.Font = fonts.Fonts[0];
  shared.TexUvWhitePixel = fonts.TexUvWhitePixel;
  shared.TexUvLines = fonts.TexUvLines;
  shared.ClipRectFullscreen = {0, 0, host.width, host.height};
  shared.CurveTessellationTol = 1.25f;         // ImGui's own,
  shared.SetCircleTessellationMaxError(0.3f);  // in pixels
  shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedLinesUseTex |
                        ImDrawListFlags_AntiAliasedFill;
  list._ResetForNewFrame();
  list.PushTextureID(fonts.TexID);
  list.PushClipRectFullScreen();
}

void end_drawing(const Host& host) {
  data.Clear();
  data.Valid = true;
  data.DisplaySize = {host.width, host.height};
  data.FramebufferScale = {1, 1};
  data.AddDrawList(&list);
}

}  // namespace lab
