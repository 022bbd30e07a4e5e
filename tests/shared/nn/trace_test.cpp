#include <limits>
#include <string>

#include "shared/model/model.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// Encoder and decoder with every kind of layer, on 4x4 pixels.
ModelSpec convolutional() {
  return {"conv",
          {1, 4, 4},
          3,
          Likelihood::kSquaredError,
          {Conv2d{1, 2, 3, 2, {1, 1, 0, 0}}, kLeakyRelu03, Dropout{0.2f}, Reshape{{8, 1, 1}}},
          {Linear{3, 8}, Activation{ActivationKind::kTanh}, Reshape{{2, 2, 2}},
           ConvTranspose2d{2, 1, 4, 2, {1, 1, 1, 1}}, Activation{ActivationKind::kSigmoid}}};
}

/// A sealed file of it; the golden image is what the layers themselves give.
Model convolutional_model(std::vector<NamedTensor>& tensors) {
  const ModelSpec spec = convolutional();
  REQUIRE(check(spec) == "");
  tensors = random_tensors(spec);
  std::vector<LayerParameters> decoder(static_cast<std::size_t>(spec.decoder.size()));
  std::vector<std::vector<float>> weights;
  for (const int i : {0, 3}) {
    const std::string name = "decoder." + std::to_string(i);
    weights.push_back(packed_weight(spec.decoder[i], tensor_named(tensors, name + ".weight").values.data()));
    decoder[static_cast<std::size_t>(i)] = {weights.back().data(),
                                            tensor_named(tensors, name + ".bias").values.data()};
  }
  const std::vector<float> z{0.5f, -1, 2};
  std::vector<float> x(16);
  REQUIRE(Sequential(spec.decoder, {3, 1, 1}, decoder).run(z, x));
  auto model = Model::load(write_weights(
      {{"model", to_string(spec)}, {"golden_z", encode_floats(z)}, {"golden_x", encode_floats(x)}}, tensors));
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

/// The first `count` layers of a list on one sample, run by themselves.
std::vector<float> run_first(const LayerList& all, int count, const std::string& half, const Shape& in,
                             const std::vector<NamedTensor>& tensors, const std::vector<float>& input) {
  LayerList layers;
  std::vector<LayerParameters> parameters;
  std::vector<std::vector<float>> weights;
  for (int i = 0; i < count; ++i) {
    layers.push_back(all[i]);
    parameters.emplace_back();
    if (parameter_shapes(all[i]).weight.rank == 0) continue;
    const std::string name = half + '.' + std::to_string(i);
    weights.push_back(packed_weight(all[i], tensor_named(tensors, name + ".weight").values.data()));
    parameters.back() = {weights.back().data(), tensor_named(tensors, name + ".bias").values.data()};
  }
  std::vector<float> output(static_cast<std::size_t>(output_shape(layers, in)->size()));
  REQUIRE(Sequential(layers, in, parameters).run(input, output));
  return output;
}

}  // namespace

TEST_CASE("a trace holds what every layer gives when the layers up to it run by themselves") {
  std::vector<NamedTensor> tensors;
  Model model = convolutional_model(tensors);
  const std::vector<float> image = sample_prior(16, 5), z = sample_prior(3, 6);
  const auto trace = model.trace(image, z);
  REQUIRE(trace);
  const ModelSpec& spec = model.spec();
  REQUIRE(trace->encoder.size() == 4);
  REQUIRE(trace->decoder.size() == 5);
  for (int i = 0; i < 4; ++i) {
    CHECK(trace->encoder[static_cast<std::size_t>(i)] ==
          run_first(spec.encoder, i + 1, "encoder", spec.image, tensors, image));
  }
  for (int i = 0; i < 5; ++i) {
    CHECK(trace->decoder[static_cast<std::size_t>(i)] ==
          run_first(spec.decoder, i + 1, "decoder", {3, 1, 1}, tensors, z));
  }
  CHECK(trace->encoder[2] == trace->encoder[1]);  // dropout rests
  const Posterior q = *model.encode(image);
  CHECK(trace->posterior.mu == q.mu);
  CHECK(trace->posterior.log_var == q.log_var);
  CHECK(trace->decoder.back() == *model.decode(z));
}

TEST_CASE("a trace ends in the logits of a Bernoulli decoder, and takes huge latents as decode does") {
  auto model = Model::load(sealed_file());
  REQUIRE(model);
  for (const std::vector<float>& z : {std::vector<float>{1, -1}, std::vector<float>{1e30f, -1e30f}}) {
    const auto trace = model->trace({}, z);
    REQUIRE(trace);
    CHECK(trace->decoder.back() == *model->decode_output(z));
  }
}

TEST_CASE("each half of a trace can be left out; more than one sample and bad numbers are errors") {
  auto model = Model::load(sealed_file());
  REQUIRE(model);
  const std::vector<float> image(16, 0.5f), z{1, -1};
  const Trace of_image = *model->trace(image, {}), of_z = *model->trace({}, z);
  CHECK((of_image.encoder.size() == 2 && of_image.posterior.mu.size() == 2 && of_image.decoder.empty()));
  CHECK((of_z.encoder.empty() && of_z.posterior.mu.empty() && of_z.decoder.size() == 3));
  CHECK(model->trace(std::vector<float>(32), z).error().code == ErrorCode::kShape);
  CHECK(model->trace(std::vector<float>(15), z).error().code == ErrorCode::kShape);
  CHECK(model->trace(image, std::vector<float>(4)).error().code == ErrorCode::kShape);
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(model->trace(image, std::vector<float>{0, inf}).error().code == ErrorCode::kNonfinite);
  CHECK(model->trace(std::vector<float>(16, inf), z).error().code == ErrorCode::kNonfinite);
}
