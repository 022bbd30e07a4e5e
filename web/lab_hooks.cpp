// What the page around the canvas and the tests may ask the lab: where things are, what they show, what is
// chosen, in words and as JSON.
#include <charconv>

#include "imgui_internal.h"
#include "web/lab_view.hpp"

namespace lab {
namespace {

constexpr std::string_view kPrefixes[] = {"sample:", "strip:"};

/// A decimal number from the weights file, rounded; anything else as it is.
std::string one_decimal(std::string_view figures) {
  double value = 0, unit = 1;
  bool point = false;
  for (const char c : figures) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      if (point) unit *= 10;
    } else {
      return std::string(figures);
    }
  }
  return number(value / unit, 1);
}

void append_json(std::string& out, const char* name, const std::vector<float>& values) {
  out += std::string(",\"") + name + "\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    char text[32];
    ImFormatString(text, sizeof text, i == 0 ? "%.6f" : ",%.6f", static_cast<double>(values[i]));
    out += text;
  }
  out += ']';
}

}  // namespace

Box find_item(const App& app, std::string_view name) {
  for (const App::Item& item : app.items) {
    if (name != item.name) continue;
    const Box& b = item.box;
    return {b.x / app.host.scale, b.y / app.host.scale, b.w / app.host.scale, b.h / app.host.scale};
  }
  return {};
}

int find_picture(const App& app, std::string_view name) {
  if (name == "A") return kPictureA;
  if (name == "B") return kPictureB;
  if (name == "bend") return kPictureBend;
  if (name == "morph") return kPictureMorph;
  for (const std::string_view prefix : kPrefixes) {
    if (!name.starts_with(prefix)) continue;
    int index = -1;
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), index);
    const bool sample = prefix == kPrefixes[0];
    if (index < 0 || index >= (sample ? app.lab.state().count : kFilmFrames)) return -1;
    return (sample ? kFirstSample : kFilm) + index;
  }
  return -1;
}

std::string state_json(const App& app, long frames) {
  const LabState& s = app.lab.state();
  char text[256];
  ImFormatString(
      text, sizeof text,
      "{\"seed\":%u,\"count\":%d,\"t\":%.6f,\"slerp\":%s,\"playing\":%s,\"filling\":\"%s\",\"latent\":%d,"
      "\"frames\":%d,\"theme\":\"%s\"",
      s.seed, s.count, static_cast<double>(s.t), s.slerp ? "true" : "false", s.playing ? "true" : "false",
      s.filling == kA   ? "A"
      : s.filling == kB ? "B"
                        : "bend",
      app.lab.latent(), static_cast<int>(frames), app.host.dark ? "dark" : "light");
  std::string json = text;
  append_json(json, "a", s.slots[kA]);
  append_json(json, "b", s.slots[kB]);
  append_json(json, "z", s.slots[kBend]);
  return json + "}";
}

std::string facts(const App& app) {
  const vae::Model* model = app.lab.model();
  if (model == nullptr) return {};
  std::string line = "Model " + model->spec().name + ", " + std::to_string(model->latent()) + " latents";
  const std::string_view loss = model->fact("test_neg_elbo");
  if (!loss.empty()) line += ", test −ELBO " + one_decimal(loss) + " nats per image (lower is better)";
  return line + ". " + vae::to_string(model->spec());
}

}  // namespace lab
