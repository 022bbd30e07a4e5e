#include "shared/model/weights_parts.hpp"

#include <string>
#include <utility>

#include "shared/base/encoding.hpp"
#include "shared/model/model.hpp"

namespace vae {
namespace {

std::vector<NamedTensor> tensors(const WeightsView& view, const std::vector<ParameterSpec>& names) {
  std::vector<NamedTensor> all;
  for (const ParameterSpec& parameter : names) {
    const TensorView& tensor = *view.find(parameter.name);
    NamedTensor& copy = all.emplace_back(NamedTensor{parameter.name, parameter.shape, {}, tensor.dtype});
    copy.values.resize(static_cast<std::size_t>(parameter.shape.count()));
    const TensorView* scale = view.find(parameter.name + "_scale");
    dequantize(tensor, scale, copy.values);
    if (tensor.dtype != Dtype::kI8) continue;
    copy.scale.resize(static_cast<std::size_t>(parameter.shape.size[0]));
    dequantize(*scale, nullptr, copy.scale);
  }
  return all;
}

}  // namespace

Result<WeightsParts> split_weights(std::span<const std::byte> complete) {
  auto model = Model::load(complete);
  if (!model) return model.error();
  if (!model->has_encoder()) return Error{ErrorCode::kNames, "this file is a part already"};
  const auto view = read_weights(complete);
  std::vector<float> golden;
  decode_floats(view->get("golden_x"), golden);
  const auto q = model->encode(golden);
  if (!q) return q.error();

  const std::pair<std::string, std::string> whole{kPartOfKey, view->get("crc32")};
  Metadata drawing{{std::string(kPartKey), std::string(kDecoderPart)}, whole};
  for (const auto& [key, value] : view->metadata) {
    if (key != "format" && key != "version" && key != "crc32") drawing.emplace_back(key, value);
  }
  const Metadata encoding{{std::string(kPartKey), std::string(kEncoderPart)},
                          whole,
                          {"model", std::string(view->get("model"))},
                          {"golden_z", encode_floats(q->mu)},
                          {"golden_x", std::string(view->get("golden_x"))}};
  return WeightsParts{write_weights(drawing, tensors(*view, decoder_parameters(model->spec()))),
                      write_weights(encoding, tensors(*view, encoder_parameters(model->spec())))};
}

}  // namespace vae
