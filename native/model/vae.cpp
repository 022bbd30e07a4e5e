#include "native/model/vae.hpp"

#include "native/model/tensors.hpp"
#include "shared/math/prior.hpp"
#include "shared/train/initialize.hpp"

namespace vae {

MixturePriorImpl::MixturePriorImpl(int components, int latent) {
  mean = register_parameter("mean", torch::zeros({components, latent}));
  log_var = register_parameter("log_var", torch::zeros({components, latent}));
  logit = register_parameter("logit", torch::zeros({components}));
}

torch::Tensor MixturePriorImpl::log_density(const torch::Tensor& z) {
  const torch::Tensor distance =
      (z.unsqueeze(-2) - mean).square() * torch::exp(-log_var);  // (..., components, latent)
  const torch::Tensor log_normals = -0.5 * (kLogTwoPi + log_var + distance).sum(-1);
  return torch::logsumexp(torch::log_softmax(logit, 0) + log_normals, -1);
}

VaeImpl::VaeImpl(const ModelSpec& s, SigmaHead second) : spec(s), sigma_head(second) {
  const int features = encoder_features(spec);
  encoder = register_module("encoder", make_sequential(spec.encoder, key));
  mu = register_module("mu", torch::nn::Linear(features, spec.latent));
  log_var = register_module("log_var", torch::nn::Linear(features, spec.latent));
  decoder = register_module("decoder", make_sequential(spec.decoder, key, LayerList::kCapacity));
  if (traits(spec.likelihood).learned_variance) {
    const Linear head = std::get<Linear>(spec.decoder[last_linear(spec.decoder)]);
    decoder_log_var = register_module("decoder_log_var", torch::nn::Linear(head.in, head.out));
  }
  if (spec.prior == Prior::kMixture)
    prior = register_module("prior", MixturePrior(spec.components, spec.latent));
}

PosteriorTensors VaeImpl::encode(const torch::Tensor& images) {
  const Shape in = encoder_input(spec.encoder, spec.image);
  const bool flat = in.height == 1 && in.width == 1;
  const torch::Tensor x = flat ? images : images.reshape({-1, in.channels, in.height, in.width});
  const torch::Tensor features = feature_maps(encoder, spec.encoder, x).back();  // (n, features)
  const torch::Tensor second = log_var->forward(features).to(torch::kFloat);
  return {mu->forward(features).to(torch::kFloat), sigma_head == SigmaHead::kLogVar ? second : 2 * second};
}

torch::Tensor VaeImpl::decode(const torch::Tensor& z) {
  const std::vector<torch::Tensor> maps = feature_maps(decoder, spec.decoder, z);
  const torch::Tensor mean = maps.back().reshape({z.size(0), -1}).to(torch::kFloat);  // (n, pixels)
  if (!decoder_log_var) return mean;
  const auto last = static_cast<std::size_t>(last_linear(spec.decoder));
  const torch::Tensor head = decoder_log_var->forward(maps[last]);
  const torch::Tensor floored = kMinLogVariance + torch::softplus(head.to(torch::kFloat) - kMinLogVariance);
  return torch::cat({mean, floored}, 1);
}

torch::Tensor VaeImpl::image(const torch::Tensor& output) {
  const torch::Tensor mean = output.slice(1, 0, spec.image.size());
  return traits(spec.likelihood).logits ? torch::sigmoid(mean) : mean.clamp(0, 1);
}

std::optional<Mixture> mixture_of(VaeImpl& model) {
  if (!model.prior) return std::nullopt;
  const MixturePriorImpl& prior = *model.prior;
  return Mixture{to_vector(prior.mean), to_vector(prior.log_var), to_vector(torch::softmax(prior.logit, 0))};
}

namespace {

bool only_a_linear_reads_z(const VaeImpl& model) {
  const LayerList& layers = model.spec.decoder;
  for (int i = 0; i < layers.size(); ++i) {
    const auto* skip = std::get_if<Skip>(&layers[i]);
    if (skip != nullptr && skip->over == i) return false;
  }
  return std::holds_alternative<Linear>(layers[0]) && !(model.decoder_log_var && last_linear(layers) == 0);
}

void scale_second_head(VaeImpl& model, double factor) {
  const torch::NoGradGuard no_grad;
  model.log_var->weight.mul_(factor);
  model.log_var->bias.mul_(factor);
}

}  // namespace

void standardize(VaeImpl& model) {
  const std::optional<Mixture> mixture = mixture_of(model);
  if (!mixture || !only_a_linear_reads_z(model)) return;
  const torch::NoGradGuard no_grad;
  const Moments m = moments(*mixture);
  const auto number = model.mu->bias.options();
  const torch::Tensor mean = torch::tensor(m.mean, number), sigma = torch::tensor(m.variance, number).sqrt();
  const auto shrink = [&](torch::Tensor& t) { t.sub_(mean).div_(sigma); };
  shrink(model.mu->bias);
  model.mu->weight.div_(sigma.unsqueeze(1));
  model.log_var->bias.sub_(2 * sigma.log());
  shrink(model.prior->mean);
  model.prior->log_var.sub_(2 * sigma.log());
  torch::nn::LinearImpl& first = *model.decoder[0]->as<torch::nn::Linear>();
  first.bias.add_(first.weight.mv(mean));
  first.weight.mul_(sigma);
}

Vae standardized(VaeImpl& model) {
  const torch::NoGradGuard no_grad;
  Vae copy(model.spec);
  auto to = copy->named_parameters();
  for (const auto& named : model.named_parameters()) to[named.key()].copy_(named.value());
  if (model.sigma_head == SigmaHead::kLogSigma) scale_second_head(*copy, 2);
  copy->eval();
  standardize(*copy);
  return copy;
}

void train_log_sigma(VaeImpl& model) {
  scale_second_head(model, 0.5);
  model.sigma_head = SigmaHead::kLogSigma;
}

torch::Tensor reparameterize(const PosteriorTensors& q, const torch::Tensor& epsilon) {
  return q.mu + torch::exp(0.5 * q.log_var) * epsilon;
}

namespace {

void put(VaeImpl& model, std::vector<std::vector<float>> values) {
  const torch::NoGradGuard no_grad;
  auto named = model.named_parameters();
  auto numbers = values.begin();
  for (const ParameterSpec& p : parameters(model.spec)) {
    torch::Tensor& parameter = named[p.name];
    parameter.copy_(torch::from_blob((numbers++)->data(), parameter.sizes()));
  }
}

}  // namespace

void initialize(VaeImpl& model, std::uint64_t seed, Init init) {
  put(model, initial_parameters(model.spec, seed, init));
}

void initialize(VaeImpl& model, const TrainConfig& config, const ImageBytes& images) {
  put(model, first_parameters(model.spec, config, images));
  model.sigma_head = config.sigma_head;
}

}  // namespace vae
