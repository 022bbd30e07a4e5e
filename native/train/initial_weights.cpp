#include "native/train/initial_weights.hpp"

#include <algorithm>
#include <map>

#include "native/data/dataset.hpp"
#include "native/model/tensors.hpp"
#include "native/support/failure.hpp"
#include "native/support/nearest.hpp"
#include "native/support/output_file.hpp"
#include "native/train/checkpoint.hpp"
#include "shared/base/encoding.hpp"
#include "shared/file/safetensors_header.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{1} << 30;
constexpr std::size_t kMaxHeader = std::size_t{100} << 20,
                      kMaxTensors = 10000;  // the format's own limit, and many

[[noreturn]] void refuse(const fs::path& path, const std::string& what, ErrorCode code) {
  throw bad_file(path.string(), {code, what});
}

std::optional<torch::ScalarType> scalar_type(std::string_view dtype) {
  if (dtype == "F32") return torch::kFloat;
  if (dtype == "F64") return torch::kDouble;
  if (dtype == "F16") return torch::kHalf;
  if (dtype == "BF16") return torch::kBFloat16;
  return std::nullopt;
}

/// Returns why a tensor of a plain file can be no parameter, or "".
std::string unreadable(const ForeignHeaderParser::Entry& entry) {
  if (!scalar_type(entry.dtype))
    return "has the element type " + std::string(entry.dtype) + "; expected F32, F64, F16 or BF16";
  if (entry.too_many_dims || entry.zero_dim) return "must have at most 4 dimensions of at least 1";
  return "";
}

/// Copies a tensor of a plain file.
torch::Tensor plain_tensor(const fs::path& path, const ForeignHeaderParser::Entry& entry,
                           std::span<const std::byte> data) {
  const std::string name(entry.name);
  const auto type = scalar_type(entry.dtype);
  const std::vector<std::int64_t> sizes(entry.shape.size.begin(),
                                        entry.shape.size.begin() + entry.shape.rank);
  std::uint64_t bytes = torch::elementSize(*type);
  for (std::int64_t size : sizes) {
    bytes *= static_cast<std::uint64_t>(size);
    if (bytes > kMaxFile) refuse(path, "tensor " + name + " is larger than the file", ErrorCode::kShape);
  }
  if (entry.begin > entry.end || entry.end > data.size() || entry.end - entry.begin != bytes)
    refuse(
        path,
        "tensor " + name + " needs " + std::to_string(bytes) + " bytes, which its data_offsets do not give",
        ErrorCode::kOffsets);
  std::vector<std::byte> copy(data.begin() + static_cast<std::ptrdiff_t>(entry.begin),
                              data.begin() + static_cast<std::ptrdiff_t>(entry.end));
  return torch::from_blob(copy.data(), sizes, *type).to(torch::kFloat).clone();
}

/// Returns a tensor's name without what wrappers of a module put before it.
std::string bare_name(std::string_view name) {
  for (const std::string_view prefix : {"module.", "_orig_mod.", "model."}) {
    if (name.starts_with(prefix)) return bare_name(name.substr(prefix.size()));
  }
  return std::string(name);
}

std::string words(torch::IntArrayRef sizes) {
  std::string text;
  for (const std::int64_t size : sizes) {
    if (!text.empty()) text += 'x';
    text += std::to_string(size);
  }
  return text.empty() ? "a single number" : text;
}

NamedTensors sealed_tensors(const fs::path& path, const WeightsView& view) {
  NamedTensors tensors;
  for (const TensorView& t : view.tensors) {
    const std::string name(t.name);
    if (name.ends_with("_scale")) continue;
    const TensorView* scale = view.find(name + "_scale");
    if (t.dtype == Dtype::kI8 && (scale == nullptr || scale->shape.count() != t.shape.size[0]))
      refuse(path, "int8 tensor " + name + " needs one F32 scale per row", ErrorCode::kNames);
    const auto tensor = to_tensor(view, t);
    if (!tensor) refuse(path, "tensor " + name + " holds NaN or infinity", ErrorCode::kNonfinite);
    tensors.emplace_back(name, *tensor);
  }
  return tensors;
}

/// Returns what a checkpoint evaluates: its averaged weights, if it has some.
InitialWeights checkpoint_weights(const fs::path& path, std::span<const std::byte> file) {
  const Checkpoint checkpoint = read_checkpoint(file, path.string());
  const TrainerState& state = checkpoint.state;
  InitialWeights weights;
  weights.spec = value_or_throw(parse_model_spec(checkpoint.get("model")), path.string());
  weights.tensors = state.average.empty() ? state.parameters : state.average;
  if (checkpoint.get("config").find("--sigma-head log-sigma") !=
      std::string::npos) {  // a file has log sigma^2
    for (auto& [name, tensor] : weights.tensors)
      if (name.starts_with("log_var.")) tensor = 2 * tensor;
  }
  const std::string steps = std::to_string(state.step);
  std::string config = checkpoint.get("resolved_config");
  if (config.empty()) config = checkpoint.get("config");  // all that 1.0.0 wrote
  for (const auto& [key, value] : checkpoint.metadata) {
    if (key == "library" || key == "seed" || key == "dataset_sha256")
      weights.metadata.emplace_back(key, value);
  }
  weights.metadata.emplace_back("config", config + " (its weights after step " + steps + ')');
  weights.metadata.emplace_back("steps", steps);
  return weights;
}

}  // namespace

