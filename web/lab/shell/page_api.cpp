// What the page around the canvas and the tests may ask the lab: where things are, what they show, what is
// chosen, in words and as JSON.
#include "shared/spec/model_line.hpp"
#include "web/lab/shell/shell.hpp"
#include "web/lab/ui/pixels_texts.hpp"
#include "web/lab/views/cards.hpp"
#include "web/lab/views/table.hpp"

namespace lab {
namespace {

/// Writes JSON objects and arrays; the commas are its own affair.
class Json {
 public:
  Json& open(char bracket) { return comma(), text_ += bracket, fresh_ = true, *this; }
  Json& close(char bracket) { return text_ += bracket, fresh_ = false, *this; }
  Json& key(std::string_view name) { return string(name), text_ += ':', fresh_ = true, *this; }
  Json& number(double value) { return comma(), text_ += decimal(value), *this; }
  Json& boolean(bool value) { return comma(), text_ += value ? "true" : "false", *this; }
  Json& string(std::string_view value) {
    comma();
    text_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c >= 0 && c < 0x20 ? ' ' : c;
    }
    text_ += '"';
    return *this;
  }
  Json& floats(const std::vector<float>& values) {
    open('[');
    for (const float value : values) number(static_cast<double>(value));
    return close(']');
  }
  std::string take() { return std::move(text_); }

 private:
  void comma() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
  }
  std::string text_;
  bool fresh_ = true;
};

constexpr std::string_view kKinds[] = {"place", "button", "toggle", "range", "choice", "field", "pad"};

void control(Json& json, const Item& item, float scale) {
  json.open('{').key("name").string(item.name).key("kind").string(kKinds[item.kind]);
  json.key("label").string(item.label).key("box").open('[');
  for (const float length : {item.box.x, item.box.y, item.box.w, item.box.h}) {
    json.number(static_cast<double>(length / scale));
  }
  json.close(']');
  if (!item.group.empty()) json.key("group").string(item.group);
  if (item.idle) json.key("idle").boolean(true);
  if (item.keys) json.key("keys").boolean(true);
  if (item.kind == Item::kToggle || item.kind == Item::kRange || item.kind == Item::kChoice) {
    json.key("value").number(static_cast<double>(item.value));
  }
  if (item.kind == Item::kRange) {
    json.key("min").number(static_cast<double>(item.lo)).key("max").number(static_cast<double>(item.hi));
    json.key("step").number(static_cast<double>(item.step));
  }
  if (!item.words.empty()) json.key("words").string(item.words);
  if (item.kind == Item::kChoice) {
    json.key("options").open('[');
    for (const std::string& option : item.options) json.string(option);
    json.close(']');
  }
  json.close('}');
}

}  // namespace

std::string controls_json(const App& app) {
  Json json;
  json.open('[');
  for (const Item& item : app.items) {
    if (item.kind != Item::kPlace) control(json, item, app.display.scale);
  }
  return json.close(']').take();
}

std::string state_json(const App& app, long frames) {
  const LabState& s = app.lab.state();
  Json json;
  json.open('{').key("view").string(s.view).key("views").open('[');
  for (const View& view : views()) json.string(view.name);
  json.close(']').key("model").string(s.model);
  json.key("latent").number(app.lab.latent()).key("seed").number(s.seed).key("count").number(s.count);
  json.key("digit").number(s.digit).key("temperature").number(static_cast<double>(s.temperature));
  json.key("t").number(static_cast<double>(s.t)).key("slerp").boolean(s.slerp);
  json.key("loop").boolean(s.loop).key("playing").boolean(s.playing);
  json.key("frames")
      .number(static_cast<double>(frames))
      .key("theme")
      .string(app.display.dark ? "dark" : "light");
  json.key("snapshot").number(s.snapshot).key("other").string(s.other);
  json.key("compared").number(static_cast<int>(s.compared));
  json.key("language").string(language() == Language::kChinese ? "zh" : "en");
  json.key("map").open('[');
  for (const float value : {s.map_x, s.map_y, s.map_zoom}) json.number(static_cast<double>(value));
  json.close(']').key("hover").floats(s.view == "map" ? app.map.hover : std::vector<float>());
  json.key("z").floats(s.z).key("stops").open('[');
  for (const std::vector<float>& stop : s.stops) json.floats(stop);
  json.close(']')
      .key("test_digit")
      .number(s.test_digit)
      .key("strokes")
      .number(static_cast<double>(s.strokes.size()));
  json.key("sampled").boolean(s.sampled).key("epsilon").number(s.epsilon).key("nats").open('[');
  if (app.nats) json.number(app.nats->reconstruction).number(app.nats->kl);
  return json.close(']').close('}').take();
}

std::string describe(const App& app) {
  if (const std::string_view file = failed_file(app); !file.empty()) return loading_words(app, file);
  if (app.lab.short_of_memory()) return std::string(say(Text::kNoMemory));
  if (!app.lab.loaded()) return std::string(say(Text::kNoModel));
  const View* view = find_view(app.lab.state().view);
  return view == nullptr ? std::string() : view->describe(app);
}

std::string facts(const App& app) {
  const LoadedModel* current = app.lab.current();
  if (current == nullptr) return {};
  const vae::ModelSpec& spec = current->model.spec();
  std::string line =
      say(Text::kFacts, {current->id == kOwnModel ? spec.name : current->id, std::to_string(spec.latent)});
  const float loss = current->test_loss("test_neg_elbo");
  if (loss > 0 && current->test_loss("test_kl") > 0) {  // without KL it would be no -ELBO
    line.append(say(Text::kComma)) +=
        say(Text::kFactsLoss, {number(static_cast<double>(loss), 1), pixels_words(current->pixels)});
  }
  return line.append(say(Text::kStop)) + vae::to_string(spec);
}

}  // namespace lab
