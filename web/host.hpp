// What main.cpp shares with the two sides of the host, desktop.cpp and browser.cpp; nothing else may include
// it. One window at a time, so its state is one object.
#pragma once

#include <string>

#include "web/lab/view.hpp"

struct GLFWwindow;

struct Host {
  lab::App app;
  GLFWwindow* window = nullptr;
  unsigned atlas = 0;         // texture
  int width = 0, height = 0;  // of the framebuffer
  long frames = 0;            // drawn so far
  bool input = true;          // something happened since the last frame
};
extern Host host;

/// Window, context, ImGui. False, with GLFW's reason on the console, when there is no OpenGL.
bool open_window(int width, int height, const char* title, bool visible);
/// One picture, `seconds` after the last; none without a size. False when no further one is needed until
/// something happens.
bool draw_frame(double seconds);
/// To be called after anything that may change the picture.
void wake();

/// A WebGL context can be lost and come back. What lay in it must go at once: a restored context takes no
/// objects of the lost one, not even to delete them.
void forget_graphics();
void restore_graphics();

int run_desktop(int argc, char** argv);
int start_in_browser();
