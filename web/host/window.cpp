// The lab's window, its OpenGL context and its input, by GLFW: the same on the desktop and in the browser,
// where glfw_manners.js has made GLFW's window of the page's canvas.
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>

#include "imgui.h"
#include "web/host/host.hpp"

namespace {

void on_resize(GLFWwindow*, int width, int height) {
  host.width = width;
  host.height = height;
  wake();
}

void on_move(GLFWwindow* window, double x, double y) {
  int width, height;
  glfwGetWindowSize(window, &width, &height);
  const double ratio = static_cast<double>(host.width) / std::max(width, 1);  // 1, or 2 on a Mac
  host.app.pointer.move(static_cast<float>(x * ratio), static_cast<float>(y * ratio));
  host.app.keyboard = false;
  wake();
}

void on_button(GLFWwindow*, int button, int action, int) {
  if (button != GLFW_MOUSE_BUTTON_LEFT) return;
  if (action == GLFW_PRESS) {
    host.app.pointer.down(glfwGetTime());
  } else {
    host.app.pointer.up();
  }
  wake();
}

void on_enter(GLFWwindow*, int entered) {
  if (entered == 0) host.app.pointer.leave();
  wake();
}

void on_key(GLFWwindow*, int key, int, int action, int modifiers) {
  static constexpr struct {
    int glfw;
    ImGuiKey imgui;
  } kKeys[] = {{GLFW_KEY_SPACE, ImGuiKey_Space},
               {GLFW_KEY_P, ImGuiKey_P},
               {GLFW_KEY_LEFT, ImGuiKey_LeftArrow},
               {GLFW_KEY_RIGHT, ImGuiKey_RightArrow},
               {GLFW_KEY_UP, ImGuiKey_UpArrow},
               {GLFW_KEY_DOWN, ImGuiKey_DownArrow},
               {GLFW_KEY_HOME, ImGuiKey_Home},
               {GLFW_KEY_END, ImGuiKey_End},
               {GLFW_KEY_BACKSPACE, ImGuiKey_Backspace},
               {GLFW_KEY_ESCAPE, ImGuiKey_Escape},
               {GLFW_KEY_ENTER, ImGuiKey_Enter},
               {GLFW_KEY_KP_ENTER, ImGuiKey_Enter},
               {GLFW_KEY_TAB, ImGuiKey_Tab}};
  static constexpr int kCommand = GLFW_MOD_CONTROL | GLFW_MOD_SUPER;
  if (action == GLFW_RELEASE) return;
  if ((modifiers & kCommand) != 0 && (key == GLFW_KEY_Z || key == GLFW_KEY_Y)) {
    const bool redo = key == GLFW_KEY_Y || (modifiers & GLFW_MOD_SHIFT) != 0;
    host.app.keys.push_back(redo ? ImGuiKey_Y : ImGuiKey_Z);
    return wake();
  }
  if ((modifiers & (kCommand | GLFW_MOD_ALT)) != 0) return;
  for (const auto& [glfw, imgui] : kKeys) {
    const bool once = glfw == GLFW_KEY_SPACE || glfw == GLFW_KEY_P;
    if (glfw == key && !(once && action == GLFW_REPEAT)) host.app.keys.push_back(imgui);
  }
  wake();
}

void on_character(GLFWwindow*, unsigned code) {
  if (code < 128) host.app.typed += static_cast<char>(code);
  wake();
}

}  // namespace

bool open_window(int width, int height, const char* title, bool visible) {
  if (glfwInit() == 0) return false;
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_ALPHA_BITS, 0);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, 1);
  glfwWindowHint(GLFW_VISIBLE, visible ? 1 : 0);
  host.window = glfwCreateWindow(width, height, title, nullptr, nullptr);
  if (host.window == nullptr) return false;
  glfwMakeContextCurrent(host.window);
  glfwSetFramebufferSizeCallback(host.window, on_resize);
  glfwSetCursorPosCallback(host.window, on_move);
  glfwSetMouseButtonCallback(host.window, on_button);
  glfwSetCursorEnterCallback(host.window, on_enter);
  glfwSetKeyCallback(host.window, on_key);
  glfwSetCharCallback(host.window, on_character);
  glfwGetFramebufferSize(host.window, &host.width, &host.height);
  start_graphics();
  return true;
}
