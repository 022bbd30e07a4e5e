// Hosts the lab: its pictures by OpenGL, on the desktop and in the browser (WebGL 2), in window.cpp's window.
// The one file that asks which of the two it is. The sides differ in who has the loop: desktop.cpp, or the
// page's index.js, which calls browser.cpp.
#ifdef __EMSCRIPTEN__
#define GLFW_INCLUDE_ES3
#else
#define GL_GLEXT_PROTOTYPES
#define GLFW_INCLUDE_GLCOREARB
#endif
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "imgui.h"
#include "web/host/host.hpp"
#include "web/lab/ui/widgets.hpp"

Host host;

namespace {

#ifdef __EMSCRIPTEN__
constexpr const char* kShaderVersion = "#version 300 es";
#else
constexpr const char* kShaderVersion = "#version 150";
#endif

// ---- Drawing: triangles of Dear ImGui's draw lists, in device pixels from the upper left corner

constexpr const char* kVertexShader = R"(
uniform vec2 scale;
in vec2 position, place;
in vec4 color;
out vec2 at;
out vec4 tint;
void main() {
  at = place;
  tint = color;
  gl_Position = vec4(position * scale + vec2(-1, 1), 0, 1);
})";
constexpr const char* kFragmentShader = R"(
precision highp float;
uniform sampler2D picture;
in vec2 at;
in vec4 tint;
out vec4 result;
void main() { result = vec4(tint.rgb, tint.a * texture(picture, at).r); })";

void add_shader(GLuint program, GLenum kind, const char* source) {
  const char* const parts[] = {kShaderVersion, source};
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 2, parts, nullptr);
  glCompileShader(shader);
  glAttachShader(program, shader);
}

void create_program() {
  const GLuint program = glCreateProgram();
  add_shader(program, GL_VERTEX_SHADER, kVertexShader);
  add_shader(program, GL_FRAGMENT_SHADER, kFragmentShader);
  const char* const names[] = {"position", "place", "color"};
  for (GLuint i = 0; i < 3; ++i) glBindAttribLocation(program, i, names[i]);
  glLinkProgram(program);
  glUseProgram(program);
  host.program = program;
}

/// One vertex array and its two buffers, which stay bound: nobody else draws here.
void create_buffers() {
  GLuint vertices, buffers[2];
  glGenVertexArrays(1, &vertices);
  glBindVertexArray(vertices);
  glGenBuffers(2, buffers);
  glBindBuffer(GL_ARRAY_BUFFER, buffers[0]);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffers[1]);
  const auto attribute = [](GLuint index, GLint size, GLenum type, std::size_t offset) {
    glEnableVertexAttribArray(index);
    glVertexAttribPointer(index, size, type, type == GL_UNSIGNED_BYTE ? GL_TRUE : GL_FALSE,
                          sizeof(ImDrawVert), reinterpret_cast<const void*>(offset));
  };
  attribute(0, 2, GL_FLOAT, offsetof(ImDrawVert, pos));
  attribute(1, 2, GL_FLOAT, offsetof(ImDrawVert, uv));
  attribute(2, 4, GL_UNSIGNED_BYTE, offsetof(ImDrawVert, col));
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
}

// Dear ImGui's name of a texture: a pointer before 1.91.4, an integer since. C casts convert to and
// from both.
ImTextureID id_of(GLuint texture) { return (ImTextureID)(std::uintptr_t)texture; }
GLuint texture_of(ImTextureID id) { return (GLuint)(std::uintptr_t)id; }

template <class T>
void fill(GLenum buffer, const ImVector<T>& data) {
  glBufferData(buffer, data.size_in_bytes(), data.Data, GL_STREAM_DRAW);
}

