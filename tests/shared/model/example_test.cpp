// The example on the main page of the C++ reference (web/dist/cpp/index.md).
#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "shared/model/model.hpp"
#include "tests/catch.hpp"

namespace {
std::vector<std::byte> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
}  // namespace

TEST_CASE("the example of the C++ reference draws a digit and encodes it") {
  const std::vector<std::byte> bytes = read(ASSETS "/mlp.bin");
  //! [example]
  vae::Result<vae::Model> model = vae::Model::load(bytes);
  if (!model) throw std::runtime_error(model.error().message);

  // Digit 0 of the sheet with seed 1: z (latent) to pixels (784) in [0, 1], and back.
  const std::vector<float> z = model->sample_prior(1, 0);
  const std::vector<float> digit = *model->decode(z);
  const vae::Posterior posterior = *model->encode(digit);
  //! [example]
  CHECK(z.size() == static_cast<std::size_t>(model->latent()));
  REQUIRE(digit.size() == 784);
  CHECK(*std::max_element(digit.begin(), digit.end()) > 0.9f);
  CHECK(posterior.mu.size() == z.size());
}
