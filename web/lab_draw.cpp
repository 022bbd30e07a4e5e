// draw(): the page as a whole. Commands by keyboard, the cards side by side or below one another, then the
// pictures of what changed, so that a slider and its digit move in the same frame.
#include <algorithm>
#include <cmath>
#include <utility>

#include "imgui_internal.h"
#include "web/lab_cards.hpp"

namespace lab {
namespace {

void move_focused(App& app, float steps) {
  if (app.focus == kFocusT) {
    app.lab.set_playing(false);
    app.lab.set_t(app.lab.state().t + 0.02f * steps);
  } else if (app.focus < app.lab.latent()) {
    const float value = app.lab.state().slots[kBend][static_cast<std::size_t>(app.focus)];
    app.lab.set_latent(app.focus, std::clamp(value + 0.1f * steps, -kLatentLimit, kLatentLimit));
  }
}

void choose_focused(App& app, int step) {
  app.focus = std::clamp(app.focus + step, kFocusT, std::min(app.lab.latent(), kMaxSliders) - 1);
}

void keyboard(App& app) {
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) app.keyboard = false;
  if (app.editing_seed) return;
  constexpr float kToTheEnd = 1000;
  for (const ImGuiKey key : app.keys) {
    const bool arrow = key != ImGuiKey_Space && key != ImGuiKey_P;
    if (arrow) app.keyboard = true;
    switch (key) {
      case ImGuiKey_Space:
        app.lab.new_samples();
        break;
      case ImGuiKey_P:
        app.lab.set_playing(!app.lab.state().playing);
        break;
      case ImGuiKey_LeftArrow:
        move_focused(app, -1);
        break;
      case ImGuiKey_RightArrow:
        move_focused(app, 1);
        break;
      case ImGuiKey_Home:
        move_focused(app, -kToTheEnd);
        break;
      case ImGuiKey_End:
        move_focused(app, kToTheEnd);
        break;
      case ImGuiKey_UpArrow:
        choose_focused(app, -1);
        break;
      case ImGuiKey_DownArrow:
        choose_focused(app, 1);
        break;
      default:
        break;
    }
  }
}

/// Copies fresh pictures into the atlas.
void update_atlas(App& app) {
  for (int i = 0; i < kPictures; ++i) {
    if (!app.lab.take_changed(i)) continue;
    const std::span<const float> pixels = app.lab.picture(i);
    const int column = i % kAtlasColumns, row = i / kAtlasColumns;
    for (int y = 0; y < kSide; ++y) {
      unsigned char* out =
          app.atlas.data() + 4 * (std::ptrdiff_t{row * kSide + y} * kAtlasWidth + column * kSide);
      for (int x = 0; x < kSide; ++x, out += 4) {
        out[0] = out[1] = out[2] = 255;
        out[3] = static_cast<unsigned char>(pixels[static_cast<std::size_t>(y * kSide + x)] * 255 + 0.5f);
      }
    }
    app.atlas_dirty[row] = true;
  }
}

/// Draws a card's content, then its background under it, at least `least` high; returns its height.
template <class Content>
float in_card(App& app, float x, float y, float width, float least, Content content) {
  ImDrawList& ink = *ImGui::GetWindowDrawList();
  ink.ChannelsSetCurrent(1);
  const float height = std::max(content(), least);
  ink.ChannelsSetCurrent(0);
  card(app, {x, y, width, height});
  return height;
}

/// All cards from (x, y); returns the y after them.
float cards(App& app, float x, float y, float width) {
  const float gap = width < u(app, 480) ? u(app, 12) : u(app, 20);
  const bool side_by_side = width >= u(app, 860);
  if (side_by_side) {
    const float left = std::floor((width - gap) * 0.47f), right = width - gap - left;
    const float height =
        in_card(app, x + left + gap, y, right, 0, [&] { return morph_card(app, x + left + gap, y, right); });
    const float other =
        in_card(app, x, y, left, height, [&] { return samples_card(app, x, y, left, y + height); });
    y += std::max(height, other) + gap;
  } else {
    y += gap + in_card(app, x, y, width, 0, [&] { return samples_card(app, x, y, width, 0); });
    y += gap + in_card(app, x, y, width, 0, [&] { return morph_card(app, x, y, width); });
  }
  return y + in_card(app, x, y, width, 0, [&] { return latents_card(app, x, y, width); });
}

}  // namespace

float heading(App& app, float x, float y, float width, std::string_view title, std::string_view line) {
  text(app, app.fonts.title, colors(app).ink, {x, y, width, u(app, 24)}, title);
  y += u(app, 29);
  return y + paragraph(app, app.fonts.body, colors(app).muted, x, y, width, line);
}

void draw(App& app) {
  const ImGuiIO& io = ImGui::GetIO();
  app.items.clear();
  app.lab.advance(io.DeltaTime);
  keyboard(app);

  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(io.DisplaySize);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, u(app, 12));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, colors(app).page);
  ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, colors(app).page);
  ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, colors(app).track);
  ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                           ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                           ImGuiWindowFlags_NoBringToFrontOnFocus;
  if (app.host.window) flags &= ~ImGuiWindowFlags_NoScrollbar;
  if (!app.host.window) flags |= ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::Begin("lab", nullptr, flags);
  if (app.lab.loaded()) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float margin = app.host.window ? u(app, 20) : 0;
    const float room = ImGui::GetContentRegionAvail().x - 2 * margin, width = std::min(room, u(app, 1240));
    const float x = corner.x + margin + std::floor((room - width) / 2);
    ImDrawList& ink = *ImGui::GetWindowDrawList();
    ink.ChannelsSplit(2);
    float y = cards(app, x, corner.y + margin, width);
    ink.ChannelsMerge();
    if (app.host.window) {
      y += u(app, 14);
      y += paragraph(app, app.fonts.small, colors(app).muted, x, y, width, facts(app)) + margin;
    }
    app.content_height = y - corner.y;
    ImGui::SetCursorScreenPos(corner);
    ImGui::Dummy({1, app.content_height});
  }
  ImGui::End();
  ImGui::PopStyleColor(3);
  ImGui::PopStyleVar(3);

  app.cancelled = false;
  app.keys.clear();
  app.typed.clear();
  app.more = app.lab.refresh();
  update_atlas(app);
}

bool wants_frame(const App& app) { return app.more || app.lab.state().playing; }

bool input_left() { return ImGui::GetCurrentContext()->InputEventsQueue.Size > 0; }

bool App::pressed(ImGuiKey key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

void App::commit_seed() {
  std::uint64_t seed = 0;
  for (const char figure : seed_text) seed = seed * 10 + static_cast<std::uint64_t>(figure - '0');
  lab.set_seed(static_cast<std::uint32_t>(std::min<std::uint64_t>(seed, UINT32_MAX)));
}

}  // namespace lab
