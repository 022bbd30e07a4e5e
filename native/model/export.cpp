#include "native/model/export.hpp"

#include <algorithm>

#include "native/model/tensors.hpp"
#include "native/support/failure.hpp"
#include "shared/base/encoding.hpp"
#include "shared/math/latent.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

/// Returns all parameters for the file; biases stay F32.
std::vector<NamedTensor> tensors_of(VaeImpl& model, Dtype precision,
                                    const std::vector<NamedTensor>& quantized) {
  std::vector<NamedTensor> tensors;
  for (const auto& named : model.named_parameters()) {
    if (const auto found = std::ranges::find(quantized, named.key(), &NamedTensor::name);
        found != quantized.end()) {
      tensors.push_back(*found);
      continue;
    }
    const Dtype dtype = named.value().dim() > 1 ? precision : Dtype::kF32;
    tensors.push_back(to_named_tensor(named.key(), named.value(), dtype));
  }
  return tensors;
}

/// Returns a copy on the CPU with the parameters that a reader of the file will get.
Vae as_stored(const ModelSpec& spec, const std::vector<NamedTensor>& tensors) {
  const std::vector<std::byte> file = write_weights({}, tensors);
  const auto view = read_weights(file, {.bytes = file.size(), .tensors = 2 * tensors.size()});
  if (!view)
    throw Failure(Exit::kUsage, "this model does not fit into a weights file: " + view.error().message);
  Vae copy(spec);
  copy->eval();
  for (auto& named : copy->named_parameters()) {
    const auto tensor = to_tensor(*view, *view->find(named.key()));
    if (!tensor)
      throw Failure(Exit::kDiverged, "parameter " + named.key() + " is not finite in the chosen precision");
    named.value().copy_(*tensor);
  }
  return copy;
}

}  // namespace

NamedTensor to_named_tensor(const std::string& name, const torch::Tensor& tensor, Dtype dtype) {
  Dims dims{static_cast<int>(tensor.dim()), {}};
  for (int i = 0; i < dims.rank; ++i)
    dims.size[static_cast<std::size_t>(i)] = static_cast<int>(tensor.size(i));
  return {name, dims, to_vector(tensor), dtype};
}

std::vector<std::byte> export_weights(VaeImpl& model, Dtype precision, const Metadata& more,
                                      const std::vector<NamedTensor>& quantized) {
  torch::NoGradGuard no_grad;
  const std::vector<NamedTensor> tensors = tensors_of(model, precision, quantized);
  Vae stored = as_stored(model.spec, tensors);
  std::vector<float> z = sample_prior(model.spec.latent, 0);
  const torch::Tensor latent = torch::from_blob(z.data(), {1, model.spec.latent});
  Metadata metadata = {{"model", to_string(model.spec)},
                       {"golden_z", encode_floats(z)},
                       {"golden_x", encode_floats(to_vector(stored->image(stored->decode(latent))))}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  return write_weights(metadata, tensors);
}

}  // namespace vae
