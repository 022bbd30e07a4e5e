#include "shared/model/model.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

namespace {
Model load(const std::vector<std::byte>& bytes) {
  auto model = Model::load(bytes);
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}
}  // namespace

TEST_CASE("a sealed file loads and knows what it is") {
  Model model = load(sealed_file());
  CHECK(model.latent() == 2);
  CHECK(model.pixels() == 16);
  CHECK(model.spec() == small_spec());
  CHECK(model.metadata("version") == "1");
  CHECK(model.metadata("nothing") == "");
}

TEST_CASE("the model does not need its file any more once it is loaded") {
  std::vector<std::byte> bytes = sealed_file();
  Model model = load(bytes);
  const std::vector<float> before = *model.decode(std::vector<float>{1, -1});
  std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
  Model moved = std::move(model);
  CHECK(*moved.decode(std::vector<float>{1, -1}) == before);
  CHECK(moved.metadata("version") == "1");
}

TEST_CASE("decode agrees with a straight-line implementation, alone and in a batch") {
  const ModelSpec spec = mlp({1, 28, 28}, 50, 20);
  const std::vector<NamedTensor> tensors = random_tensors(spec, 3);
  Model model = load(write_weights(sealed_metadata(spec, tensors), tensors));
  constexpr int kCount = 300;  // more than one chunk
  const std::vector<float> z = sample_prior_sheet(20, 9, kCount);
  const std::vector<float> batch = *model.decode(z);
  REQUIRE(batch.size() == kCount * 784);
  for (int i : {0, 1, 255, 256, 299}) {
    const std::vector<float> zi(z.begin() + i * 20, z.begin() + (i + 1) * 20);
    const std::vector<float> expected = golden_image(tensors, zi), alone = *model.decode(zi);
    for (std::size_t p = 0; p < 784; ++p) {
      REQUIRE(batch[static_cast<std::size_t>(i) * 784 + p] == Approx(expected[p]).margin(1e-6));
      REQUIRE(alone[p] == Approx(expected[p]).margin(1e-6));
    }
  }
}

TEST_CASE("encode agrees with a straight-line implementation, alone and in a batch") {
  const ModelSpec spec = small_spec();
  const std::vector<NamedTensor> tensors = random_tensors(spec, 3);
  Model model = load(write_weights(sealed_metadata(spec, tensors), tensors));
  const std::vector<float> images = sample_prior_sheet(16, 9, 3);
  const Posterior batch = *model.encode(images);
  REQUIRE((batch.mu.size() == 6 && batch.log_var.size() == 6));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<float> image(images.begin() + 16 * i, images.begin() + 16 * (i + 1));
    std::vector<float> h = dense(tensors, "encoder.0", image);
    for (float& v : h) v = v > 0 ? v : 0;
    const std::vector<float> mu = dense(tensors, "mu", h), log_var = dense(tensors, "log_var", h);
    const Posterior alone = *model.encode(image);
    for (std::size_t d = 0; d < 2; ++d) {
      CHECK(batch.mu[2 * i + d] == Approx(mu[d]).margin(1e-6));
      CHECK(batch.log_var[2 * i + d] == Approx(log_var[d]).margin(1e-6));
      CHECK(alone.mu[d] == Approx(mu[d]).margin(1e-6));
      CHECK(alone.log_var[d] == Approx(log_var[d]).margin(1e-6));
    }
  }
}

TEST_CASE("a Gaussian decoder gives means, then log-variances above their floor") {
  // mean = sigmoid(z), head = 20 z on a single pixel, with weights in the order of parameters()
  const ModelSpec spec{"one",
                       {1, 1, 1},
                       1,
                       Likelihood::kGaussian,
                       {Linear{1, 1}},
                       {Linear{1, 1}, Activation{ActivationKind::kSigmoid}}};
  std::vector<NamedTensor> tensors = random_tensors(spec);
  for (NamedTensor& t : tensors)
    t.values = {t.shape.rank == 1 ? 0.0f : t.name == "decoder_log_var.weight" ? 20.0f : 1.0f};
  Model model = load(write_weights({{"model", to_string(spec)},
                                    {"golden_z", encode_floats(std::vector<float>{0})},
                                    {"golden_x", encode_floats(std::vector<float>{0.5f})}},
                                   tensors));
  const std::vector<float> output = *model.decode_output(std::vector<float>{0, -1, 1});
  REQUIRE(output.size() == 6);
  const auto floored = [](double x) { return kMinLogVariance + std::log1p(std::exp(x - kMinLogVariance)); };
  CHECK(output[0] == Approx(0.5));
  CHECK(output[1] == Approx(floored(0)));
  CHECK(output[2] == Approx(1 / (1 + std::exp(1.0))));
  CHECK(output[3] == Approx(floored(-20)).margin(1e-5));
  CHECK(output[4] == Approx(1 / (1 + std::exp(-1.0))));
  CHECK(output[5] == Approx(20));
  CHECK(model.decode(std::vector<float>{0, -1})->size() == 2);
}

TEST_CASE("pixels are clamped to 0 and 1, and those of the golden sample may differ by 0.0001") {
  const LayerList scale{Linear{1, 1}};
  const ModelSpec spec{"one", {1, 1, 1}, 1, Likelihood::kSquaredError, scale, scale};
  std::vector<NamedTensor> tensors = random_tensors(spec);
  for (NamedTensor& t : tensors) t.values = {t.shape.rank == 1 ? 0.0f : 1.0f};
  const auto golden = [&](float z, float x) {
    return Model::load(write_weights({{"model", to_string(spec)},
                                      {"golden_z", encode_floats(std::vector<float>{z})},
                                      {"golden_x", encode_floats(std::vector<float>{x})}},
                                     tensors));
  };
  REQUIRE(golden(-1, 0));
  CHECK(*golden(-1, 0)->decode(std::vector<float>{-1, 0.25f, 2}) == std::vector<float>{0, 0.25f, 1});
  CHECK(golden(-1, 1e-4f));
  CHECK(golden(-1, 1.01e-4f).error().code == ErrorCode::kGolden);
}

