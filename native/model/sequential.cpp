#include "native/model/sequential.hpp"

#include <ATen/Parallel.h>

#include <cmath>

#include "shared/base/rng.hpp"

namespace vae {
namespace {

namespace nn = torch::nn;

/// torch::nn::Conv2d with separate padding on each side.
struct PaddedConv2dImpl : nn::Module {
  explicit PaddedConv2dImpl(const Conv2d& c) : layer(c) {
    weight = register_parameter("weight", torch::zeros({c.out, c.in, c.kernel, c.kernel}));
    bias = register_parameter("bias", torch::zeros({c.out}));
  }
  torch::Tensor forward(torch::Tensor x) {  // (n, in, h, w)
    const Padding& p = layer.padding;
    const bool even = p.top == p.bottom && p.left == p.right;  // all that conv2d itself supports
    if (!even) x = torch::constant_pad_nd(x, {p.left, p.right, p.top, p.bottom});
    const std::vector<std::int64_t> padding{even ? p.top : 0, even ? p.left : 0};
    return torch::conv2d(x.contiguous(torch::MemoryFormat::ChannelsLast), weight, bias, layer.stride,
                         padding);
  }
  Conv2d layer;
  torch::Tensor weight, bias;
};
TORCH_MODULE(PaddedConv2d);

/// torch::nn::ConvTranspose2d whose output is cropped, by a separate amount on each side.
struct CroppedConvTranspose2dImpl : nn::Module {
  explicit CroppedConvTranspose2dImpl(const ConvTranspose2d& c) : layer(c) {
    weight = register_parameter("weight", torch::zeros({c.in, c.out, c.kernel, c.kernel}));
    bias = register_parameter("bias", torch::zeros({c.out}));
  }
  torch::Tensor forward(torch::Tensor x) {  // (n, in, h, w)
    const Padding& p = layer.crop;
    const int k = layer.kernel - 1;
    if (layer.stride == 1 && std::max({p.top, p.left, p.bottom, p.right}) <= k) {
      // A convolution with the flipped kernel, so that nothing is computed only to be cropped.
      x = torch::constant_pad_nd(x, {k - p.left, k - p.right, k - p.top, k - p.bottom});
      return torch::conv2d(x.contiguous(torch::MemoryFormat::ChannelsLast),
                           weight.transpose(0, 1).flip({2, 3}), bias);
    }
    if (p == Padding{p.top, p.top, p.top, p.top})
      return torch::conv_transpose2d(x, weight, bias, layer.stride, p.top);
    x = torch::conv_transpose2d(x, weight, bias, layer.stride);
    return x.slice(2, p.top, x.size(2) - p.bottom).slice(3, p.left, x.size(3) - p.right);
  }
  ConvTranspose2d layer;
  torch::Tensor weight, bias;
};
TORCH_MODULE(CroppedConvTranspose2d);

/// (n, ...) -> (n, C, H, W), or (n, features) for a vector.
struct ReshapeToImpl : nn::Module {
  explicit ReshapeToImpl(const Shape& s) : to(s) {}
  torch::Tensor forward(torch::Tensor x) {
    if (to.height == 1 && to.width == 1) return x.reshape({x.size(0), to.channels});
    return x.reshape({x.size(0), to.channels, to.height, to.width});
  }
  Shape to;
};
TORCH_MODULE(ReshapeTo);

/// torch::nn::Dropout with masks keyed by (seed, step, layer, row).
struct KeyedDropoutImpl : nn::Module {
  KeyedDropoutImpl(float r, std::uint64_t i, std::shared_ptr<const ForwardKey> k)
      : rate(r), index(i), key(std::move(k)) {}
  torch::Tensor forward(const torch::Tensor& x) {  // (n, ...)
    if (!is_training() || rate <= 0) return x;
    torch::Tensor mask = torch::empty({x.size(0), x.numel() / x.size(0)});
    const float kept = 1 / (1 - rate);
    const auto threshold = static_cast<std::uint32_t>(std::llround(static_cast<double>(rate) * 4294967296.0));
    at::parallel_for(0, mask.size(0), 1, [&](std::int64_t first, std::int64_t last) {
      float* out = mask.data_ptr<float>() + first * mask.size(1);
      for (std::int64_t row = first; row < last; ++row) {
        Rng rng(
            key->seed, Stream::kDropout,
            {static_cast<std::uint64_t>(key->step), index, static_cast<std::uint64_t>(key->batch_row(row))});
        for (std::int64_t i = 0; i < mask.size(1); ++i) *out++ = rng.next() < threshold ? 0 : kept;
      }
    });
    return x * mask.view(x.sizes()).to(x.options()).contiguous(x.suggest_memory_format());
  }
  float rate;
  std::uint64_t index;  // identifies the layer within the model
  std::shared_ptr<const ForwardKey> key;
};
TORCH_MODULE(KeyedDropout);

void push_activation(nn::Sequential& modules, const Activation& a) {
  switch (a.kind) {
    case ActivationKind::kRelu:
      modules->push_back(nn::ReLU());
      break;
    case ActivationKind::kLeakyRelu:
      modules->push_back(nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(a.slope)));
      break;
    case ActivationKind::kTanh:
      modules->push_back(nn::Tanh());
      break;
    case ActivationKind::kSigmoid:
      modules->push_back(nn::Sigmoid());
      break;
    case ActivationKind::kSilu:
      modules->push_back(nn::SiLU());
      break;
  }
}

}  // namespace

torch::nn::Sequential make_sequential(const LayerList& layers, std::shared_ptr<const ForwardKey> key,
                                      int first_layer) {
  nn::Sequential modules;
  for (const Layer& layer : layers) {
    std::visit(Overloaded{
                   [&](const Linear& l) { modules->push_back(nn::Linear(l.in, l.out)); },
                   [&](const Conv2d& c) { modules->push_back(PaddedConv2d(c)); },
                   [&](const ConvTranspose2d& c) { modules->push_back(CroppedConvTranspose2d(c)); },
                   [&](const Activation& a) { push_activation(modules, a); },
                   [&](const Dropout& d) {
                     const auto index = static_cast<std::uint64_t>(first_layer) + modules->size();
                     modules->push_back(KeyedDropout(d.rate, index, key));
                   },
                   [&](const Skip&) { modules->push_back(nn::Identity()); },
                   [&](const Reshape& r) { modules->push_back(ReshapeTo(r.to)); },
               },
               layer);
  }
  return modules;
}

std::vector<torch::Tensor> feature_maps(nn::Sequential& modules, const LayerList& layers, torch::Tensor x) {
  std::vector<torch::Tensor> maps;
  for (int i = 0; auto& module : *modules) {
    maps.push_back(x);
    const auto* skip = std::get_if<Skip>(&layers[i]);
    x = skip != nullptr ? x + maps[static_cast<std::size_t>(i - skip->over)]
                        : module.any_forward(x).get<torch::Tensor>();
    ++i;
  }
  maps.push_back(x);
  return maps;
}

}  // namespace vae
