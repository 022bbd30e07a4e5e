#include "native/train/checkpoint.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "native/model/export.hpp"
#include "native/model/tensors.hpp"
#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

const std::string kAverage = "average.", kBest = "best.", kOptimizer = "optimizer.";

/// Formats every bit of a double.
std::string exact(double value) { return formatted("%a", value); }

double number(const WeightsView& view, const char* key, const std::string& name) {
  const std::string text(view.get(key));
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0')
    throw Failure(Exit::kBadData, name + ": not a checkpoint: its metadata has no number \"" + key + '"');
  return value;
}

}  // namespace

std::string Checkpoint::get(const std::string& key) const {
  const auto found =
      std::find_if(metadata.begin(), metadata.end(), [&](const auto& f) { return f.first == key; });
  return found == metadata.end() ? "" : found->second;
}

std::vector<std::byte> write_checkpoint(const Checkpoint& checkpoint) {
  const TrainerState& s = checkpoint.state;
  std::vector<NamedTensor> tensors;
  for (const auto& [name, tensor] : s.parameters) tensors.push_back(to_named_tensor(name, tensor));
  for (const auto& [name, tensor] : s.average) tensors.push_back(to_named_tensor(kAverage + name, tensor));
  for (const auto& [name, tensor] : s.best_parameters)
    tensors.push_back(to_named_tensor(kBest + name, tensor));
  for (const auto& [name, tensor] : s.optimizer.tensors)
    tensors.push_back(to_named_tensor(kOptimizer + name, tensor));
  Metadata metadata = {{"step", std::to_string(s.step)},
                       {"optimizer_steps", std::to_string(s.optimizer.steps)},
                       {"sum_reconstruction", exact(s.sum.reconstruction)},
                       {"sum_kl", exact(s.sum.kl)},
                       {"sum_objective", exact(s.sum_objective)},
                       {"summed_images", std::to_string(s.summed_images)},
                       {"best", exact(s.best)},
                       {"epochs_since_best", std::to_string(s.epochs_since_best)}};
  metadata.insert(metadata.end(), checkpoint.metadata.begin(), checkpoint.metadata.end());
  return write_weights(metadata, tensors, kCheckpointLimits.format);
}

Checkpoint read_checkpoint(std::span<const std::byte> bytes, const std::string& name) {
  const WeightsView view = value_or_throw(read_weights(bytes, kCheckpointLimits), name);
  Checkpoint c;
  TrainerState& s = c.state;
  s.step = static_cast<std::int64_t>(number(view, "step", name));
  s.optimizer.steps = static_cast<std::int64_t>(number(view, "optimizer_steps", name));
  s.sum = {number(view, "sum_reconstruction", name), number(view, "sum_kl", name)};
  s.sum_objective = number(view, "sum_objective", name);
  s.summed_images = static_cast<std::int64_t>(number(view, "summed_images", name));
  s.best = number(view, "best", name);
  if (!view.get("epochs_since_best").empty())  // which 1.0.0 did not write
    s.epochs_since_best = static_cast<int>(number(view, "epochs_since_best", name));
  for (const TensorView& tensor : view.tensors) {
    std::string key(tensor.name);
    NamedTensors* part = &s.parameters;
    if (key.starts_with(kAverage)) {
      part = &s.average;
      key.erase(0, kAverage.size());
    } else if (key.starts_with(kBest)) {
      part = &s.best_parameters;
      key.erase(0, kBest.size());
    } else if (key.starts_with(kOptimizer)) {
      part = &s.optimizer.tensors;
      key.erase(0, kOptimizer.size());
    }
    const auto numbers = to_tensor(view, tensor);
    if (!numbers || tensor.dtype != Dtype::kF32)
      throw bad_file(name,
                     {ErrorCode::kNonfinite, "tensor " + std::string(tensor.name) + " is not finite F32"});
    part->emplace_back(key, *numbers);
  }
  for (const auto& [key, value] : view.metadata) c.metadata.emplace_back(key, value);
  return c;
}

CheckpointFolder::CheckpointFolder(fs::path folder) : folder_(std::move(folder)) {
  make_folder(folder_);
  lock_ = std::make_unique<OutputLock>(folder_ / "checkpoints");
  remove_temporaries(folder_, "");
}

bool CheckpointFolder::empty() const { return files().empty(); }

std::vector<fs::path> CheckpointFolder::files() const {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    long long step = 0;
    int length = 0;
    if (std::sscanf(name.c_str(), "checkpoint-%10lld.bin%n", &step, &length) == 1 &&
        length == static_cast<int>(name.size())) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.rbegin(), found.rend());  // steps have leading zeros
  return found;
}

std::optional<Checkpoint> CheckpointFolder::newest(
    const std::function<void(const std::string&)>& on_damaged) const {
  for (const fs::path& path : files()) {
    try {
      return read_checkpoint(read_file(path, kCheckpointLimits.bytes), path.string());
    } catch (const Failure& failure) {
      on_damaged(failure.what());
    }
  }
  return std::nullopt;
}

void CheckpointFolder::save(const Checkpoint& checkpoint, bool best) {
  const std::vector<std::byte> bytes = write_checkpoint(checkpoint);
  const std::string name = formatted("checkpoint-%010lld.bin", static_cast<long long>(checkpoint.state.step));
  write_file(folder_ / name, bytes);
  if (best) write_file(folder_ / "best.bin", bytes);
  int kept = 0;
  for (const fs::path& path : files()) {  // newest first; what is ahead of this one was damaged
    std::error_code ignored;
    if (path.filename() > name || ++kept > 2) fs::remove(path, ignored);
  }
}

}  // namespace vae
