#include "shared/spec/model_line.hpp"

#include <algorithm>
#include <cstdint>

#include "shared/base/concat.hpp"
#include "shared/spec/check.hpp"

namespace vae {
namespace {

// ---- Writing

/// Up to six decimals, without trailing zeros: 0.3, 0, 2.5.
std::string decimal(float value) {
  auto digits = static_cast<std::int64_t>(static_cast<double>(value) * 1e6 + 0.5);
  std::int64_t one = 1000000;  // so that digits / one is the value
  while (one > 1 && digits % 10 == 0) digits /= 10, one /= 10;
  if (one == 1) return concat({digits});
  const std::string fraction = concat({one + digits % one});  // its zeros in front kept by a 1 before them
  return concat({digits / one, ".", std::string_view(fraction).substr(1)});
}

std::string convolution_words(const char* name, int in, int out, int kernel, int stride, const Padding& p) {
  std::string text = name;
  for (int number : {in, out, kernel, stride, p.top, p.left, p.bottom, p.right}) {
    text = concat({text, ":", number});
  }
  return text;
}

constexpr std::string_view kActivationNames[] = {"relu", "leaky_relu", "tanh", "sigmoid", "silu"};
constexpr std::string_view kPriorNames[] = {"normal", "none", "mixture"};

/// "normal", "mixture:100"
std::string prior_words(const ModelSpec& spec) {
  std::string name(kPriorNames[static_cast<int>(spec.prior)]);
  return spec.prior == Prior::kMixture ? concat({name, ":", spec.components}) : name;
}

std::string words(const LayerList& layers) {
  std::string text;
  for (const Layer& layer : layers) text += (text.empty() ? "" : ",") + to_string(layer);
  return text;
}

// ---- Reading

/// Cuts the part before the next `separator` from the front of `text`.
std::string_view next(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool parse_int(std::string_view text, int least, int& value) {
  if (text.empty() || text.size() > 7) return false;
  value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return value >= least && value <= kMaxDim;
}

bool parse_decimal(std::string_view text, float& value) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t decimals = point < text.size() ? text.size() - point - 1 : 0;
  std::string digits(text.substr(0, point));
  if (digits.empty() || digits.size() > 4 || decimals > 6 || (point < text.size() && decimals == 0))
    return false;
  if (point < text.size()) digits += text.substr(point + 1);
  double number = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  for (std::size_t i = 0; i < decimals; ++i) number /= 10;
  value = static_cast<float>(number);
  return true;
}

/// Reads `numbers` separated by `separator`, and nothing after them.
bool parse_ints(std::string_view text, char separator, int least, std::initializer_list<int*> numbers) {
  for (int* number : numbers) {
    if (!parse_int(next(text, separator), least, *number)) return false;
  }
  return text.empty();
}

bool parse_shape(std::string_view text, Shape& s) {
  return parse_ints(text, 'x', 1, {&s.channels, &s.height, &s.width});
}

bool parse_convolution(std::string_view text, int& in, int& out, int& kernel, int& stride, Padding& p) {
  for (int* number : {&in, &out, &kernel, &stride}) {
    if (!parse_int(next(text, ':'), 1, *number)) return false;
  }
  return parse_ints(text, ':', 0, {&p.top, &p.left, &p.bottom, &p.right});
}

bool parse_layer(std::string_view text, Layer& layer) {
  const std::string_view name = next(text, ':');
  if (name == "linear") {
    Linear l;
    const bool ok = parse_ints(text, ':', 1, {&l.in, &l.out});
    layer = l;
    return ok;
  }
  if (name == "conv") {
    Conv2d c;
    const bool ok = parse_convolution(text, c.in, c.out, c.kernel, c.stride, c.padding);
    layer = c;
    return ok;
  }
  if (name == "conv_transpose") {
    ConvTranspose2d c;
    const bool ok = parse_convolution(text, c.in, c.out, c.kernel, c.stride, c.crop);
    layer = c;
    return ok;
  }
  if (name == "dropout") {
    Dropout d;
    const bool ok = parse_decimal(text, d.rate) && d.rate < 1;
    layer = d;
    return ok;
  }
  if (name == "skip") {
    Skip s;
    const bool ok = parse_ints(text, ':', 1, {&s.over});
    layer = s;
    return ok;
  }
  if (name == "reshape") {
    Reshape r;
    const bool ok = parse_shape(text, r.to);
    layer = r;
    return ok;
  }
  for (std::size_t kind = 0; kind < std::size(kActivationNames); ++kind) {
    if (name != kActivationNames[kind]) continue;
    Activation a{static_cast<ActivationKind>(kind)};
    const bool ok = a.kind == ActivationKind::kLeakyRelu ? parse_decimal(text, a.slope) : text.empty();
    layer = a;
    return ok;
  }
  return false;
}

/// Empty on success, otherwise the word that was not understood.
std::string parse_layers(std::string_view text, LayerList& layers) {
  while (!text.empty()) {
    const std::string_view word = next(text, ',');
    Layer layer;
    if (!parse_layer(word, layer)) return concat({"unknown layer \"", word, "\""});
    if (!layers.push_back(layer)) return concat({"more than ", LayerList::kCapacity, " layers"});
  }
  return {};
}

/// The value of an enumeration whose names are in `names`, in its order.
template <class Enum, std::size_t N>
bool parse_word(std::string_view text, const std::string_view (&names)[N], Enum& value) {
  const auto found = std::find(std::begin(names), std::end(names), text);
  value = static_cast<Enum>(found - std::begin(names));
  return found != std::end(names);
}

bool parse_prior(std::string_view text, ModelSpec& spec) {
  if (!parse_word(next(text, ':'), kPriorNames, spec.prior)) return false;
  return spec.prior == Prior::kMixture ? parse_ints(text, ':', 1, {&spec.components}) : text.empty();
}

}  // namespace

std::string to_string(const Layer& layer) {
  return std::visit(Overloaded{
                        [](const Linear& l) { return concat({"linear:", l.in, ":", l.out}); },
                        [](const Conv2d& c) {
                          return convolution_words("conv", c.in, c.out, c.kernel, c.stride, c.padding);
                        },
                        [](const ConvTranspose2d& c) {
                          return convolution_words("conv_transpose", c.in, c.out, c.kernel, c.stride, c.crop);
                        },
                        [](const Activation& a) {
                          std::string name(kActivationNames[static_cast<int>(a.kind)]);
                          return a.kind == ActivationKind::kLeakyRelu ? concat({name, ":", decimal(a.slope)})
                                                                      : name;
                        },
                        [](const Dropout& d) { return concat({"dropout:", decimal(d.rate)}); },
                        [](const Skip& s) { return concat({"skip:", s.over}); },
                        [](const Reshape& r) { return concat({"reshape:", to_string(r.to)}); },
                    },
                    layer);
}

std::string to_string(const Shape& s) { return concat({s.channels, "x", s.height, "x", s.width}); }

std::string to_string(const ModelSpec& spec) {
  return concat({spec.name, " image=", to_string(spec.image), " latent=", spec.latent, " likelihood=",
                 kLikelihoodNames[static_cast<int>(spec.likelihood)], " prior=", prior_words(spec),
                 " encoder=", words(spec.encoder), " decoder=", words(spec.decoder)});
}

Result<ModelSpec> parse_model_spec(std::string_view line) {
  const auto error = [](std::string_view what) {
    return Error{ErrorCode::kModel, concat({"model line: ", what})};
  };
  ModelSpec spec;
  spec.name = std::string(next(line, ' '));
  bool seen[6] = {};
  constexpr std::string_view kKeys[] = {"image", "latent", "likelihood", "prior", "encoder", "decoder"};
  while (!line.empty()) {
    std::string_view value = next(line, ' ');
    const std::string_view key = next(value, '=');
    const auto found = std::find(std::begin(kKeys), std::end(kKeys), key);
    if (found == std::end(kKeys)) return error(concat({"unknown key \"", key, "\""}));
    bool& repeated = seen[found - std::begin(kKeys)];
    if (repeated) return error(concat({"\"", key, "\" appears twice"}));
    repeated = true;
    std::string problem;
    if (key == "image" && !parse_shape(value, spec.image)) problem = "image must be CxHxW, e.g. 1x28x28";
    if (key == "latent" && !parse_int(value, 1, spec.latent)) problem = "latent must be a positive number";
    if (key == "likelihood" && !parse_word(value, kLikelihoodNames, spec.likelihood)) {
      problem = "unknown likelihood, update digit-vae";
    }
    if (key == "prior" && !parse_prior(value, spec)) problem = "unknown prior, update digit-vae";
    if (key == "encoder") problem = parse_layers(value, spec.encoder);
    if (key == "decoder") problem = parse_layers(value, spec.decoder);
    if (!problem.empty()) return error(problem);
  }
  for (int i = 0; i < 6; ++i) {
    if (!seen[i]) return error(concat({"\"", kKeys[i], "\" is missing"}));
  }
  const std::string problem = check(spec);
  if (!problem.empty()) return error(problem);
  return spec;
}

}  // namespace vae
