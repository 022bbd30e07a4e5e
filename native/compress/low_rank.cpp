#include "native/compress/low_rank.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "native/eval/evaluate.hpp"
#include "shared/base/rng.hpp"
#include "shared/math/latent.hpp"

namespace vae {
namespace {

constexpr int kImages = 6000, kPrior = 2000, kBatch = 250;

/// Returns the spec with the last layer split.
ModelSpec split(ModelSpec spec, int rank) {
  const LayerList decoder = spec.decoder;
  const int last = last_linear(decoder);
  spec.decoder = {};
  for (int i = 0; i < decoder.size(); ++i) {
    if (i != last) {
      spec.decoder.push_back(decoder[i]);
      continue;
    }
    const auto& whole = std::get<Linear>(decoder[i]);
    spec.decoder.push_back(Linear{whole.in, rank});
    spec.decoder.push_back(Linear{rank, whole.out});
  }
  return spec;
}

/// Returns z of the posteriors of evenly spaced training images (z = mu without a prior), and of the prior:
/// (n, latent).
torch::Tensor typical_latents(VaeImpl& model, const ImageSet& train, Pixels mode, const Progress& progress) {
  const int images = low_rank_images(train);
  const bool drawn = model.spec.prior != Prior::kNone;
  Rng rng(1, Stream::kEvaluation);
  std::vector<torch::Tensor> all;
  for (int first = 0; first < images; first += kBatch) {
    const int n = std::min(kBatch, images - first);
    std::vector<float> pixels =
        test_pixels(train, mode, static_cast<int>(std::int64_t{first} * train.count() / images), n);
    const PosteriorTensors q = model.encode(torch::from_blob(pixels.data(), {n, model.spec.image.size()}));
    torch::Tensor epsilon = torch::zeros_like(q.mu);
    if (drawn) std::generate_n(epsilon.data_ptr<float>(), epsilon.numel(), [&] { return rng.normal(); });
    all.push_back(reparameterize(q, epsilon));
    if (progress) progress(first + n);
  }
  const auto mixture = mixture_of(model);
  for (int i = 0; drawn && i < kPrior; ++i) {
    const std::vector<float> z =
        mixture ? sample(*mixture, rng) : sample_prior(model.spec.latent, 1, std::uint64_t(i));
    all.push_back(torch::tensor(z).unsqueeze(0));
  }
  return torch::cat(all);
}

}  // namespace

std::string check_low_rank(const ModelSpec& spec, int rank) {
  const int last = last_linear(spec.decoder);
  const auto changes_shape = [](const Layer& layer) { return !std::holds_alternative<Activation>(layer); };
  if (last < 0 || std::any_of(spec.decoder.begin() + last + 1, spec.decoder.end(), changes_shape))
    return "--low-rank: the decoder of this model does not end with a linear layer";
  if (traits(spec.likelihood).learned_variance)
    return "--low-rank: not for --likelihood " + std::string(name_of(spec.likelihood));
  if (spec.decoder.size() == LayerList::kCapacity)
    return "--low-rank: the decoder already has the most layers possible";
  const auto& layer = std::get<Linear>(spec.decoder[last]);
  if (const int most = std::min(layer.in, layer.out); rank >= most)
    return "--low-rank: must be less than " + std::to_string(most) + ", the largest rank of that layer";
  return "";
}

int low_rank_images(const ImageSet& train) { return std::min(kImages, train.count()); }

Vae low_rank(VaeImpl& trained, const ImageSet& train, Pixels pixels, int rank, const Progress& progress) {
  const torch::NoGradGuard no_grad;
  const int last = last_linear(trained.spec.decoder);
  const std::string name = "decoder." + std::to_string(last), next = "decoder." + std::to_string(last + 1);
  Vae model(trained.spec), smaller(split(trained.spec, rank));
  const auto from = trained.named_parameters();
  for (auto& parameter : model->named_parameters()) parameter.value().copy_(from[parameter.key()]);
  model->eval();

  const torch::Tensor z = typical_latents(*model, train, pixels, progress);
  std::vector<torch::Tensor> outputs;
  for (const torch::Tensor& part : z.split(kBatch))
    outputs.push_back(
        feature_maps(model->decoder, model->spec.decoder, part)[static_cast<std::size_t>(last) + 1]);
  const torch::Tensor y = torch::cat(outputs).to(torch::kDouble);  // (n, out), before the activation
  // A small change d of a logit costs p (1 - p) d^2 / 2 nats of a Bernoulli pixel, and (p (1 - p) d)^2 of a
  // squared error. Other likelihoods are weighted like the one of these whose decoder ends as theirs does.
  const torch::Tensor p = torch::sigmoid(y), slope = p * (1 - p);
  const bool sigmoid = last + 1 < model->spec.decoder.size();
  const bool logits = traits(model->spec.likelihood).logits;
  const torch::Tensor cost = logits ? slope : sigmoid ? slope.square() : torch::ones_like(slope);
  const torch::Tensor scale = cost.mean(0).sqrt().clamp_min(1e-4), mean = y.mean(0);
  const torch::Tensor centered = (y - mean) * scale;
  const torch::Tensor axes =
      std::get<1>(at::linalg_eigh(centered.t().mm(centered))).slice(1, -rank);  // (out, rank)
  const torch::Tensor weight = model->named_parameters()[name + ".weight"].to(torch::kDouble);
  const torch::Tensor bias = model->named_parameters()[name + ".bias"].to(torch::kDouble);
  const torch::Tensor into = axes.t() * scale;  // (rank, out)

  const auto known = model->named_parameters();
  for (auto& parameter : smaller->named_parameters()) {
    torch::Tensor& to = parameter.value();
    const std::string& key = parameter.key();
    if (key == name + ".weight") {
      to.copy_(into.mm(weight));
    } else if (key == name + ".bias") {
      to.copy_(into.mv(bias - mean));
    } else if (key == next + ".weight") {
      to.copy_(axes / scale.unsqueeze(1));
    } else if (key == next + ".bias") {
      to.copy_(mean);
    } else {
      to.copy_(known[key]);
    }
  }
  smaller->eval();
  return smaller;
}

}  // namespace vae
