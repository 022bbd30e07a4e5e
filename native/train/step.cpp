#include "native/train/step.hpp"

#include "native/train/autograd_step.hpp"
#include "native/train/graph_step.hpp"
#include "native/train/mlp_step.hpp"

namespace vae {

std::unique_ptr<Step> make_step(const StepParts& parts) {
  if (parts.group.size() == 1 && GraphStep::covers(parts.model, parts.config))
    return std::make_unique<GraphStep>(parts);
  if (!parts.config.plain && MlpStep::covers(parts.model, parts.config))
    return std::make_unique<MlpStep>(parts);
  return std::make_unique<AutogradStep>(parts);
}

}  // namespace vae
