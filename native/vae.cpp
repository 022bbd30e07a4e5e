#include "native/vae.hpp"

#include <cmath>

#include "shared/rng.hpp"

namespace vae {

VaeImpl::VaeImpl(const ModelSpec& s) : spec(s) {
  const int features = encoder_features(spec);
  encoder = register_module("encoder", make_sequential(spec.encoder, key));
  mu = register_module("mu", torch::nn::Linear(features, spec.latent));
  log_var = register_module("log_var", torch::nn::Linear(features, spec.latent));
  decoder = register_module("decoder", make_sequential(spec.decoder, key, LayerList::kCapacity));
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
  return {mu->forward(features).to(torch::kFloat), log_var->forward(features).to(torch::kFloat)};
}

torch::Tensor VaeImpl::decode(const torch::Tensor& z) {
  if (!decoder_log_var) return decoder->forward(z).reshape({z.size(0), -1}).to(torch::kFloat);
  torch::Tensor mean = z, head;  // (n, pixels)
  int i = 0;
  for (auto& layer : *decoder) {
    if (i++ == last_linear(spec.decoder)) head = decoder_log_var->forward(mean);
    mean = layer.any_forward(mean).get<torch::Tensor>();
  }
  const torch::Tensor floored = kMinLogVariance + torch::softplus(head.to(torch::kFloat) - kMinLogVariance);
  return torch::cat({mean.reshape({z.size(0), -1}).to(torch::kFloat), floored}, 1);
}

torch::Tensor VaeImpl::image(const torch::Tensor& output) {
  if (spec.likelihood == Likelihood::kGaussian) return output.slice(1, 0, spec.image.size()).clamp(0, 1);
  return spec.likelihood == Likelihood::kBernoulli ? torch::sigmoid(output) : output.clamp(0, 1);
}

torch::Tensor reparameterize(const PosteriorTensors& q, const torch::Tensor& epsilon) {
  return q.mu + torch::exp(0.5 * q.log_var) * epsilon;
}

namespace {

/// Numbers that go into, and come out of, one unit of a layer: (out, in) or (out, in, kh, kw).
struct Fans {
  double in = 1, out = 1;
};
Fans fans(const torch::Tensor& weight) {
  const auto kernel = static_cast<double>(weight.numel() / (weight.size(0) * weight.size(1)));
  return {static_cast<double>(weight.size(1)) * kernel, static_cast<double>(weight.size(0)) * kernel};
}

/// Standard normal, drawn again beyond two standard deviations, as TensorFlow's truncated_normal.
float truncated_normal(Rng& rng) {
  for (;;) {
    if (const float x = rng.normal(); std::fabs(x) <= 2) return x;
  }
}

/// One number of a weight (or of the bias behind it, whose layer has the same fans).
float draw(Rng& rng, Init init, const Fans& f, bool bias) {
  const auto uniform = [&](double bound) { return static_cast<float>((2 * rng.uniform() - 1) * bound); };
  switch (init) {
    case Init::kPytorch:
      return uniform(1 / std::sqrt(f.in));
    case Init::kGlorot:
      return bias ? 0 : uniform(std::sqrt(6 / (f.in + f.out)));
    case Init::kTruncatedNormal:
      return bias ? 0 : 0.001f * truncated_normal(rng);
    case Init::kNormal:
      return 0.01f * rng.normal();
  }
  return 0;
}

}  // namespace

void initialize(VaeImpl& model, std::uint64_t seed, Init init) {
  torch::NoGradGuard no_grad;
  Rng rng(seed, Stream::kInit);
  Fans layer;
  for (auto& named : model.named_parameters()) {  // every weight comes right before its bias
    torch::Tensor& p = named.value();
    const bool bias = p.dim() == 1;
    if (!bias) layer = fans(p);
    torch::Tensor values = torch::empty(p.sizes(), torch::kFloat);
    float* out = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) out[i] = draw(rng, init, layer, bias);
    p.copy_(values);
  }
  if (model.spec.prior == Prior::kNone) {
    model.log_var->weight.zero_();
    model.log_var->bias.fill_(-20);
  }
}

}  // namespace vae
