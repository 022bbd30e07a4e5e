// The lab's side of the page: what index.js calls. Pointer, size, density and frames are the page's affair,
// because GLFW for the web gets touch, density and the wheel wrong; only keys come through GLFW. Lengths in
// CSS pixels unless said otherwise, texts in UTF-8; a returned text or array is good until the next call.
#include <GLES3/gl3.h>
#include <emscripten.h>

#include <algorithm>
#include <cfloat>
#include <cstdint>
#include <iterator>
#include <string>

#include "web/host.hpp"

namespace {

std::string answer;  // what was last returned to JavaScript

/// What WebGL said of its state when ImGui asked first.
struct Known {
  GLenum name;
  GLint values[4];
};
Known known[32];
int known_count = 0;

}  // namespace

extern "C" {

void emscripten_glGetIntegerv(GLenum name, GLint* values);

/// Takes the place of Emscripten's. ImGui saves and restores all state around every frame, and each question
/// stops the page until the GPU has finished. Nobody else draws here, so the first answer stays right: it is
/// what ImGui puts back.
void glGetIntegerv(GLenum name, GLint* values) {
  const int count = name == GL_VIEWPORT || name == GL_SCISSOR_BOX ? 4 : 1;
  Known* found = std::find_if(known, known + known_count, [&](const Known& k) { return k.name == name; });
  if (found == std::end(known)) return emscripten_glGetIntegerv(name, values);
  if (found == known + known_count) {
    found->name = name;
    emscripten_glGetIntegerv(name, found->values);
    ++known_count;
  }
  std::copy_n(found->values, count, values);
}

void glfw_manners();  // glfw_manners.js

/// The canvas has this many device pixels, `scale` to a CSS pixel.
EMSCRIPTEN_KEEPALIVE void lab_resize(int width, int height, float scale) {
  host.width = width;
  host.height = height;
  host.app.host.scale = std::clamp(scale, 0.25f, 8.0f);
  wake();
}
EMSCRIPTEN_KEEPALIVE void lab_theme(int dark) {
  host.app.host.dark = dark != 0;
  wake();
}
/// 1: draw again; 2: the pointer is over something to press; 4: over text.
EMSCRIPTEN_KEEPALIVE int lab_frame(double seconds) {
  const bool more = draw_frame(seconds);
  const ImGuiMouseCursor cursor = ImGui::GetMouseCursor();
  return (more ? 1 : 0) | (cursor == ImGuiMouseCursor_Hand ? 2 : 0) |
         (cursor == ImGuiMouseCursor_TextInput ? 4 : 0);
}
/// kind: 0 move, 1 down, 2 up, 3 left the canvas, 4 cancelled by the browser.
EMSCRIPTEN_KEEPALIVE void lab_pointer(int kind, int touch, float x, float y) {
  ImGuiIO& io = ImGui::GetIO();
  const float scale = host.app.host.scale;
  io.AddMouseSourceEvent(touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  if (kind <= 2) io.AddMousePosEvent(x * scale, y * scale);
  if (kind == 4) host.app.cancelled = true;
  if (kind >= 3) io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  if (kind == 1) io.AddMouseButtonEvent(0, true);
  if (kind == 2 || kind == 4) io.AddMouseButtonEvent(0, false);
  if (kind == 2 && touch != 0) io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);  // a finger does not hover
  if (kind <= 1) host.app.keyboard = false;
  wake();
}
EMSCRIPTEN_KEEPALIVE void lab_new() {
  host.app.lab.new_samples();
  wake();
}
EMSCRIPTEN_KEEPALIVE void lab_seed(double seed) {
  if (seed >= 0 && seed <= UINT32_MAX) host.app.lab.set_seed(static_cast<std::uint32_t>(seed));
  wake();
}
EMSCRIPTEN_KEEPALIVE void lab_play() {
  host.app.lab.set_playing(!host.app.lab.state().playing);
  wake();
}
/// Height that the content needs at the present width.
EMSCRIPTEN_KEEPALIVE float lab_height() { return host.app.content_height / host.app.host.scale; }
EMSCRIPTEN_KEEPALIVE void lab_lost() {
  forget_graphics();
  known_count = 0;
}
EMSCRIPTEN_KEEPALIVE void lab_restore() { restore_graphics(); }
/// Null, or the error's code and message with a line break between; the old model then stays.
EMSCRIPTEN_KEEPALIVE const char* lab_load(const std::byte* file, std::size_t size) {
  const auto error = host.app.lab.load({file, size});
  wake();
  if (!error) return nullptr;
  answer = std::string(vae::code_name(error->code)) + "\n" + error->message;
  return answer.c_str();
}
/// Four floats x, y, w, h of a control; w = 0 if there is none.
EMSCRIPTEN_KEEPALIVE const float* lab_item(const char* name) {
  static lab::Box box;
  box = lab::find_item(host.app, name);
  return &box.x;
}
/// 784 floats, or null.
EMSCRIPTEN_KEEPALIVE const float* lab_picture(const char* name) {
  const int index = lab::find_picture(host.app, name);
  return index < 0 ? nullptr : host.app.lab.picture(index).data();
}
EMSCRIPTEN_KEEPALIVE const char* lab_state() {
  answer = lab::state_json(host.app, host.frames);
  return answer.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* lab_describe() {
  answer = host.app.lab.describe();
  return answer.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* lab_facts() {
  answer = lab::facts(host.app);
  return answer.c_str();
}

}  // extern "C"

/// 0, or 1 when there is no WebGL 2.
int start_in_browser() {
  if (!open_window(300, 150, "", true)) return 1;
  glfw_manners();
  return 0;
}
