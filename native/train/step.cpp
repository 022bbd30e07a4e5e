#include "native/train/step.hpp"

#include <algorithm>

#include "native/train/autograd_step.hpp"
#include "native/train/graph_step.hpp"
#include "native/train/mlp_step.hpp"

namespace vae {

std::string graph_obstacle(const ModelSpec& spec, const TrainConfig& config, int processes) {
  const auto drops = [](const LayerList& layers) {
    return std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
      const auto* dropout = std::get_if<Dropout>(&layer);
      return dropout != nullptr && dropout->rate > 0;
    });
  };
  if (processes > 1) return "several processes";
  if (config.optimizer != OptimizerKind::kAdam && config.optimizer != OptimizerKind::kAdamW)
    return "--optimizer " + std::string(name_of(config.optimizer));
  if (config.plain) return "no fast path";
  if (config.bf16) return "--bf16 true";
  if (config.beta_warmup > 0) return "--beta-warmup " + std::to_string(config.beta_warmup);
  if (drops(spec.encoder) || drops(spec.decoder)) return "dropout";
  return "";
}

std::unique_ptr<Step> make_step(const StepParts& parts) {
  if (parts.group.size() == 1 && GraphStep::covers(parts.model, parts.config))
    return std::make_unique<GraphStep>(parts);
  if (!parts.config.plain && MlpStep::covers(parts.model, parts.config))
    return std::make_unique<MlpStep>(parts);
  return std::make_unique<AutogradStep>(parts);
}

}  // namespace vae
