#include "native/programs/eval_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "native/eval/nll.hpp"
#include "native/figures/figures.hpp"
#include "native/support/formatted.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

constexpr int kBarWidth = 40;          // characters
constexpr std::size_t kMostRows = 64;  // of the chart

/// Draws a bar of `share` of kBarWidth in eighths of a character; a dot if it is shorter.
std::string bar(double share) {
  static const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(share * kBarWidth * 8));
  if (eighths == 0) return "·";
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

void print_kl_chart(const Evaluation& e) {
  const auto kl = [&](int d) { return e.kl_per_dimension[static_cast<std::size_t>(d)]; };
  const std::vector<int> order = by_falling(e.kl_per_dimension);
  const auto rows = std::min(order.size(), kMostRows);
  std::printf(
      "%d of %zu dimensions are active (variance of mu over the images above %g); KL of each, nats:\n",
      e.active_units(), order.size(), kActiveVariance);
  for (int d : std::span(order).first(rows)) {
    const bool active = e.active[static_cast<std::size_t>(d)];
    std::printf("  %5s %7.3f  %s%s\n", ("z" + std::to_string(d + 1)).c_str(), kl(d),
                bar(kl(d) / std::max(kl(order.front()), 1e-9)).c_str(), active ? "" : "  not active");
  }
  double rest = 0;
  for (int d : std::span(order).subspan(rows)) rest += kl(d);
  if (rows < order.size()) std::printf("  and %zu others, %.3f together\n", order.size() - rows, rest);
}

void print_assumptions(const ModelSpec& spec, Pixels pixels) {
  const LikelihoodTraits likelihood = traits(spec.likelihood);
  const std::string name(likelihood.name);
  const bool black_and_white = pixels == Pixels::kDynamic || pixels == Pixels::kThreshold;
  if (likelihood.omitted_constant != 0) {
    std::printf("  %s: pixels of variance %g; every figure omits the constant, %.3f nats\n", name.c_str(),
                likelihood.pixel_variance, omitted_constant(spec));
  } else if (likelihood.density) {
    std::printf("  %s: a density of the pixels, constant included\n", name.c_str());
  } else if (!black_and_white && spec.prior != Prior::kNone) {
    std::printf("  %s with gray pixels: bounds on a cross-entropy, not on a density\n", name.c_str());
  }
}

/// Returns JSON: null if the likelihood has none.
std::string pixel_variance(const LikelihoodTraits& likelihood) {
  if (likelihood.learned_variance) return "\"learned\"";
  return likelihood.pixel_variance > 0 ? formatted("%g", likelihood.pixel_variance) : "null";
}

}  // namespace

void print_averages(const std::string& weights, const Model& model, Pixels pixels, const Evaluation& e) {
  const bool has_prior = model.spec().prior != Prior::kNone;
  std::printf("%s: %s\n", weights.c_str(), to_string(model.spec()).c_str());
  std::string key = "config";
  for (int step = 1; !model.metadata(key).empty(); key = "config." + std::to_string(++step))
    std::printf("%s with %s\n", step == 1 ? "trained" : "then   ", std::string(model.metadata(key)).c_str());
  std::printf("test, %s images, %s, %s pixels:\n", thousands(e.images).c_str(),
              draws_in_words(e, model.spec().prior).c_str(), std::string(name_of(pixels)).c_str());
  std::printf("  reconstruction %8.3f nats\n", e.reconstruction);
  if (has_prior) {
    std::printf("  KL             %8.3f nats\n", e.kl);
    std::printf("  -ELBO          %8.3f nats\n", e.neg_elbo);
    std::printf("  at z = mu      %8.3f nats (not an ELBO)\n", e.neg_elbo_at_mu);
  }
  std::fflush(stdout);
}

void print_nll(const Nll& nll) {
  std::printf("  NLL            %8.3f nats (%s importance samples)\n", nll.nll,
              thousands(nll.samples).c_str());
}

void print_stored(const Stored& stored, Prior prior, const Evaluation& e, const Nll& nll) {
  std::printf("as %s, %s bytes:\n", stored.precision.c_str(), thousands(std::int64_t(stored.bytes)).c_str());
  std::printf("  %-14s %8.3f nats (%+.3f)\n", prior == Prior::kNone ? "reconstruction" : "-ELBO",
              stored.neg_elbo, stored.neg_elbo - e.neg_elbo);
  if (nll.samples > 0) std::printf("  NLL            %8.3f nats (%+.3f)\n", stored.nll, stored.nll - nll.nll);
  std::fflush(stdout);
}

void print_details(const ModelSpec& spec, Pixels pixels, const Evaluation& e) {
  print_assumptions(spec, pixels);
  if (spec.prior == Prior::kMixture)
    std::printf(
        "  KL of each dimension: to the normal distribution with the prior's mean and variance there,\n"
        "  whose sum is not the KL\n");
  if (spec.prior != Prior::kNone) print_kl_chart(e);
}

std::string to_json(const ModelSpec& spec, Pixels pixels, const Evaluation& e, const Nll& nll,
                    const Stored& stored) {
  const auto number = [](double value) { return std::to_string(value); };  // six decimals
  const bool prior = spec.prior != Prior::kNone;
  std::string json = "{\"reconstruction\": " + number(e.reconstruction);
  if (prior) {
    json += ", \"kl\": " + number(e.kl) + ", \"neg_elbo\": " + number(e.neg_elbo) +
            ", \"neg_elbo_at_mu\": " + number(e.neg_elbo_at_mu);
  }
  if (nll.samples > 0)
    json += ", \"nll\": " + number(nll.nll) + ", \"nll_samples\": " + std::to_string(nll.samples);
  if (!stored.precision.empty()) {
    json += ", \"stored\": {\"precision\": \"" + stored.precision +
            "\", \"bytes\": " + std::to_string(stored.bytes) +
            (prior ? ", \"neg_elbo\": " : ", \"reconstruction\": ") + number(stored.neg_elbo) +
            (nll.samples > 0 ? ", \"nll\": " + number(stored.nll) : "") + "}";
  }
  const LikelihoodTraits likelihood = traits(spec.likelihood);
  json += ", \"likelihood\": \"" + std::string(likelihood.name) +
          "\", \"pixel_variance\": " + pixel_variance(likelihood) +
          ", \"constant_included\": " + (likelihood.omitted_constant == 0 ? "true" : "false") +
          ", \"binarization\": \"" + std::string(name_of(pixels)) + '"';
  if (prior) {
    json += ", \"active_units\": " + std::to_string(e.active_units()) +
            ", \"draws\": " + std::to_string(e.draws) + ", \"kl_per_dimension\": [";
    for (std::size_t d = 0; d < e.kl_per_dimension.size(); ++d)
      json += (d > 0 ? ", " : "") + number(e.kl_per_dimension[d]);
    json += ']';
  }
  return json + ", \"images\": " + std::to_string(e.images) + "}\n";
}

std::string to_csv(const std::vector<ImageEvaluation>& images, const std::vector<std::uint8_t>& labels) {
  std::string csv = "image,label,reconstruction,kl,neg_elbo,reconstruction_at_mu\n";
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageEvaluation& e = images[i];
    csv += std::to_string(i) + ',' + (labels.empty() ? "" : std::to_string(labels[i])) +
           formatted(",%.6f,%.6f,%.6f,%.6f\n", e.drawn.reconstruction, e.drawn.kl, e.drawn.total(),
                     e.reconstruction_at_mu);
  }
  return csv;
}

}  // namespace vae
