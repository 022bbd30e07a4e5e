#include "shared/model/weights_parts.hpp"

#include <string>
#include <utility>

#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/model/model.hpp"

namespace vae {
namespace {

std::vector<NamedTensor> tensors(const WeightsView& view, const std::vector<ParameterSpec>& names) {
  std::vector<NamedTensor> all;
  for (const ParameterSpec& parameter : names) all.push_back(named_tensor(view, parameter.name));
  return all;
}

}  // namespace

Result<WeightsParts> split_weights(std::span<const std::byte> complete) {
  auto model = Model::load(complete);
  if (!model) return model.error();
  if (!model->has_encoder()) return make_error(ErrorCode::kNames, {"this file is already a part of a model"});
  const auto view = read_weights(complete);
  std::vector<float> golden;
  decode_floats(view->get("golden_x"), golden);
  const auto q = model->encode(golden);
  if (!q) return q.error();

  const std::pair<std::string, std::string> whole{kPartOfKey, view->get("crc32")};
  Metadata drawing{{std::string(kPartKey), std::string(kDecoderPart)}, whole};
  for (auto& entry : copy_metadata(*view)) drawing.push_back(std::move(entry));
  const Metadata encoding{{std::string(kPartKey), std::string(kEncoderPart)},
                          whole,
                          {"model", std::string(view->get("model"))},
                          {"golden_z", encode_floats(q->mu)},
                          {"golden_x", std::string(view->get("golden_x"))}};
  return WeightsParts{write_weights(drawing, tensors(*view, decoder_parameters(model->spec()))),
                      write_weights(encoding, tensors(*view, encoder_parameters(model->spec())))};
}

}  // namespace vae
