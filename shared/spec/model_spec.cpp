#include "shared/spec/model_spec.hpp"

#include <algorithm>
#include <cstdint>

#include "shared/base/concat.hpp"

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

std::string words(const Layer& layer) {
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

/// "normal", "mixture:100"
std::string prior_words(const ModelSpec& spec) {
  std::string name(kPriorNames[static_cast<int>(spec.prior)]);
  return spec.prior == Prior::kMixture ? concat({name, ":", spec.components}) : name;
}

std::string words(const LayerList& layers) {
  std::string text;
  for (const Layer& layer : layers) text += (text.empty() ? "" : ",") + words(layer);
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

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// ---- Checking

/// Empty when `layers` take `in`, stay within the limits and give `out` numbers (any number when out is 0).
std::string check(const char* part, const LayerList& layers, const Shape& input, std::int64_t out) {
  std::int64_t work = 0;
  Shape in = input;
  for (int i = 0; i < layers.size(); ++i) {
    const std::string where = concat({part, " layer ", i, " (", words(layers[i]), ")"});
    const std::optional<Shape> shape = output_shape(layers[i], in);
    if (!shape) return concat({where, " cannot take an input of ", to_string(in)});
    if (!skip_fits(layers, i, input)) return concat({where, " does not fit there"});
    // In this order nothing overflows 64 bits: channels are at most 2^20, lengths 2^21 (output_shape sees
    // to that).
    if (shape->size() > kMaxActivations) return concat({where, " is too large"});
    std::int64_t kernel = 0, channels = 0;  // of a convolution
    const auto measure = [&](const auto& c) {
      kernel = c.kernel;
      channels = c.in;
    };
    if (const auto* c = std::get_if<Conv2d>(&layers[i])) measure(*c);
    const auto* const transposed = std::get_if<ConvTranspose2d>(&layers[i]);
    if (transposed) measure(*transposed);
    if (kernel > 1024) return concat({where, " has a kernel above 1024"});
    // What it reads, as shared/nn/sequential unrolls it, or, transposed, makes of its input.
    const std::int64_t unrolled = channels * kernel * kernel * (shape->size() / shape->channels);
    const std::int64_t made = transposed ? kernel * kernel * shape->channels * (in.size() / in.channels) : 0;
    if (std::max(unrolled, made) > 4 * kMaxActivations) return concat({where, " is too large"});
    work += kernel > 0 ? unrolled * shape->channels : multiply_adds(layers[i], in);
    if (work > kMaxMultiplyAdds) return concat({where, " makes the model too slow to run"});
    in = *shape;
  }
  if (in.size() != out && out != 0) {
    return concat({part, " gives ", to_string(in), ", but ", out, " numbers are needed"});
  }
  if (out == 0 && (in.height != 1 || in.width != 1)) {
    return concat({part, " must end in a vector, but gives ", to_string(in)});
  }
  return {};
}

void add_parameters(const std::string& prefix, const Layer& layer, std::vector<ParameterSpec>& all) {
  const ParameterShapes shapes = parameter_shapes(layer);
  if (shapes.weight.rank > 0) {
    all.push_back({prefix + ".weight", shapes.weight, std::holds_alternative<ConvTranspose2d>(layer)});
  }
  if (shapes.bias.rank > 0) all.push_back({prefix + ".bias", shapes.bias});
}

}  // namespace

ModelSpec mlp(Shape image, int hidden, int latent) {
  const int pixels = static_cast<int>(image.size());
  return {"mlp",
          image,
          latent,
          Likelihood::kBernoulli,
          mlp_encoder(pixels, hidden),
          mlp_decoder(pixels, hidden, latent)};
}

ModelSpec aevb(int latent, Shape image, int hidden) {
  const int pixels = static_cast<int>(image.size());
  return {"aevb",
          image,
          latent,
          Likelihood::kBernoulli,
          aevb_encoder(pixels, hidden),
          aevb_decoder(pixels, hidden, latent)};
}

ModelSpec iwae(int latent, Shape image, int hidden) {
  const int pixels = static_cast<int>(image.size());
  return {"iwae",
          image,
          latent,
          Likelihood::kBernoulli,
          iwae_encoder(pixels, hidden),
          iwae_decoder(pixels, hidden, latent)};
}

ModelSpec resnet(int latent, int components) {
  constexpr Activation silu{ActivationKind::kSilu};
  constexpr Padding same3{1, 1, 1, 1}, halve4{1, 1, 1, 1}, around6{2, 2, 2, 2};
  const auto block = [&](LayerList& layers, int channels) {
    for (int i = 0; i < 2; ++i) {
      layers.push_back(silu);
      layers.push_back(Conv2d{channels, channels, 3, 1, same3});
    }
    layers.push_back(Skip{4});
  };
  ModelSpec spec{"resnet", {1, 28, 28}, latent, Likelihood::kBernoulli, {}, {}, Prior::kMixture, components};
  spec.encoder = {Conv2d{1, 32, 4, 2, halve4}};  // 14x14
  block(spec.encoder, 32);
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Conv2d{32, 48, 4, 2, halve4});  // 7x7
  block(spec.encoder, 48);
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Conv2d{48, 48, 3, 2, same3});  // 4x4
  spec.encoder.push_back(silu);
  spec.encoder.push_back(Reshape{{768, 1, 1}});
  spec.decoder = {Linear{latent, 2352}, Reshape{{48, 7, 7}}};
  block(spec.decoder, 48);
  spec.decoder.push_back(silu);
  spec.decoder.push_back(ConvTranspose2d{48, 32, 4, 2, halve4});  // 14x14
  block(spec.decoder, 32);
  spec.decoder.push_back(silu);
  spec.decoder.push_back(ConvTranspose2d{32, 1, 6, 2, around6});  // 28x28
  return spec;
}

