#include "native/run/run_metadata.hpp"

#include <torch/version.h>

#include "native/support/formatted.hpp"
#include "native/support/version.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {

Metadata training_metadata(const TrainCommand& command, const std::optional<InitialWeights>& init,
                           const torch::Device& device, const ImageData& data, const Trainer& trainer) {
  Metadata metadata = {
      {"library", std::string(kVersion) + ", LibTorch " TORCH_VERSION},
      {"config", command.config_line(true) + (device.is_cpu() ? " --device cpu" : " --device cuda")},
      {"seed", std::to_string(command.options().train.seed)},
      {"epochs", std::to_string(trainer.epochs())},
      {"steps", std::to_string(trainer.step())},
      {"train_images", std::to_string(trainer.train_images())},
      {"dataset_sha256", data.train.sha256}};
  if (trainer.processes() > 1) metadata.emplace_back("processes", std::to_string(trainer.processes()));
  if (!init) return metadata;
  if (trainer.step() == 0) {
    for (auto& [key, value] : metadata) {
      for (const auto& [known, own] : init->metadata)
        if (known == key) value = own;
    }
  }
  metadata.emplace_back("init_sha256", init->sha256);
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
                          ", LibTorch " TORCH_VERSION}};
}

}  // namespace vae
