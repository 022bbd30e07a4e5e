// Convolutions against their definitions, alone and within a residual block, and the memory that they run in.
#include "shared/nn/sequential.hpp"

#include <limits>
#include <span>
#include <vector>

#include "shared/math/latent.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;

namespace {

using Values = std::vector<float>;

/// Weight, bias or samples by chance.
Values random_values(std::int64_t count, std::uint64_t key) {
  return sample_prior(static_cast<int>(count), 3, key);
}

/// A convolution in PyTorch's layout with its input and output sizes.
struct Convolution {
  int in, out, kernel, stride;
  Padding padding;
  bool transposed;
};
Convolution measure(const Conv2d& c) { return {c.in, c.out, c.kernel, c.stride, c.padding, false}; }
Convolution measure(const ConvTranspose2d& c) { return {c.in, c.out, c.kernel, c.stride, c.crop, true}; }

/// One sample of shape `in` by the definition: pixel (x, y) of the smaller map and tap (kx, ky) meet at
/// (x * stride + kx - left, y * stride + ky - top) of the larger one.
Values convolve(const Convolution& c, const Shape& in, const Shape& out, const Values& weight,
                const Values& bias, std::span<const float> x) {
  std::vector<double> sums;
  for (std::int64_t i = 0; i < out.size(); ++i)
    sums.push_back(bias[static_cast<std::size_t>(i / (out.height * out.width))]);
  const Shape& small = c.transposed ? in : out;
  const Shape& large = c.transposed ? out : in;
  const auto index = [](const Shape& s, int channel, int row, int column) {
    return static_cast<std::size_t>((channel * s.height + row) * s.width + column);
  };
  std::size_t at = 0;  // of the weight, (out, in, ky, kx) or transposed (in, out, ky, kx)
  for (int a = 0; a < small.channels; ++a) {
    for (int b = 0; b < large.channels; ++b) {
      for (int ky = 0; ky < c.kernel; ++ky) {
        for (int kx = 0; kx < c.kernel; ++kx, ++at) {
          for (int row = 0; row < small.height; ++row) {
            for (int column = 0; column < small.width; ++column) {
              const int y = row * c.stride + ky - c.padding.top, to = column * c.stride + kx - c.padding.left;
              if (y < 0 || y >= large.height || to < 0 || to >= large.width) continue;
              const std::size_t s = index(small, a, row, column), l = index(large, b, y, to);
              sums[c.transposed ? l : s] += double{weight[at]} * x[c.transposed ? s : l];
            }
          }
        }
      }
    }
  }
  return {sums.begin(), sums.end()};
}

/// A layer with parameters by chance, and what it gives by the definition.
struct Tested {
  Layer layer;
  Convolution convolution;
  Shape in, out;
  Values weight, bias, packed;

  template <class L>
  Tested(const L& l, const Shape& shape, std::uint64_t key)
      : layer(l), convolution(measure(l)), in(shape), out(output_shape(layer, in).value()) {
    weight = random_values(parameter_shapes(layer).weight.count(), key);
    bias = random_values(l.out, key + 1);
    packed = testing::packed_weight(layer, weight.data());
  }
  LayerParameters parameters() const { return {packed.data(), bias.data()}; }
  Values expected(std::span<const float> x) const { return convolve(convolution, in, out, weight, bias, x); }
};

/// Checks (n, output) for the inputs (n, input) against a sample's expectation.
template <class Expected>
void check_run(const Sequential& network, const Expected& expected) {
  const auto in = static_cast<std::size_t>(network.input_shape().size()),
             out = static_cast<std::size_t>(network.output_shape().size());
  const Values x = random_values(static_cast<std::int64_t>(2 * in), 7);
  Values y(2 * out);
  REQUIRE(network.run(x, y));
  for (const std::size_t n : {0, 1}) {
    const Values right = expected(std::span(x).subspan(n * in, in));
    REQUIRE(right.size() == out);
    for (std::size_t i = 0; i < out; ++i) REQUIRE(y[n * out + i] == Approx(right[i]).margin(1e-4));
  }
}

}  // namespace

TEST_CASE("convolutions, straight and transposed, are those of the definition") {
  const Padding uneven{1, 0, 2, 3}, around1{1, 1, 1, 1}, around2{2, 2, 2, 2};
  for (const Tested& tested : {
           Tested(Conv2d{3, 5, 4, 2, uneven}, {3, 11, 7}, 1),
           Tested(Conv2d{2, 2, 3, 1, around1}, {2, 4, 5}, 1),
           Tested(Conv2d{3, 2, 1, 1, {}}, {3, 1, 2}, 1),
           Tested(Conv2d{16, 2, 5, 1, around2}, {16, 20, 20}, 1),  // in parts of 8 rows
           Tested(ConvTranspose2d{3, 5, 4, 2, uneven}, {3, 5, 4}, 1),
           Tested(ConvTranspose2d{2, 2, 3, 1, around1}, {2, 4, 5}, 1),
           Tested(ConvTranspose2d{2, 3, 2, 3, {3, 3, 3, 3}}, {2, 5, 4}, 1),  // whole kernels are cut off
       }) {
    CAPTURE(to_string(tested.layer), to_string(tested.in));
    check_run(Sequential({tested.layer}, tested.in, {tested.parameters()}),
              [&](std::span<const float> x) { return tested.expected(x); });
  }
}

TEST_CASE("a skip over convolutions adds their input, untouched by what runs between") {
  const Shape shape{2, 4, 5};
  const Tested first(ConvTranspose2d{2, 2, 3, 1, {1, 1, 1, 1}}, shape, 1),
      second(Conv2d{2, 2, 3, 1, {1, 1, 1, 1}}, shape, 3);
  check_run(
      Sequential({first.layer, second.layer, Skip{2}}, shape, {first.parameters(), second.parameters(), {}}),
      [&](std::span<const float> x) {
        Values y = second.expected(first.expected(x));
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += x[i];
        return y;
      });
}

TEST_CASE("memory starts at a cache line; more than can be addressed is null") {
  std::vector<Floats> all;
  for (const std::size_t count : {0, 1, 16, 17, 1000}) {
    all.push_back(allocate_floats(count));
    REQUIRE(all.back());
    CHECK(reinterpret_cast<std::uintptr_t>(all.back().get()) % (kCacheLine * sizeof(float)) == 0);
  }
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / sizeof(float);
  for (const std::size_t count : {kMost - 15, kMost, kMost + 1, std::numeric_limits<std::size_t>::max()})
    CHECK(allocate_floats(count) == nullptr);
}
