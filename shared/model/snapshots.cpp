#include "shared/model/snapshots.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/model/parameters.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

constexpr std::size_t kReady = 2;  // decoders kept; each can be megabytes

/// Whole numbers with one space between, each above the one before; nothing if the text is anything else.
std::optional<std::vector<std::int64_t>> rising_steps(std::string_view text) {
  std::vector<std::int64_t> steps;
  const char *at = text.data(), *const end = at + text.size();
  while (true) {
    std::int64_t step = 0;
    const auto [behind, problem] = std::from_chars(at, end, step);
    if (problem != std::errc{} || step <= (steps.empty() ? -1 : steps.back())) return std::nullopt;
    steps.push_back(step);
    if (behind == end) return steps;
    if (*behind != ' ') return std::nullopt;
    at = behind + 1;
  }
}

bool finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

std::vector<ParameterSpec> snapshot_parameters(const ModelSpec& spec, int k) {
  std::vector<ParameterSpec> all;
  for (const ParameterSpec& p : parameters(spec)) {
    if (p.name.starts_with("decoder")) all.push_back({concat({k, ".", p.name}), p.shape, p.in_first});
  }
  return all;
}

Result<Snapshots> Snapshots::load(std::vector<std::byte> file) {
  Snapshots s;
  s.file_ = std::move(file);
  auto view = read_weights(s.file_, kSnapshotLimits);
  if (!view) return view.error();
  s.view_ = std::move(*view);
  auto spec = parse_model_spec(s.view_.get("model"));
  if (!spec) return spec.error();
  s.spec_ = std::move(*spec);
  auto steps = rising_steps(s.view_.get("snapshot_steps"));
  if (!steps) return Error{ErrorCode::kShape, "snapshot_steps must be whole numbers that rise"};
  s.steps_ = std::move(*steps);
  if (!decode_floats(s.view_.get("snapshot_reconstruction"), s.reconstruction_) ||
      !decode_floats(s.view_.get("snapshot_kl"), s.kl_) || s.reconstruction_.size() != s.steps_.size() ||
      s.kl_.size() != s.steps_.size()) {
    return Error{ErrorCode::kShape, "snapshot_reconstruction and snapshot_kl must hold one number per step"};
  }
  if (!finite(s.reconstruction_) || !finite(s.kl_)) {
    return Error{ErrorCode::kNonfinite, "a loss of a snapshot is NaN or infinite"};
  }
  if (s.steps_.size() > s.view_.tensors.size()) {
    return Error{ErrorCode::kNames, "the file holds fewer tensors than snapshot_steps names decoders"};
  }
  std::vector<ParameterSpec> expected;
  for (int k = 0; k < s.count(); ++k) {
    for (ParameterSpec& p : snapshot_parameters(s.spec_, k)) expected.push_back(std::move(p));
  }
  if (const auto problem = check_names(s.view_, expected)) return *problem;
  return s;
}

Result<ImageDecoder*> Snapshots::ready(int k) {
  auto found = std::find_if(ready_.begin(), ready_.end(), [&](const Ready& r) { return r.k == k; });
  if (found != ready_.end()) {
    std::rotate(found, found + 1, ready_.end());
    return &ready_.back().decoder;
  }
  auto weights = read_parameters(view_, snapshot_parameters(spec_, k));
  if (!weights) return weights.error();
  if (ready_.size() == kReady) ready_.erase(ready_.begin());
  const Parameter* next = weights->list.data();
  std::vector<LayerParameters> layers = layer_parameters(spec_.decoder, next);
  ready_.push_back({k, std::move(weights->memory), ImageDecoder(spec_, std::move(layers))});
  return &ready_.back().decoder;
}

Result<std::vector<float>> Snapshots::decode(int k, std::span<const float> latents) {
  if (k < 0 || k >= count()) {
    return Error{ErrorCode::kShape, concat({"there is no snapshot ", k, " of ", count()})};
  }
  const auto decoder = ready(k);
  if (!decoder) return decoder.error();
  return (*decoder)->images(latents);
}

}  // namespace vae
