#include "shared/spec/layers.hpp"

#include "tests/catch.hpp"

using namespace vae;

TEST_CASE("output_shape follows PyTorch's formulas, every side of the padding by its own amount") {
  const Shape in{3, 11, 7};
  // (11 + 1 + 2 - 4) / 2 + 1 = 6, (7 + 0 + 3 - 4) / 2 + 1 = 4
  CHECK(output_shape(Conv2d{3, 5, 4, 2, {1, 0, 2, 3}}, in) == Shape{5, 6, 4});
  // (11 - 1) * 2 + 4 - 1 - 2 = 21, (7 - 1) * 2 + 4 - 0 - 3 = 13
  CHECK(output_shape(ConvTranspose2d{3, 5, 4, 2, {1, 0, 2, 3}}, in) == Shape{5, 21, 13});
  CHECK(output_shape(Linear{231, 9}, Shape{231, 1, 1}) == Shape{9, 1, 1});
  CHECK(output_shape(Reshape{{231, 1, 1}}, in) == Shape{231, 1, 1});
  CHECK(output_shape(Activation{}, in) == in);
  CHECK(output_shape(Dropout{0.5f}, in) == in);
}

TEST_CASE("layers that do not fit are refused") {
  CHECK_FALSE(output_shape(Linear{10, 2}, Shape{10, 2, 1}));
  CHECK_FALSE(output_shape(Linear{10, 2}, Shape{11, 1, 1}));
  CHECK_FALSE(output_shape(Conv2d{2, 2, 3, 1, {}}, Shape{3, 8, 8}));
  CHECK_FALSE(output_shape(Conv2d{1, 2, 9, 1, {}}, Shape{1, 8, 8}));
  CHECK_FALSE(output_shape(ConvTranspose2d{1, 2, 2, 1, {2, 0, 0, 0}}, Shape{1, 1, 1}));
  CHECK_FALSE(output_shape(Reshape{{3, 3, 3}}, Shape{3, 3, 4}));
}

TEST_CASE("first_mismatch names the layer") {
  const LayerList layers{Linear{4, 3}, Activation{}, Linear{2, 1}};
  CHECK(first_mismatch(layers, {4, 1, 1}) == 2);
  CHECK(first_mismatch(layers, {5, 1, 1}) == 0);
  CHECK(first_mismatch({Linear{4, 3}, Linear{3, 1}}, {4, 1, 1}) == -1);
  CHECK_FALSE(output_shape(layers, {4, 1, 1}));
}

TEST_CASE("parameter shapes are PyTorch's") {
  CHECK(parameter_shapes(Linear{3, 2}).weight == Dims{2, {2, 3}});
  CHECK(parameter_shapes(Conv2d{3, 2, 5}).weight == Dims{4, {2, 3, 5, 5}});
  CHECK(parameter_shapes(ConvTranspose2d{3, 2, 5}).weight == Dims{4, {3, 2, 5, 5}});
  CHECK(parameter_shapes(ConvTranspose2d{3, 2, 5}).bias == Dims{1, {2}});
  CHECK(parameter_shapes(Activation{}).weight.rank == 0);
  CHECK(parameter_shapes(Dropout{}).bias.rank == 0);
}

TEST_CASE("a full list takes no more layers") {
  LayerList layers;
  for (int i = 0; i < LayerList::kCapacity; ++i) CHECK(layers.push_back(Activation{}));
  CHECK_FALSE(layers.push_back(Activation{}));
  CHECK(layers.size() == LayerList::kCapacity);
}

TEST_CASE("multiply_adds counts a convolution once per output pixel") {
  CHECK(multiply_adds(Linear{20, 400}, {20, 1, 1}) == 8000);
  CHECK(multiply_adds(Conv2d{1, 64, 4, 2, {1, 1, 1, 1}}, {1, 28, 28}) == 64 * 16 * 14 * 14);
  CHECK(multiply_adds(ConvTranspose2d{1, 64, 4, 2, {1, 1, 1, 1}}, {1, 7, 7}) == 64 * 16 * 7 * 7);
  CHECK(multiply_adds(Activation{}, {20, 1, 1}) == 0);
}
