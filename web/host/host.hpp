// What main.cpp shares with the two sides of the host, desktop.cpp and browser.cpp; nothing else may include
// it. One window at a time, so its state is one object.
#pragma once

#include <string>

#include "web/lab/shell/shell.hpp"

struct GLFWwindow;

struct Host {
  lab::App app;
  GLFWwindow* window = nullptr;
  unsigned atlas = 0, fonts = 0;  // textures
  unsigned program = 0;           // of the shaders
  int width = 0, height = 0;      // of the framebuffer
  long frames = 0;                // drawn so far
  bool input = true;              // something happened since the last frame
};
extern Host host;

/// Window, OpenGL context and its input (window.cpp). False, with GLFW's reason on the console, when there is
/// no OpenGL.
bool open_window(int width, int height, const char* title, bool visible);
/// Makes what pictures are drawn with, once the OpenGL context is current, or is there again: one of WebGL
/// can be lost and come back, and then has nothing of what there was.
void start_graphics();
/// One picture, `seconds` after the last; none without a size. False when no further one is needed until
/// something happens.
bool draw_frame(double seconds);
/// To be called after anything that may change the picture.
void wake();

int run_desktop(int argc, char** argv);
int start_in_browser();
