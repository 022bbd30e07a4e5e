#include "native/vae.hpp"

#include <cmath>

#include "native/sequential.hpp"
#include "shared/rng.hpp"

namespace vae {

VaeImpl::VaeImpl(const ModelSpec& s) : spec(s) {
  const int features = encoder_features(spec);
  encoder = register_module("encoder", make_sequential(spec.encoder));
  mu = register_module("mu", torch::nn::Linear(features, spec.latent));
  log_var = register_module("log_var", torch::nn::Linear(features, spec.latent));
  decoder = register_module("decoder", make_sequential(spec.decoder));
  if (spec.likelihood == Likelihood::kGaussian) {
    const Linear head = std::get<Linear>(spec.decoder[last_linear(spec.decoder)]);
    decoder_log_var = register_module("decoder_log_var", torch::nn::Linear(head.in, head.out));
  }
}

PosteriorTensors VaeImpl::encode(const torch::Tensor& images) {
  const Shape in = encoder_input(spec.encoder, spec.image);
  const bool flat = in.height == 1 && in.width == 1;
  const torch::Tensor x = flat ? images : images.reshape({-1, in.channels, in.height, in.width});
  const torch::Tensor features = encoder->forward(x);  // (n, features)
  return {mu->forward(features), log_var->forward(features)};
}

torch::Tensor VaeImpl::decode(const torch::Tensor& z) {
  if (!decoder_log_var) return decoder->forward(z).reshape({z.size(0), -1});
  torch::Tensor mean = z, log_var;  // (n, pixels)
  int i = 0;
  for (auto& layer : *decoder) {
    if (i++ == last_linear(spec.decoder)) log_var = decoder_log_var->forward(mean);
    mean = layer.any_forward(mean).get<torch::Tensor>();
  }
  const torch::Tensor floored = kMinLogVariance + torch::softplus(log_var - kMinLogVariance);
  return torch::cat({mean.reshape({z.size(0), -1}), floored}, 1);
}

torch::Tensor VaeImpl::image(const torch::Tensor& output) {
  if (spec.likelihood == Likelihood::kGaussian) return output.slice(1, 0, spec.image.size()).clamp(0, 1);
  return spec.likelihood == Likelihood::kBernoulli ? torch::sigmoid(output) : output.clamp(0, 1);
}

torch::Tensor reparameterize(const PosteriorTensors& q, const torch::Tensor& epsilon) {
  return q.mu + torch::exp(0.5 * q.log_var) * epsilon;
}

void initialize(VaeImpl& model, std::uint64_t seed) {
  torch::NoGradGuard no_grad;
  Rng rng(seed, Stream::kInit);
  double bound = 0;
  for (auto& named : model.named_parameters()) {  // every weight comes right before its bias
    torch::Tensor& p = named.value();
    if (p.dim() > 1) bound = 1 / std::sqrt(static_cast<double>(p.numel() / p.size(0)));
    torch::Tensor values = torch::empty(p.sizes(), torch::kFloat);
    float* out = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i)
      out[i] = static_cast<float>((2 * rng.uniform() - 1) * bound);
    p.copy_(values);
  }
}

}  // namespace vae
