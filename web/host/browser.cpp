// The lab's side of the page: what index.js calls. Window and input come through GLFW, once it has learned
// manners; density and frames are the page's affair. Lengths in CSS pixels unless said otherwise, texts in
// UTF-8; a returned text or array is good until the next call.
#include <GLFW/glfw3.h>
#include <emscripten.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "web/host/host.hpp"
#include "web/lab/views/table.hpp"

namespace {

std::string answer;                                    // what was last returned to JavaScript
std::vector<std::byte> file;                           // on its way in
constexpr std::size_t kLeast = std::size_t{64} << 10;  // of memory, beside a file

}  // namespace

extern "C" {

// glfw_manners.js
void glfw_manners();
void glfw_resized(int width, int height);

/// The canvas has this many device pixels, `scale` to a CSS pixel.
EMSCRIPTEN_KEEPALIVE void lab_resize(int width, int height, float scale) {
  host.app.display.scale = std::clamp(scale, 0.25f, 8.0f);
  glfw_resized(width, height);
  wake();
}
/// A wheel or two fingers ask for this much over the pointer, in doublings; returns whether it is taken.
EMSCRIPTEN_KEEPALIVE int lab_zoom(float doublings) {
  if (!host.app.zooms) return 0;
  host.app.zoom += doublings;
  wake();
  return 1;
}
EMSCRIPTEN_KEEPALIVE void lab_theme(int dark) {
  host.app.display.dark = dark != 0;
  host.app.display.forced = false;
  wake();
}
/// Forced colors of the system, 0xrrggbb each: page, text, border, control, highlight, text on
/// highlight, link.
EMSCRIPTEN_KEEPALIVE void lab_forced_theme(unsigned page, unsigned ink, unsigned border, unsigned control,
                                           unsigned highlight, unsigned on_highlight, unsigned link) {
  host.app.display.forced = true;
  host.app.display.forced_theme =
      lab::forced_theme(page, ink, border, control, highlight, on_highlight, link);
  wake();
}
/// What is visible at once, and whether nothing should move by itself.
EMSCRIPTEN_KEEPALIVE void lab_visitor(float view_height, int still) {
  host.app.display.view_height = view_height * host.app.display.scale;
  if (still != 0 && !host.app.display.still) host.app.lab.state().playing = false;
  host.app.display.still = still != 0;
}
/// 1: draw again; 2: the pointer is over something to press; 4: over text; 8: "layer_card" is to be seen.
EMSCRIPTEN_KEEPALIVE int lab_frame(double seconds) {
  const bool more = draw_frame(seconds);
  const lab::Cursor cursor = host.app.pointer.cursor;
  return (more ? 1 : 0) | (cursor == lab::Cursor::kHand ? 2 : 0) | (cursor == lab::Cursor::kText ? 4 : 0) |
         (std::exchange(host.app.reveal, false) ? 8 : 0);
}
/// The browser took the pointer away, to scroll: GLFW has no word for that.
EMSCRIPTEN_KEEPALIVE void lab_cancel() {
  host.app.canceled = true;
  host.app.pointer.leave();
  host.app.pointer.up();
  wake();
}
/// A key for the whole lab, wherever the focus is: 0 play or pause, 1 undo, 2 redo, 3 Escape.
EMSCRIPTEN_KEEPALIVE void lab_key(int key) {
  static constexpr ImGuiKey kKeys[] = {ImGuiKey_P, ImGuiKey_Z, ImGuiKey_Y, ImGuiKey_Escape};
  if (key >= 0 && key < 4) host.app.keys.push_back(kKeys[key]);
  wake();
}
/// What a control's native mirror did: a press or a new value, or a text.
EMSCRIPTEN_KEEPALIVE void lab_remote(const char* name, double value, const char* text) {
  host.app.remote.push_back({name, static_cast<float>(value), text});
  wake();
}
/// The language becomes Chinese; its texts (zh.txt) must stay where they are.
EMSCRIPTEN_KEEPALIVE void lab_chinese(const char* texts, std::size_t size) {
  lab::set_language(lab::Language::kChinese, {texts, size});
  wake();
}
/// Height that the content needs at the present width.
EMSCRIPTEN_KEEPALIVE float lab_height() { return host.app.content_height / host.app.display.scale; }
/// The page has no models but the default.
EMSCRIPTEN_KEEPALIVE void lab_alone() { lab::forget_other_models(); }
/// The context was lost, and is there again.
EMSCRIPTEN_KEEPALIVE void lab_restore() { start_graphics(); }
/// Room for a file of this size, which the next lab_give() takes; null when there is not enough memory.
EMSCRIPTEN_KEEPALIVE std::byte* lab_room(std::size_t size) {
  void* volatile const probe = std::malloc(size + kLeast);  // volatile: clang would leave both calls out
  if (probe == nullptr) return nullptr;
  std::free(probe);
  file.reserve(size + 1);  // an empty file has a place, too
  file.resize(size);
  return file.data();
}
/// Takes the file in lab_room(): a visitor's own weights (without a name) or one that was wanted. Null, or
/// the error's code and message with a line break between; what was there then stays.
EMSCRIPTEN_KEEPALIVE const char* lab_give(const char* name) {
  std::vector<std::byte> bytes = std::exchange(file, {});
  const auto error =
      *name == '\0' ? host.app.lab.load(lab::kOwnModel, bytes) : host.app.lab.give(name, std::move(bytes));
  wake();
  if (!error) return nullptr;
  answer = std::string(vae::code_name(error->code)) + "\n" + error->message;
  return answer.c_str();
}
/// The next file that is wanted and not being fetched yet, or null.
EMSCRIPTEN_KEEPALIVE const char* lab_wanted() {
  for (lab::Wanted& wanted : host.app.lab.wanted()) {
    if (wanted.status != lab::Wanted::kWanted) continue;
    wanted.status = lab::Wanted::kLoading;
    return wanted.file.c_str();
  }
  return nullptr;
}
/// How far a wanted file is: 0 to 1; or why it cannot be had.
EMSCRIPTEN_KEEPALIVE void lab_fetching(const char* name, float progress, const char* failure) {
  if (lab::Wanted* wanted = host.app.lab.find_wanted(name)) {
    wanted->progress = progress;
    wanted->message = failure;
    if (*failure != '\0') wanted->status = lab::Wanted::kFailed;
  }
  wake();
}
/// What the lab asks of the page ("open", "png", ...), or an empty text.
EMSCRIPTEN_KEEPALIVE const char* lab_request() {
  answer = std::exchange(host.app.request, {});
  return answer.c_str();
}
EMSCRIPTEN_KEEPALIVE int lab_loaded() { return host.app.lab.loaded() ? 1 : 0; }
EMSCRIPTEN_KEEPALIVE const char* lab_link() {
  answer = lab::to_link(host.app.lab.state());
  return answer.c_str();
}
/// Takes the state of a link; an empty one is a fresh lab, which plays unless nothing should move. Returns
/// what it did not understand of it, "seed=-1, vew=map", or an empty text.
EMSCRIPTEN_KEEPALIVE const char* lab_open(const char* link) {
  std::vector<std::string> skipped;
  lab::LabState state = lab::from_link(link, &skipped);
  if (lab::find_view(state.view) == nullptr) skipped.push_back("view=" + state.view);
  for (const std::string* id : {&state.model, &state.other}) {
    const bool said = id == &state.model ? *id != lab::LabState().model : *id != lab::LabState().other;
    if (said && !lab::is_model(*id)) skipped.push_back((id == &state.model ? "model=" : "other=") + *id);
  }
  host.app.draw.take = state.z.empty() && (state.test_digit >= 0 || !state.strokes.empty());
  if (*link == '\0') state.playing = true;
  if (host.app.display.still) state.playing = false;
  host.app.lab.open(std::move(state));
  wake();
  answer.clear();
  for (const std::string& pair : skipped) answer.append(answer.empty() ? "" : ", ").append(pair);
  return answer.c_str();
}
/// Four floats x, y, w, h of an item; w = 0 if there is none.
EMSCRIPTEN_KEEPALIVE const float* lab_item(const char* name) {
  static lab::Box box;
  const lab::Item* item = lab::find_item(host.app, name);
  const float scale = host.app.display.scale;
  box = item == nullptr
            ? lab::Box{}
            : lab::Box{item->box.x / scale, item->box.y / scale, item->box.w / scale, item->box.h / scale};
  return &box.x;
}
/// 784 floats, or null while it is not decoded.
EMSCRIPTEN_KEEPALIVE const float* lab_picture(const char* name) {
  const lab::Item* item = lab::find_item(host.app, name);
  const lab::Gallery& gallery = host.app.lab.gallery();
  return item == nullptr || !gallery.ready(item->slot) ? nullptr : gallery.pixels(item->slot).data();
}
/// The controls as JSON, or null when they are as they were at the last call.
EMSCRIPTEN_KEEPALIVE const char* lab_controls() {
  static std::string last;
  std::string now = lab::controls_json(host.app);
  if (now == last) return nullptr;
  last = std::move(now);
  return last.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* lab_state() {
  answer = lab::state_json(host.app, host.frames);
  return answer.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* lab_describe() {
  answer = lab::describe(host.app);
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
