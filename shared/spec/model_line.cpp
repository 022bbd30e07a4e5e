#include "shared/spec/model_line.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/numbers.hpp"
#include "shared/spec/check.hpp"

namespace vae {
namespace {

// ---- Writing

/// Appends a layer's fields: "linear" becomes "linear:784:400".
struct FieldWriter {
  std::string text;
  bool operator()(int value) { return append(concat({value})); }
  bool operator()(float value) { return append(decimal(value)); }
  bool operator()(const Shape& shape) { return append(to_string(shape)); }
  bool operator()(const Padding& p) {
    return append(concat({p.top, ":", p.left, ":", p.bottom, ":", p.right}));
  }
  bool append(const std::string& field) {
    text = concat({text, ":", field});
    return true;
  }
};

template <class L>
std::string words(const L& layer) {
  FieldWriter writer{std::string(L::kWord)};
  L::fields(layer, writer);
  return writer.text;
}
std::string words(const Activation& a) {
  FieldWriter writer{std::string(name_of(a.kind))};
  if (a.kind == ActivationKind::kLeakyRelu) writer(a.slope);
  return writer.text;
}

/// "normal", "mixture:100"
std::string prior_words(const ModelSpec& spec) {
  const std::string_view name = name_of(spec.prior);
  return spec.prior == Prior::kMixture ? concat({name, ":", spec.components}) : std::string(name);
}

std::string words(const LayerList& layers) {
  std::string text;
  for (const Layer& layer : layers) text += (text.empty() ? "" : ",") + to_string(layer);
  return text;
}

// ---- Reading

/// Removes the part before the next `separator` from the front of `text` and returns it.
std::string_view next(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool parse_int(std::string_view text, int least, int& value) {
  const auto number = parse_whole(text);
  if (!number || *number > kMaxDim || static_cast<int>(*number) < least) return false;
  value = static_cast<int>(*number);
  return true;
}

/// Removes numbers, separated by `separator`, from the front of `text`.
bool take_ints(std::string_view& text, char separator, int least, std::initializer_list<int*> numbers) {
  return std::all_of(numbers.begin(), numbers.end(),
                     [&](int* number) { return parse_int(next(text, separator), least, *number); });
}

bool parse_shape(std::string_view text, Shape& s) {
  return take_ints(text, 'x', 1, {&s.channels, &s.height, &s.width}) && text.empty();
}

/// Removes a layer's fields from the front of the text; each call returns false where there is no such field.
struct FieldReader {
  std::string_view text;
  bool operator()(int& value) { return parse_int(next(text, ':'), 1, value); }
  bool operator()(float& value) {
    const auto number = parse_decimal(next(text, ':'));
    value = static_cast<float>(number.value_or(-1));
    return value >= 0 && value < 1e4f;
  }
  bool operator()(Shape& shape) { return parse_shape(next(text, ':'), shape); }
  bool operator()(Padding& p) { return take_ints(text, ':', 0, {&p.top, &p.left, &p.bottom, &p.right}); }
};

/// Parses a layer of type L from its name and the text after it; returns false if it is not one.
template <class L>
bool parse(std::string_view name, FieldReader reader, L& layer) {
  return name == L::kWord && L::fields(layer, reader) && reader.text.empty();
}
bool parse(std::string_view name, FieldReader reader, Activation& a) {
  return parse_name(name, a.kind) && (a.kind != ActivationKind::kLeakyRelu || reader(a.slope)) &&
         reader.text.empty();
}

/// Tries each type of layer.
template <std::size_t... I>
bool parse_layer(std::string_view text, Layer& layer, std::index_sequence<I...>) {
  const std::string_view name = next(text, ':');
  return (parse(name, {text}, layer.emplace<I>()) || ...);
}

/// Parses a list of layers; returns "", or what is wrong with it.
std::string parse_layers(std::string_view text, LayerList& layers) {
  while (!text.empty()) {
    const std::string_view word = next(text, ',');
    Layer layer;
    if (!parse_layer(word, layer, std::make_index_sequence<std::variant_size_v<Layer>>())) {
      return concat({"unknown layer \"", word, "\", update digit-vae"});
    }
    if (!layers.push_back(layer)) return concat({"more than ", LayerList::kCapacity, " layers"});
  }
  return {};
}

bool parse_prior(std::string_view text, ModelSpec& spec) {
  return parse_name(next(text, ':'), spec.prior) &&
         (spec.prior != Prior::kMixture || parse_int(next(text, ':'), 1, spec.components)) && text.empty();
}

/// Parses a line; returns "", or what is wrong with it.
std::string parse(std::string_view line, ModelSpec& spec) {
  spec.name = std::string(next(line, ' '));
  bool seen[6] = {};
  constexpr std::string_view kKeys[] = {"image", "latent", "likelihood", "prior", "encoder", "decoder"};
  while (!line.empty()) {
    std::string_view value = next(line, ' ');
    const std::string_view key = next(value, '=');
    const auto found = std::find(std::begin(kKeys), std::end(kKeys), key);
    if (found == std::end(kKeys)) return concat({"unknown key \"", key, "\""});
    bool& repeated = seen[found - std::begin(kKeys)];
    if (repeated) return concat({"\"", key, "\" appears twice"});
    repeated = true;
    std::string problem;
    if (key == "image" && !parse_shape(value, spec.image)) problem = "image must be CxHxW, e.g. 1x28x28";
    if (key == "latent" && !parse_int(value, 1, spec.latent)) problem = "latent must be a positive number";
    if (key == "likelihood" && !parse_name(value, spec.likelihood)) {
      problem = "unknown likelihood, update digit-vae";
    }
    if (key == "prior" && !parse_prior(value, spec)) problem = "unknown prior, update digit-vae";
    if (key == "encoder") problem = parse_layers(value, spec.encoder);
    if (key == "decoder") problem = parse_layers(value, spec.decoder);
    if (!problem.empty()) return problem;
  }
  for (int i = 0; i < 6; ++i) {
    if (!seen[i]) return concat({"\"", kKeys[i], "\" is missing"});
  }
  return check(spec);
}

}  // namespace

std::string to_string(const Layer& layer) {
  return std::visit([](const auto& l) { return words(l); }, layer);
}

std::string to_string(const Shape& s) { return concat({s.channels, "x", s.height, "x", s.width}); }

std::string to_string(const ModelSpec& spec) {
  return concat({spec.name, " image=", to_string(spec.image), " latent=", spec.latent,
                 " likelihood=", name_of(spec.likelihood), " prior=", prior_words(spec),
                 " encoder=", words(spec.encoder), " decoder=", words(spec.decoder)});
}

Result<ModelSpec> parse_model_spec(std::string_view line) {
  ModelSpec spec;
  const std::string problem = parse(line, spec);
  if (!problem.empty()) return make_error(ErrorCode::kModel, {"model line: ", problem});
  return spec;
}

}  // namespace vae
