// Dear ImGui's compile-time options (IMGUI_USER_CONFIG), the same for the library and everything that
// includes it. A visitor downloads what is linked here, so whatever the lab does not use is off.
#pragma once

#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_DISABLE_OBSOLETE_KEYIO
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_FILE_FUNCTIONS
#define IMGUI_DISABLE_TTY_FUNCTIONS
#define IMGUI_DISABLE_SSE
#define IMGUI_DISABLE_DEFAULT_FONT  // known to newer versions; lab.cmake empties it in older ones
#ifdef NDEBUG
#define IM_ASSERT(_EXPR) ((void)(_EXPR))
#endif
