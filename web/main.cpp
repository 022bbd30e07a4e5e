// Hosts the lab: its pictures by OpenGL, on the desktop and in the browser (WebGL 2). The one file that asks which
// of the two it is. The sides differ in who has window, input and loop: desktop.cpp, by GLFW, or the page's
// index.js, which calls browser.cpp.
#ifdef __EMSCRIPTEN__
#include <GLES3/gl3.h>
#else
#include <GLFW/glfw3.h>
#endif

#include <algorithm>
#include <cstddef>
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

void start_graphics() {
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  restore_graphics();
}

int main(int argc, char** argv) {
#ifdef __EMSCRIPTEN__
  (void)argc, (void)argv;
  return start_in_browser();
#else
  return run_desktop(argc, argv);
#endif
}