TEST_CASE("nothing in, nothing out") {
  Model model = load(sealed_file());
  CHECK(model.decode({})->empty());
  CHECK(model.encode({})->mu.empty());
}

TEST_CASE("bad latents and pixels are errors, huge ones give pixels all the same") {  // N12
  Model model = load(sealed_file());
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  CHECK(model.decode(std::vector<float>{1, 2, 3}).error().code == ErrorCode::kShape);
  CHECK(model.decode(std::vector<float>{1}).error().code == ErrorCode::kShape);
  CHECK(model.encode(std::vector<float>(15)).error().code == ErrorCode::kShape);
  for (float bad : {nan, inf, -inf}) {
    CHECK(model.decode(std::vector<float>{0, bad}).error().code == ErrorCode::kNonfinite);
    std::vector<float> pixels(16);
    pixels[15] = bad;
    CHECK(model.encode(pixels).error().code == ErrorCode::kNonfinite);
  }
  for (float huge : {1e38f, -1e38f, 3e5f, -1e4f}) {
    for (float x : *model.decode(std::vector<float>{huge, -huge})) CHECK((x >= 0 && x <= 1));
  }
}

TEST_CASE("random latents of any size give pixels in [0, 1]") {  // N12, property
  Model model = load(sealed_file());
  Rng rng(1, Stream::kSample);
  int decoded = 0;
  for (int i = 0; i < 2000; ++i) {
    const float scale = static_cast<float>(std::pow(10.0, rng.uniform() * 38));
    const auto images = model.decode(std::vector<float>{rng.normal() * scale, rng.normal() * scale});
    if (!images) {  // a number that overflowed to infinity before it came here
      CHECK(images.error().code == ErrorCode::kNonfinite);
      continue;
    }
    ++decoded;
    for (float x : *images) REQUIRE((x >= 0 && x <= 1));
  }
  CHECK(decoded > 1900);
}

TEST_CASE("f16 and int8 files load and draw nearly the same") {
  const ModelSpec spec = small_spec(40);
  const std::vector<float> z{0.3f, -0.7f};
  const std::vector<NamedTensor> exact = random_tensors(spec, 4);
  const std::vector<float> expected = golden_image(exact, z);
  for (const auto& [dtype, tolerance] : {std::pair{Dtype::kF16, 1e-3}, std::pair{Dtype::kI8, 2e-2}}) {
    const std::vector<NamedTensor> tensors = random_tensors(spec, 4, dtype);
    // The golden sample belongs to the dequantized weights: read them back from a file of their own.
    const std::vector<std::byte> unsealed = write_weights({}, tensors);
    const auto view = read_weights(unsealed);
    REQUIRE(view);
    std::vector<NamedTensor> stored = tensors;
    for (NamedTensor& t : stored) {
      REQUIRE(dequantize(*view->find(t.name), view->find(t.name + "_scale"), t.values));
    }
    Model model = load(write_weights(sealed_metadata(spec, stored), tensors));
    const std::vector<float> image = *model.decode(z);
    for (std::size_t i = 0; i < image.size(); ++i) CHECK(image[i] == Approx(expected[i]).margin(tolerance));
  }
}

TEST_CASE("a row of zeros survives int8, and rows of any size") {
  const float step = 0x1p-20f;  // of a row of small numbers
  const NamedTensor zeros{"w", {2, {3, 3}}, {0, 0, 0, 1, -2, 127, step, 3 * step, -127 * step}, Dtype::kI8};
  const std::vector<std::byte> file = write_weights({}, {zeros});
  const auto view = read_weights(file);
  REQUIRE(view);
  std::vector<float> back(9);
  REQUIRE(dequantize(*view->find("w"), view->find("w_scale"), back));
  CHECK(back == zeros.values);
}

TEST_CASE("a dense layer of int8 gives what its floats give, whatever rows and samples run at once") {
  constexpr int kIn = 3001, kOut = 50;
  Rng rng(3, Stream::kInit);
  std::vector<std::int8_t> quantized;
  std::vector<float> weight, scale, bias;
  for (int r = 0; r < kOut; ++r) {
    scale.push_back(0.001f * static_cast<float>(r + 1));
    bias.push_back(static_cast<float>(rng.uniform()));
    for (int i = 0; i < kIn; ++i) {
      quantized.push_back(static_cast<std::int8_t>(255 * rng.uniform() - 127.5));
      weight.push_back(scale.back() * static_cast<float>(quantized.back()));
    }
  }
  const LayerList layers{Linear{kIn, kOut}};
  const std::vector<float> packed_floats = packed_weight(layers[0], weight.data());
  std::vector<std::int8_t> packed_int8(quantized.size());
  pack_weight({2, {kOut, kIn}}, false, quantized.data(), packed_int8.data());
  const Sequential exact(layers, {kIn, 1, 1}, {{packed_floats.data(), bias.data()}});
  const Sequential packed(layers, {kIn, 1, 1}, {{nullptr, bias.data(), packed_int8.data(), scale.data()}});
  for (const std::size_t n : {1, 2, 300}) {
    std::vector<float> input(n * kIn), expected(n * kOut), output(n * kOut);
    for (float& x : input) x = static_cast<float>(rng.uniform() - 0.5);
    REQUIRE(exact.run(input, expected));
    REQUIRE(packed.run(input, output));
    for (std::size_t i = 0; i < output.size(); ++i) REQUIRE(output[i] == Approx(expected[i]).margin(1e-3));
  }
}
