#include "native/model/tensors.hpp"

namespace vae {

std::optional<torch::Tensor> to_tensor(const WeightsView& view, const TensorView& tensor) {
  const std::vector<std::int64_t> sizes(tensor.shape.size.begin(),
                                        tensor.shape.size.begin() + tensor.shape.rank);
  torch::Tensor copy = torch::empty(sizes);
  const TensorView* scale = view.find(std::string(tensor.name) + "_scale");
  if (!dequantize(tensor, scale, {copy.data_ptr<float>(), static_cast<std::size_t>(copy.numel())}))
    return std::nullopt;
  return copy;
}

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace vae
