#include "shared/model/snapshots.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/numbers.hpp"
#include "shared/model/parameters.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

constexpr std::size_t kReady = 2;  // decoders kept; each can be megabytes

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
  s.steps_ = parse_rising(s.view_.get("snapshot_steps"));
  if (s.steps_.empty()) return make_error(ErrorCode::kShape, {"snapshot_steps must be increasing integers"});
  if (!decode_floats(s.view_.get("snapshot_reconstruction"), s.reconstruction_) ||
      !decode_floats(s.view_.get("snapshot_kl"), s.kl_) || s.reconstruction_.size() != s.steps_.size() ||
      s.kl_.size() != s.steps_.size()) {
    return make_error(ErrorCode::kShape,
                      {"snapshot_reconstruction and snapshot_kl must hold one number per step"});
  }
  if (!finite(s.reconstruction_) || !finite(s.kl_)) {
    return make_error(ErrorCode::kNonfinite, {"a loss of a snapshot is NaN or infinite"});
  }
  if (s.steps_.size() > s.view_.tensors.size()) {
    return make_error(ErrorCode::kNames, {"the file holds fewer tensors than snapshot_steps names decoders"});
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
    return make_error(ErrorCode::kShape, {"there is no snapshot ", k, " of ", count()});
  }
  const auto decoder = ready(k);
  if (!decoder) return decoder.error();
  return (*decoder)->images(latents);
}

}  // namespace vae
