#include "native/compress/stored_as.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string>

#include "native/compress/gptq.hpp"
#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/numbers.hpp"
#include "shared/model/image_losses.hpp"
#include "shared/model/model.hpp"
#include "shared/model/parameters.hpp"
#include "shared/nn/decoder.hpp"

namespace vae {
namespace {

/// Decodes z with the decoder of a file whose names are those of `spec`.
Result<std::vector<float>> draw(std::span<const std::byte> file, const ModelSpec& spec,
                                std::span<const float> z) {
  const auto view = read_weights(file);
  if (!view) return view.error();
  const auto weights = read_parameters(*view, decoder_parameters(spec));
  if (!weights) return weights.error();
  const Parameter* next = weights->list.data();
  return ImageDecoder(spec, layer_parameters(spec.decoder, next)).images(z);
}

/// Returns the training images that the model was trained on: the first ones, as its file says.
ImageSet images_used(const ImageSet& train, const Model& model) {
  const auto count = parse_whole(model.metadata("train_images"));
  if (!count || *count >= static_cast<std::uint64_t>(train.count())) return train;
  std::vector<int> used(static_cast<std::size_t>(*count));
  std::iota(used.begin(), used.end(), 0);
  return select(train, used);
}

}  // namespace

Dtype precision_of(std::string_view name) {
  return static_cast<Dtype>(std::ranges::find(kPrecisionNames, name) - std::begin(kPrecisionNames));
}

Result<std::vector<std::byte>> stored_as(std::span<const std::byte> file, Dtype precision,
                                         const ImageSet& train, const Progress& progress) {
  const auto model = Model::load(file);
  if (!model) return model.error();
  if (!model->has_encoder())
    return make_error(ErrorCode::kNames, {"this file is only a part of a model; take the complete one"});
  const ModelSpec& spec = model->spec();
  const auto view = read_weights(file);
  std::vector<NamedTensor> tensors, quantized;
  if (precision == Dtype::kI8)
    quantized = quantized_weights(file, images_used(train, *model), trained_pixels(*model), progress);
  for (const ParameterSpec& parameter : parameters(spec)) {
    if (const auto found = std::ranges::find(quantized, parameter.name, &NamedTensor::name);
        found != quantized.end()) {
      tensors.push_back(std::move(*found));
      continue;
    }
    NamedTensor named = named_tensor(*view, parameter.name);
    named.dtype = named.shape.rank > 1 ? precision : Dtype::kF32;
    tensors.push_back(std::move(named));
  }
  Metadata metadata = copy_metadata(*view);
  std::vector<float> z;
  decode_floats(view->get("golden_z"), z);
  const auto image = draw(write_weights(metadata, tensors), spec, z);
  if (!image) return image.error();
  std::find_if(metadata.begin(), metadata.end(), [](const auto& entry) {
    return entry.first == "golden_x";
  })->second = encode_floats(*image);
  return write_weights(metadata, tensors);
}

}  // namespace vae