void paint(const ImDrawData& data) {
  // Where it is, is known once the shaders are compiled; they are by now, while other things were done.
  glUniform2f(glGetUniformLocation(host.program, "scale"), 2 / data.DisplaySize.x, -2 / data.DisplaySize.y);
  glEnable(GL_SCISSOR_TEST);
  for (const ImDrawList* const list : data.CmdLists) {
    fill(GL_ARRAY_BUFFER, list->VtxBuffer);
    fill(GL_ELEMENT_ARRAY_BUFFER, list->IdxBuffer);
    for (const ImDrawCmd& command : list->CmdBuffer) {
      const ImVec4& clip = command.ClipRect;
      const auto x = static_cast<int>(clip.x), y = static_cast<int>(clip.y);
      const int width = static_cast<int>(clip.z) - x, height = static_cast<int>(clip.w) - y;
      if (width <= 0 || height <= 0) continue;
      glScissor(x, host.height - y - height, width, height);
      glBindTexture(GL_TEXTURE_2D, texture_of(command.GetTexID()));
      glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(command.ElemCount), GL_UNSIGNED_SHORT,
                     reinterpret_cast<const void*>(command.IdxOffset * sizeof(ImDrawIdx)));
    }
  }
  glDisable(GL_SCISSOR_TEST);
}

// ---- Textures: the digits and the fonts, how much ink there is

void create_texture(unsigned& texture, GLint filter) {
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  for (const GLenum name : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER}) {
    glTexParameteri(GL_TEXTURE_2D, name, filter);
  }
  for (const GLenum name : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T}) {
    glTexParameteri(GL_TEXTURE_2D, name, GL_CLAMP_TO_EDGE);
  }
}

void upload_atlas() {
  glBindTexture(GL_TEXTURE_2D, host.atlas);
  for (int row = 0; row < lab::kAtlasRows; ++row) {
    if ((host.app.atlas_rows >> row & 1) == 0) continue;
    const int y = row * lab::kSide;
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, lab::kAtlasWidth, lab::kSide, GL_RED, GL_UNSIGNED_BYTE,
                    host.app.lab.gallery().atlas() + std::ptrdiff_t{y} * lab::kAtlasWidth);
  }
  host.app.atlas_rows = 0;
}

/// Runs the lab, `seconds` after the last time, until it has taken all input (it takes a press and its
/// release one after the other), once more for what was laid out before the input had its effect, and until
/// its pictures are decoded, unless those take longer than a frame. So one input costs one picture, which
/// shows it already.
void run_lab(double seconds) {
  constexpr int kMostPasses = 32;
  for (int pass = 1;; ++pass) {
    const bool quiet = !std::exchange(host.input, false) && !host.app.pointer.waiting();
    lab::draw(host.app, static_cast<float>(std::clamp(seconds, 0.0, 0.25)));
    seconds = 0;
    if (pass >= kMostPasses || (quiet && !host.app.behind)) return;
  }
}

}  // namespace

bool draw_frame(double seconds) {
  if (host.width <= 0 || host.height <= 0) return false;
  lab::App& app = host.app;
  app.display.width = static_cast<float>(host.width);
  app.display.height = static_cast<float>(host.height);
  glBindTexture(GL_TEXTURE_2D, host.fonts);
  lab::update_fonts(app);
  lab::font_atlas().SetTexID(id_of(host.fonts));  // which building them takes away
  run_lab(seconds);
  upload_atlas();
  const ImU32 page = lab::colors(app).background;
  const auto part = [page](int shift) { return static_cast<float>(page >> shift & 255) / 255; };
  glViewport(0, 0, host.width, host.height);
  glClearColor(part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT), part(IM_COL32_B_SHIFT), 1);
  glClear(GL_COLOR_BUFFER_BIT);
  paint(lab::drawn());
  ++host.frames;
  return host.input || lab::wants_frame(app);
}

void wake() { host.input = true; }

void start_graphics() {
  create_program();
  create_buffers();
  create_texture(host.fonts, GL_LINEAR);
  host.app.font_scale = 0;
  create_texture(host.atlas, GL_NEAREST);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, lab::kAtlasWidth, lab::kAtlasHeight, 0, GL_RED, GL_UNSIGNED_BYTE,
               host.app.lab.gallery().atlas());
  host.app.display.atlas = id_of(host.atlas);
  host.app.display.now = glfwGetTime;
  host.app.atlas_rows = 0;
  wake();
}

#ifdef __EMSCRIPTEN__
int main() { return start_in_browser(); }
#else
int main(int argc, char** argv) { return run_desktop(argc, argv); }
#endif
