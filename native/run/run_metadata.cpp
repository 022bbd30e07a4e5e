#include "native/run/run_metadata.hpp"

#include <torch/version.h>

#include <algorithm>

#include "native/support/formatted.hpp"
#include "native/support/version.hpp"
#include "shared/base/numbers.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {

namespace {

/// Returns the number of the step that `key`, "config" or "config.2", describes; 0 for any other key.
int step_of(std::string_view key, std::string_view kind) {
  if (!key.starts_with(kind)) return 0;
  key.remove_prefix(kind.size());
  if (key.empty()) return 1;
  if (!key.starts_with('.')) return 0;
  return static_cast<int>(parse_whole(key.substr(1)).value_or(0));
}

std::string library() { return std::string(kVersion) + ", LibTorch " TORCH_VERSION; }

std::string key_of(std::string_view kind, int step) {
  return std::string(kind) + (step == 1 ? "" : '.' + std::to_string(step));
}

/// Returns the settings that made this file, as flags.
std::string resolved_config(const TrainCommand& command, const std::optional<InitialWeights>& init,
                            const torch::Device& device) {
  return (init ? "--init sha256:" + init->sha256 + ' ' : "") + command.config_line(true) +
         (device.is_cpu() ? " --device cpu" : " --device cuda");
}

}  // namespace

std::string training_config(const InitialWeights& init) {
  std::string last;
  for (const auto& [key, value] : init.metadata) {
    if (step_of(key, "config") > 0 && value.find("--epochs 0 ") == std::string::npos) last = value;
  }
  return last;
}

Metadata training_metadata(const TrainCommand& command, const std::optional<InitialWeights>& init,
                           const torch::Device& device, const ImageData& data, const Trainer& trainer) {
  Metadata metadata;
  int step = 1;
  if (init) {
    for (const auto& [key, value] : init->metadata) {
      const int config = step_of(key, "config");
      if (config > 0 || step_of(key, "library") > 0) metadata.emplace_back(key, value);
      step = std::max(step, config + 1);
    }
  }
  metadata.emplace_back(key_of("library", step), library());
  metadata.emplace_back(key_of("config", step), resolved_config(command, init, device));
  Metadata training = {{"seed", std::to_string(command.options().train.seed)},
                       {"epochs", std::to_string(trainer.epochs())},
                       {"steps", std::to_string(trainer.step())},
                       {"train_images", std::to_string(trainer.train_images())},
                       {"dataset_sha256", data.train.sha256}};
  if (trainer.processes() > 1) training.emplace_back("processes", std::to_string(trainer.processes()));
  if (step > 1 && command.options().only_seals()) {
    Metadata known;  // a checkpoint knows no number of epochs, and has the images of this run
    for (const auto& [key, own] : training) {
      const auto found = std::ranges::find(init->metadata, key, &Metadata::value_type::first);
      if (found != init->metadata.end()) known.push_back(*found);
      if (found == init->metadata.end() && key == "train_images") known.emplace_back(key, own);
    }
    training = known;
  }
  metadata.insert(metadata.end(), training.begin(), training.end());
  return metadata;
}

Metadata test_metadata(const Evaluation& e, Pixels pixels, Prior prior) {
  Metadata metadata = {{"test_images", std::to_string(e.images)},
                       {"test_pixels", std::string(name_of(pixels))},
                       {"test_reconstruction", formatted("%.4f", e.reconstruction)}};
  if (prior == Prior::kNone) return metadata;
  metadata.emplace_back("test_draws", std::to_string(e.draws));
  metadata.emplace_back("test_kl", formatted("%.4f", e.kl));
  metadata.emplace_back("test_neg_elbo", formatted("%.4f", e.neg_elbo));
  metadata.emplace_back("test_neg_elbo_at_mu", formatted("%.4f", e.neg_elbo_at_mu));
  return metadata;
}

Metadata run_metadata(const TrainCommand& command, const std::optional<InitialWeights>& init,
                      const VaeImpl& model, const ImageData& data, const torch::Device& device,
                      const ProcessGroup& group) {
  return {{"model", to_string(model.spec)},
          {"config", command.config_line(false)},
          {"init_sha256", init ? init->sha256 : ""},
          {"dataset_sha256", data.train.sha256},
          {"test_sha256", data.test.sha256},
          {"snapshots", std::to_string(command.options().snapshots)},
          {"machine", std::to_string(group.size()) + " x " + std::to_string(command.options().threads) +
                          " threads, " + std::string(device.is_cpu() ? "cpu" : "cuda") +
                          ", LibTorch " TORCH_VERSION},
          {"resolved_config", resolved_config(command, init, device)},
          {"library", library()},
          {"seed", std::to_string(command.options().train.seed)}};
}

}  // namespace vae