SpecOptions InitialWeights::sizes(SpecOptions options) const {
  const auto rows = [&](const char* name) {
    const auto found =
        std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.first == name; });
    return found == tensors.end() || found->second.dim() != 2 ? 0 : static_cast<int>(found->second.size(0));
  };
  if (const int latent = rows("mu.weight"); latent > 0) options.latent = latent;
  if (const int hidden = rows("encoder.0.weight"); hidden > 0 && options.hidden > 0) options.hidden = hidden;
  return options;
}

std::vector<std::string> InitialWeights::put(VaeImpl& model, const std::string& file) const {
  const torch::NoGradGuard no_grad;
  const auto fail = [&](const std::string& what) {
    throw Failure(Exit::kBadData, file + ": " + what + "; the model is " + to_string(model.spec));
  };
  std::vector<std::string> rest;  // what no parameter has taken
  for (const auto& [name, tensor] : tensors) rest.push_back(name);
  for (auto& named : model.named_parameters()) {
    const std::string& name = named.key();
    const std::string wanted = name + ", " + words(named.value().sizes());
    const auto found = std::ranges::find(tensors, name, &NamedTensors::value_type::first);
    if (found == tensors.end()) {
      for (const auto& [other, why] : unreadable) {
        if (other == name) fail("the parameter " + name + ' ' + why);
      }
      const std::string near = nearest(name, rest);
      fail("the parameter " + wanted + ", is missing" + (near.empty() ? "" : "; there is " + near));
    }
    if (found->second.sizes() != named.value().sizes())
      fail(name + " is " + words(found->second.sizes()) + "; expected " + words(named.value().sizes()));
    if (!torch::isfinite(found->second).all().item<bool>())
      refuse(file, "tensor " + name + " holds NaN or infinity", ErrorCode::kNonfinite);
    named.value().copy_(found->second);
    std::erase(rest, name);
  }
  if (spec && !rest.empty()) fail("the parameter " + rest.front() + " has no place");
  for (const auto& [name, why] : unreadable) rest.push_back(name);
  return rest;
}

InitialWeights read_initial_weights(const fs::path& path) {
  const std::vector<std::byte> file = read_file(path, kMaxFile);
  InitialWeights weights;
  weights.sha256 = sha256({reinterpret_cast<const std::uint8_t*>(file.data()),
                           reinterpret_cast<const std::uint8_t*>(file.data()) + file.size()});
  if (file.size() < 9)
    refuse(path, "ends after " + std::to_string(file.size()) + " bytes", ErrorCode::kTruncated);
  const auto length = load_as<std::uint64_t>(file.data());
  if (length > kMaxHeader || length > file.size() - 8 || file[8] != std::byte{'{'})
    refuse(path, "this is not a safetensors file", ErrorCode::kNotWeights);
  ForeignHeaderParser header(
      {reinterpret_cast<const char*>(file.data()) + 8, static_cast<std::size_t>(length)}, kMaxTensors);
  if (!header.parse()) refuse(path, "header: " + header.problem(), ErrorCode::kJson);
  const auto has_format = [&](std::string_view format) {
    return std::any_of(header.metadata.begin(), header.metadata.end(),
                       [&](const auto& entry) { return entry.first == "format" && entry.second == format; });
  };
  if (has_format(kCheckpointLimits.format)) {
    const std::string sum = weights.sha256;
    weights = checkpoint_weights(path, file);
    weights.sha256 = sum;
    return weights;
  }
  if (!has_format(FileLimits{}.format)) {
    const std::span<const std::byte> data = std::span(file).subspan(8 + static_cast<std::size_t>(length));
    std::map<std::string, std::string_view> names;  // as the file has them
    for (const ForeignHeaderParser::Entry& entry : header.entries) {
      const std::string name = bare_name(entry.name), why = unreadable(entry);
      if (const auto [first, is_new] = names.try_emplace(name, entry.name); !is_new)
        refuse(path,
               "tensors " + std::string(first->second) + " and " + std::string(entry.name) +
                   " would be the same parameter; leave one of the two sets out",
               ErrorCode::kNames);
      if (why.empty()) {
        weights.tensors.emplace_back(name, plain_tensor(path, entry, data));
      } else {
        weights.unreadable.emplace_back(name, why);
      }
    }
    return weights;
  }
  const WeightsView view = value_or_throw(read_weights(file), path.string());
  weights.spec = value_or_throw(parse_model_spec(view.get("model")), path.string());
  weights.tensors = sealed_tensors(path, view);
  for (const auto& [key, value] : view.metadata) weights.metadata.emplace_back(key, value);
  return weights;
}

}  // namespace vae
