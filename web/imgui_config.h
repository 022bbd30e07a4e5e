// Dear ImGui's compile-time options (IMGUI_USER_CONFIG), the same for the library and everything that
// includes it. A visitor downloads what is linked here, so whatever the lab does not use is off; text
// formatting is ours (imgui_format.cpp), because libc's printf for floating-point numbers weighs as much as a
// widget library.
#pragma once

#include <cstdio>

#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_DISABLE_OBSOLETE_KEYIO
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_FILE_FUNCTIONS
#define IMGUI_DISABLE_TTY_FUNCTIONS
#define IMGUI_DISABLE_DEFAULT_FORMAT_FUNCTIONS
#define IMGUI_DISABLE_SSE
#define IMGUI_DISABLE_DEFAULT_FONT  // known to newer versions; lab.cmake empties it in older ones
#ifdef NDEBUG
#define IM_ASSERT(_EXPR) ((void)(_EXPR))
#endif

// Dear ImGui's own files, for the web: scanning is ours too, and there is no console to print to.
#ifdef IMGUI_WITHOUT_STDIO
int imgui_scan(const char* text, const char* format, ...);
#define sscanf imgui_scan
#define fprintf(...) ((void)0)
#define printf(...) ((void)0)
#endif
