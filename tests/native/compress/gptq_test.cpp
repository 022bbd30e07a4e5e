#include "native/compress/gptq.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "native/compress/stored_as.hpp"
#include "shared/model/weights_parts.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

const ModelSpec kSpec = mlp({1, 12, 12}, 60, 3);

constexpr std::size_t kPixels = 144, kSide = 12;

/// Images whose first column is empty.
struct Bars : TemporaryFolder {
  Bars() {
    write_bars(path());
    train = read_image_set(path(), "train", false);
    test = read_image_set(path(), "t10k", false);
    for (ImageSet* set : {&train, &test}) {
      for (std::size_t i = 0; i < set->pixels.size(); i += kSide) set->pixels[i] = 0;
    }
  }
  ImageSet train, test;
};

/// A file whose encoder has, for the column that is empty in every image, weights a hundred times as large as
/// any other.
std::vector<std::byte> far_weights() {
  std::vector<NamedTensor> tensors = random_tensors(kSpec);
  NamedTensor& weight = *std::ranges::find(tensors, "encoder.0.weight", &NamedTensor::name);
  for (std::size_t i = 0; i < weight.values.size(); ++i) {
    if (i % kPixels % kSide == 0) weight.values[i] *= 100;
  }
  return write_weights(sealed_metadata(kSpec, tensors), tensors);
}

/// Root mean square of the difference between the mu of two files.
double mu_difference(const std::vector<std::byte>& a, const std::vector<std::byte>& b,
                     const ImageSet& images) {
  const std::vector<float> x = images.gray(0, images.count());
  const std::vector<float> mu = Model::load(a)->encode(x)->mu, other = Model::load(b)->encode(x)->mu;
  double sum = 0;
  for (std::size_t i = 0; i < mu.size(); ++i) sum += std::pow(mu[i] - other[i], 2);
  return std::sqrt(sum / static_cast<double>(mu.size()));
}

}  // namespace

TEST_CASE("int8 keeps what layers give for images, where plain scales go by weights that no image meets") {
  const Bars data;
  const std::vector<std::byte> file = far_weights();
  const auto plain = stored_as(file, Dtype::kI8), fitted = stored_as(file, Dtype::kI8, data.train);
  REQUIRE((plain && fitted));
  CHECK(fitted->size() == plain->size());
  CHECK(mu_difference(file, *fitted, data.test) < 0.1 * mu_difference(file, *plain, data.test));
}

TEST_CASE("int8 of weights without such is closer too, since roundings make up for each other") {
  const Bars data;
  const std::vector<std::byte> file = sealed_file(kSpec);
  const auto plain = stored_as(file, Dtype::kI8), fitted = stored_as(file, Dtype::kI8, data.train);
  REQUIRE((plain && fitted));
  CHECK(mu_difference(file, *fitted, data.test) < 0.85 * mu_difference(file, *plain, data.test));
}

TEST_CASE("scales that were chosen survive: stored again, and cut in halves") {
  const Bars data;
  const auto int8 = stored_as(far_weights(), Dtype::kI8, data.train);
  REQUIRE(int8);
  CHECK(*stored_as(*int8, Dtype::kI8) == *int8);
  CHECK(*stored_as(*int8, Dtype::kI8, data.train) == *int8);
  const auto parts = split_weights(*int8);
  REQUIRE(parts);
  Model whole = *Model::load(*int8), halves = *Model::load(parts->decoder);
  REQUIRE_FALSE(halves.add_encoder(parts->encoder));
  const std::vector<float> x = data.test.gray(0, 5);
  CHECK(whole.encode(x)->mu == halves.encode(x)->mu);
  CHECK(*whole.decode(whole.sample_prior(1, 0)) == *halves.decode(whole.sample_prior(1, 0)));
}

TEST_CASE("int8 is fitted to the pixels and the images that the file was trained on") {
  const Bars data;
  const std::vector<NamedTensor> tensors = random_tensors(kSpec);
  const auto int8_of = [&](const Metadata& more, const ImageSet& train) {
    Metadata metadata = sealed_metadata(kSpec, tensors);
    metadata.insert(metadata.end(), more.begin(), more.end());
    const auto file = stored_as(write_weights(metadata, tensors), Dtype::kI8, train);
    REQUIRE(file);
    return named_tensor(*read_weights(*file), "encoder.0.weight").values;
  };
  ImageSet soft = data.train, black_or_white = data.train;
  for (std::size_t i = 0; i < soft.pixels.size(); ++i) {
    soft.pixels[i] = soft.pixels[i] >= 128 ? static_cast<std::uint8_t>(100 + i % 100) : 0;
    black_or_white.pixels[i] = soft.pixels[i] >= 128 ? 255 : 0;
  }
  CHECK(int8_of({}, soft) != int8_of({}, black_or_white));
  CHECK(int8_of({{"test_pixels", "threshold"}}, soft) == int8_of({}, black_or_white));
  std::vector<int> first(50);
  std::iota(first.begin(), first.end(), 0);
  CHECK(int8_of({{"train_images", "50"}}, soft) == int8_of({}, select(soft, first)));
  CHECK(int8_of({{"train_images", "50"}}, soft) != int8_of({}, soft));
}

TEST_CASE("which layers, and for which images") {
  const Bars data;
  const std::vector<std::byte> file = sealed_file(kSpec);
  std::vector<std::string> names;
  for (const NamedTensor& weight : quantized_weights(file, data.train, Pixels::kGray)) {
    names.push_back(weight.name);
    CHECK(weight.dtype == Dtype::kI8);
    CHECK(weight.scale.size() == static_cast<std::size_t>(weight.shape.size[0]));
  }
  CHECK(names == std::vector<std::string>{"encoder.0.weight", "decoder.2.weight"});  // the others are small
  CHECK(quantized_weights(file, ImageSet{}, Pixels::kGray).empty());
  CHECK(quantized_weights(sealed_file(), data.train, Pixels::kGray).empty());  // 4x4
}
