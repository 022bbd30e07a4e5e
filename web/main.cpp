// Hosts the lab: a window and its OpenGL by GLFW, on the desktop and in the browser (WebGL 2). The one file
// that asks which of the two it is. The sides differ in who has the loop: desktop.cpp, or the page's
// index.js, which calls browser.cpp.
#ifdef __EMSCRIPTEN__
#define GLFW_INCLUDE_ES3
#endif
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "imgui.h"
#include "imgui_impl_opengl3.h"
#include "web/host.hpp"

Host host;

namespace {

#ifdef __EMSCRIPTEN__
constexpr const char* kShaderVersion = "#version 300 es";
#else
constexpr const char* kShaderVersion = "#version 150";
#endif

// ---- Picture

void create_atlas() {
  glGenTextures(1, &host.atlas);
  glBindTexture(GL_TEXTURE_2D, host.atlas);
  for (const GLenum filter : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER}) {
    glTexParameteri(GL_TEXTURE_2D, filter, GL_NEAREST);
  }
  for (const GLenum wrap : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T}) {
    glTexParameteri(GL_TEXTURE_2D, wrap, GL_CLAMP_TO_EDGE);
  }
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, lab::kAtlasWidth, lab::kAtlasHeight, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               host.app.lab.gallery().atlas());
  host.app.atlas_rows = 0;
  host.app.host.atlas = (ImTextureID) static_cast<std::uintptr_t>(host.atlas);  // a pointer or an integer
}

void upload_atlas() {
  glBindTexture(GL_TEXTURE_2D, host.atlas);
  for (int row = 0; row < lab::kAtlasRows; ++row) {
    if ((host.app.atlas_rows >> row & 1) == 0) continue;
    const int y = row * lab::kSide;
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, lab::kAtlasWidth, lab::kSide, GL_RGBA, GL_UNSIGNED_BYTE,
                    host.app.lab.gallery().atlas() + std::ptrdiff_t{4} * y * lab::kAtlasWidth);
  }
  host.app.atlas_rows = 0;
}

/// Runs the lab, `seconds` after the last time, until ImGui has taken all input (it takes a press and its
/// release one after the other), once more for what was laid out before the input had its effect, and until
/// its pictures are decoded, unless those take longer than a frame. So one input costs one picture, which
/// shows it already.
void run_lab(double seconds) {
  constexpr int kMostPasses = 32;
  for (int pass = 1;; ++pass) {
    const bool quiet = !std::exchange(host.input, false) && !lab::input_left();
    ImGui::GetIO().DeltaTime = static_cast<float>(std::clamp(seconds, 1e-6, 0.25));
    seconds = 0;
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
    lab::draw(host.app);
    if (pass >= kMostPasses || (quiet && !host.app.behind)) return;
    ImGui::EndFrame();
  }
}

}  // namespace

bool draw_frame(double seconds) {
  if (host.width <= 0 || host.height <= 0) return false;
  lab::App& app = host.app;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(host.width), static_cast<float>(host.height)};
  io.MouseDoubleClickMaxDist = 8 * app.host.scale;
  const bool fonts = lab::update_fonts(app);
  if (fonts) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  run_lab(seconds);
  if (fonts) io.Fonts->ClearTexData();  // megabytes, which the texture has by now
  ImGui::Render();
  upload_atlas();
  const ImVec4 page = ImGui::ColorConvertU32ToFloat4(lab::theme(app.host.dark).page);
  glViewport(0, 0, host.width, host.height);
  glClearColor(page.x, page.y, page.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  ++host.frames;
  return host.input || lab::wants_frame(app);
}

void wake() { host.input = true; }

void forget_graphics() {
  ImGui_ImplOpenGL3_Shutdown();
  glDeleteTextures(1, &host.atlas);
}

void restore_graphics() {
  ImGui_ImplOpenGL3_Init(kShaderVersion);
  host.app.font_scale = 0;
  create_atlas();
  wake();
}

namespace {

// ---- Keys

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
#ifndef __EMSCRIPTEN__
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, 1);
  glfwWindowHint(GLFW_VISIBLE, visible ? 1 : 0);
#else
  (void)visible;
#endif
  host.window = glfwCreateWindow(width, height, title, nullptr, nullptr);
  if (host.window == nullptr) return false;
  glfwMakeContextCurrent(host.window);
  glfwSetKeyCallback(host.window, on_key);
  glfwSetCharCallback(host.window, on_character);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  restore_graphics();
  return true;
}

int main(int argc, char** argv) {
#ifdef __EMSCRIPTEN__
  (void)argc, (void)argv;
  return start_in_browser();
#else
  return run_desktop(argc, argv);
#endif
}
