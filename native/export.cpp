#include "native/export.hpp"

#include "shared/encoding.hpp"
#include "shared/latent.hpp"

namespace vae {
namespace {

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

Dims dims_of(const torch::Tensor& tensor) {
  Dims dims{static_cast<int>(tensor.dim()), {}};
  for (int i = 0; i < dims.rank; ++i)
    dims.size[static_cast<std::size_t>(i)] = static_cast<int>(tensor.size(i));
  return dims;
}

/// A copy on the CPU whose parameters are what a reader of the file will have.
Vae as_stored(VaeImpl& model, Dtype precision) {
  torch::NoGradGuard no_grad;
  Vae copy(model.spec);
  copy->eval();
  auto from = model.named_parameters();
  for (auto& named : copy->named_parameters()) {
    torch::Tensor p = from[named.key()].detach().to(torch::kCPU);
    if (precision == Dtype::kF16 && p.dim() > 1) p = p.to(torch::kHalf);
    named.value().copy_(p);
  }
  return copy;
}

}  // namespace

std::vector<std::byte> export_weights(VaeImpl& model, Dtype precision, const Metadata& facts) {
  torch::NoGradGuard no_grad;
  Vae stored = as_stored(model, precision);
  std::vector<NamedTensor> tensors;
  for (const auto& named : stored->named_parameters()) {
    const Dtype dtype = named.value().dim() > 1 ? precision : Dtype::kF32;
    tensors.push_back({named.key(), dims_of(named.value()), to_vector(named.value()), dtype});
  }
  std::vector<float> z = sample_prior(model.spec.latent, 0);
  const torch::Tensor latent = torch::from_blob(z.data(), {1, model.spec.latent});
  Metadata metadata = {{"model", to_string(model.spec)},
                       {"golden_z", encode_floats(z)},
                       {"golden_x", encode_floats(to_vector(stored->image(stored->decode(latent))))}};
  metadata.insert(metadata.end(), facts.begin(), facts.end());
  return write_weights(metadata, tensors);
}

}  // namespace vae
