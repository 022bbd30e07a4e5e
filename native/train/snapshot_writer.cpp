#include "native/train/snapshot_writer.hpp"

#include <algorithm>
#include <cmath>

#include "native/model/export.hpp"
#include "native/support/failure.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/numbers.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

constexpr std::size_t kMetadataRoom = 4096;  // bytes, for what is said about the run

bool of_decoder(std::string_view name) { return name.starts_with("decoder"); }

}  // namespace

std::vector<std::int64_t> snapshot_steps(int count, std::int64_t steps) {
  std::vector<std::int64_t> all = {0};
  for (int i = 0; i + 1 < count; ++i) {
    const double part = count > 2 ? static_cast<double>(i) / (count - 2) : 1;
    const auto step = static_cast<std::int64_t>(std::llround(std::pow(static_cast<double>(steps), part)));
    all.push_back(std::max(step, all.back() + 1));
  }
  while (!all.empty() && all.back() > steps) all.pop_back();
  if (all.back() != steps) all.push_back(steps);
  return all;
}

SnapshotWriter::SnapshotWriter(int count, std::int64_t steps, const ModelSpec& spec)
    : spec_(spec), due_(snapshot_steps(count, steps)) {
  std::vector<NamedTensor> all;  // a file of zeros with as many decoders, to see whether it can be read
  for (std::size_t k = 0; k < due_.size(); ++k) {
    for (const ParameterSpec& p : snapshot_parameters(spec, static_cast<int>(k))) {
      all.push_back({p.name, p.shape, std::vector<float>(static_cast<std::size_t>(p.shape.count())),
                     p.shape.rank > 1 ? Dtype::kF16 : Dtype::kF32});
    }
  }
  const Metadata filler = {{"metadata", std::string(kMetadataRoom + 24 * due_.size(), ' ')}};
  if (const auto fits = read_weights(write_weights(filler, all, kSnapshotLimits.format), kSnapshotLimits);
      !fits)
    throw Failure(Exit::kUsage,
                  "--snapshots " + std::to_string(count) +
                      ": so many decoders of this model do not fit into a file: " + fits.error().message);
}

bool SnapshotWriter::due(std::int64_t step) const {
  return std::find(due_.begin(), due_.end(), step) != due_.end() &&
         std::find(taken_.begin(), taken_.end(), step) == taken_.end();
}

void SnapshotWriter::take(std::int64_t step, VaeImpl& model, const Losses& test) {
  const std::string prefix = std::to_string(taken_.size()) + '.';
  for (const auto& named : model.named_parameters()) {
    if (!of_decoder(named.key())) continue;
    NamedTensor tensor = to_named_tensor(prefix + named.key(), named.value());
    if (tensor.shape.rank > 1) tensor.dtype = Dtype::kF16;
    tensors_.push_back(std::move(tensor));
  }
  taken_.push_back(step);
  reconstruction_.push_back(static_cast<float>(test.reconstruction));
  kl_.push_back(static_cast<float>(test.kl));
}

std::vector<std::byte> SnapshotWriter::bytes(const Metadata& more) const {
  std::string steps;
  for (std::int64_t step : taken_) {
    if (!steps.empty()) steps += ' ';
    steps += std::to_string(step);
  }
  Metadata metadata = {{"model", to_string(spec_)},
                       {"snapshot_steps", steps},
                       {"snapshot_reconstruction", encode_floats(reconstruction_)},
                       {"snapshot_kl", encode_floats(kl_)}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  return write_weights(metadata, tensors_, kSnapshotLimits.format);
}

void SnapshotWriter::restore(std::span<const std::byte> bytes, std::int64_t step) {
  const auto view = read_weights(bytes, kSnapshotLimits);
  if (!view) throw Failure(Exit::kBadData, "snapshots: " + view.error().message);
  taken_ = parse_rising(view->get("snapshot_steps"));
  if (!decode_floats(view->get("snapshot_reconstruction"), reconstruction_) ||
      !decode_floats(view->get("snapshot_kl"), kl_) || kl_.size() != taken_.size() ||
      reconstruction_.size() != taken_.size()) {
    throw Failure(Exit::kBadData, "snapshots: steps and losses do not fit together");
  }
  const auto kept = static_cast<std::size_t>(
      std::count_if(taken_.begin(), taken_.end(), [&](std::int64_t taken) { return taken <= step; }));
  taken_.resize(kept);
  reconstruction_.resize(kept);
  kl_.resize(kept);
  tensors_.clear();
  for (const TensorView& t : view->tensors) {
    if (parse_whole(t.name.substr(0, t.name.find('.'))).value_or(kept) >= kept) continue;
    NamedTensor tensor{std::string(t.name), t.shape,
                       std::vector<float>(static_cast<std::size_t>(t.shape.count())), t.dtype};
    if (!dequantize(t, nullptr, tensor.values))
      throw Failure(Exit::kBadData, "snapshots: a number is not finite");
    tensors_.push_back(std::move(tensor));
  }
}

}  // namespace vae