ModelSpec tf_conv(int latent) {
  return {"tf-conv", {1, 28, 28}, latent, Likelihood::kSquaredError, kTfConvEncoder, tf_conv_decoder(latent)};
}

ModelSpec with_likelihood(ModelSpec spec, Likelihood likelihood) {
  const Layer sigmoid = Activation{ActivationKind::kSigmoid};
  LayerList decoder;
  for (int i = 0; i < spec.decoder.size(); ++i) {
    if (i + 1 < spec.decoder.size() || spec.decoder[i] != sigmoid) decoder.push_back(spec.decoder[i]);
  }
  if (likelihood != Likelihood::kBernoulli) decoder.push_back(sigmoid);
  spec.decoder = decoder;
  spec.likelihood = likelihood;
  return spec;
}

ModelSpec with_dropout(ModelSpec spec, float rate) {
  const auto is_dropout = [](const Layer& layer) { return std::holds_alternative<Dropout>(layer); };
  const bool has_some = std::any_of(spec.encoder.begin(), spec.encoder.end(), is_dropout) ||
                        std::any_of(spec.decoder.begin(), spec.decoder.end(), is_dropout);
  for (LayerList* part : {&spec.encoder, &spec.decoder}) {
    LayerList layers;
    std::vector<int> moved_to;  // where each layer stands now
    for (int i = 0; i < part->size(); ++i) {
      Layer layer = (*part)[i];
      moved_to.push_back(layers.size());
      if (auto* skip = std::get_if<Skip>(&layer))
        skip->over = layers.size() - moved_to[static_cast<std::size_t>(i - skip->over)];
      layers.push_back(is_dropout(layer) ? Dropout{rate} : layer);
      const bool output = part == &spec.decoder && i + 1 == part->size();
      if (!has_some && rate > 0 && std::holds_alternative<Activation>(layer) && !output) {
        layers.push_back(Dropout{rate});
      }
    }
    *part = layers;
  }
  return spec;
}

int encoder_features(const ModelSpec& spec) {
  return output_shape(spec.encoder, encoder_input(spec.encoder, spec.image)).value_or(Shape{}).channels;
}

int last_linear(const LayerList& decoder) {
  int last = -1;
  for (int i = 0; i < decoder.size(); ++i) {
    if (std::holds_alternative<Linear>(decoder[i])) last = i;
  }
  return last;
}

LayerList log_var_decoder(const ModelSpec& spec) {
  LayerList layers;
  for (int i = 0; i <= last_linear(spec.decoder); ++i) layers.push_back(spec.decoder[i]);
  return layers;
}

int outputs(const ModelSpec& spec) {
  const int pixels = static_cast<int>(spec.image.size());
  return spec.likelihood == Likelihood::kGaussian ? 2 * pixels : pixels;
}

std::vector<ParameterSpec> encoder_parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all;
  for (int i = 0; i < spec.encoder.size(); ++i) {
    add_parameters(concat({"encoder.", i}), spec.encoder[i], all);
  }
  const Linear head{encoder_features(spec), spec.latent};
  add_parameters("mu", head, all);
  add_parameters("log_var", head, all);
  return all;
}

std::vector<ParameterSpec> decoder_parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all;
  for (int i = 0; i < spec.decoder.size(); ++i) {
    add_parameters(concat({"decoder.", i}), spec.decoder[i], all);
  }
  if (spec.likelihood == Likelihood::kGaussian) {
    add_parameters("decoder_log_var", spec.decoder[last_linear(spec.decoder)], all);
  }
  for (ParameterSpec& parameter : prior_parameters(spec)) all.push_back(std::move(parameter));
  return all;
}

std::vector<ParameterSpec> prior_parameters(const ModelSpec& spec) {
  if (spec.prior != Prior::kMixture) return {};
  const Dims points{2, {spec.components, spec.latent}};
  return {{"prior.mean", points}, {"prior.log_var", points}, {"prior.logit", {1, {spec.components}}}};
}

std::vector<ParameterSpec> parameters(const ModelSpec& spec) {
  std::vector<ParameterSpec> all = encoder_parameters(spec);
  for (ParameterSpec& parameter : decoder_parameters(spec)) all.push_back(std::move(parameter));
  return all;
}

std::string check(const ModelSpec& spec) {
  if (!is_name(spec.name)) return "the model's name must be one word of letters, digits, '-', '_' and '.'";
  if (spec.image.size() > kMaxActivations)
    return concat({"the image of ", to_string(spec.image), " is too large"});
  if (spec.latent < 1 || spec.latent > 4096) return "latent must be 1 to 4096";
  if (spec.encoder.size() == 0 || spec.decoder.size() == 0) return "encoder and decoder need a layer each";
  if (spec.prior == Prior::kMixture && (spec.components < 1 || spec.components > kMaxComponents ||
                                        spec.components * spec.latent > kMaxMixture)) {
    return "the prior has too many components";
  }
  const std::string encoder = check("encoder", spec.encoder, encoder_input(spec.encoder, spec.image), 0);
  if (!encoder.empty()) return encoder;
  const std::string decoder = check("decoder", spec.decoder, {spec.latent, 1, 1}, spec.image.size());
  if (!decoder.empty() || spec.likelihood != Likelihood::kGaussian) return decoder;
  if (last_linear(spec.decoder) < 0) return "a Gaussian likelihood needs a linear layer in the decoder";
  return check("log-variance decoder", log_var_decoder(spec), {spec.latent, 1, 1}, spec.image.size());
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
