// The reader against damage: a table of bad files, every single-bit flip and every truncation of a good one.
#include "shared/file/weights_reader.hpp"

#include <cstring>
#include <string>

#include "shared/file/safetensors_header.hpp"
#include "tests/bad_files.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace vae;
using namespace vae::testing;

TEST_CASE("what is written is read back") {
  const std::vector<NamedTensor> tensors = {
      {"b", {1, {3}}, {1, 2, 3}, Dtype::kF32},
      {"half", {2, {2, 2}}, {0.5f, -1, 2, 65504}, Dtype::kF16},
      {"w", {4, {1, 2, 1, 2}}, {1e-30f, -4, 5, 6}, Dtype::kF32},
  };
  const std::vector<std::byte> file = write_weights({{"model", "none"}, {"say", "a\"b\\c\x01é"}}, tensors);
  CHECK(file.size() % 2 == 0);
  const auto view = read_weights(file);
  if (!view) FAIL(view.error().message);
  CHECK(view->get("model") == "none");
  CHECK(view->get("say") == "a?b?c???");
  CHECK(view->get("format") == "digit-vae");
  REQUIRE(view->tensors.size() == 3);
  CHECK(view->tensors[2].name == "half");  // F32 first
  for (const NamedTensor& t : tensors) {
    const TensorView* found = view->find(t.name);
    REQUIRE(found != nullptr);
    CHECK(found->shape == t.shape);
    std::vector<float> values(t.values.size());
    CHECK(dequantize(*found, nullptr, values));
    CHECK(values == t.values);
  }
  CHECK(view->find("nothing") == nullptr);
  CHECK((file.size() - view->tensors[0].bytes.size() - view->tensors[1].bytes.size() -
         view->tensors[2].bytes.size()) %
            kDataAlignment ==
        0);
  CHECK(write_weights({{"model", "none"}, {"say", "a\"b\\c\x01é"}}, tensors) == file);
}

TEST_CASE("every bad file is refused with its own code, in one line, at once") {  // N8
  const std::vector<BadFile> files = bad_files();
  CHECK(files.size() >= 60);
  REQUIRE(Model::load(sealed_file()));
  for (const BadFile& bad : files) {
    CAPTURE(bad.name);
    const auto start = std::chrono::steady_clock::now();
    const auto model = Model::load(bad.bytes);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    REQUIRE_FALSE(model);
    CAPTURE(model.error().message);
    CHECK(code_name(model.error().code) == code_name(bad.code));
    CHECK(model.error().message.find('\n') == std::string::npos);
    CHECK(model.error().message.size() > 10);
    CHECK(seconds < 0.1);  // 10 ms, with room for sanitizers and busy machines
  }
}

TEST_CASE("every single flipped bit is refused") {  // N8
  const std::vector<std::byte> good = sealed_file();
  std::vector<std::byte> bad = good;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    bad[bit / 8] ^= std::byte{1} << (bit % 8);
    if (Model::load(bad)) FAIL("bit " << bit << " was not noticed");
    bad[bit / 8] = good[bit / 8];
  }
}

TEST_CASE("every truncation is refused as truncated, and so are bytes that trail") {  // N8
  std::vector<std::byte> file = sealed_file();
  for (std::size_t length = 0; length < file.size(); ++length) {
    const auto model = Model::load(std::span(file).first(length));
    REQUIRE_FALSE(model);
    if (model.error().code != ErrorCode::kTruncated) FAIL(length << ": " << code_name(model.error().code));
  }
  for (int i = 0; i < 3; ++i) {
    file.push_back(std::byte{0});
    CHECK(Model::load(file).error().code == ErrorCode::kTrailing);
  }
}

TEST_CASE("white space between the parts of a header is skipped, and a problem has its place in the file") {
  HeaderParser header(" {\n\"__metadata__\"\r:\t{ } } \n", 1);
  CHECK(header.parse());
  HeaderParser bad("{\"a\" 1}", 1);
  CHECK_FALSE(bad.parse());
  CHECK(bad.problem() == "expected a colon (byte 13)");
}

TEST_CASE("messages name the shape that a tensor has and the one that it needs") {
  const auto refused = [](Dims shape, std::size_t count) {
    const NamedTensor tensor{"encoder.0.weight", shape, std::vector<float>(count)};
    return Model::load(write_weights({{"model", to_string(small_spec())}}, {tensor})).error().message;
  };
  CHECK(refused({2, {16, 5}}, 80) == "tensor \"encoder.0.weight\" has the shape 16x5; the model needs 5x16");
  CHECK(refused({1, {0}}, 0) == "tensor \"encoder.0.weight\" must have 1 to 4 dimensions of at least 1");
}

TEST_CASE("checkpoints have limits of their own") {
  const NamedTensor tensor{"w", {1, {1}}, {1}, Dtype::kF32};
  const std::vector<std::byte> file = write_weights({}, {tensor}, "digit-vae-checkpoint");
  CHECK(read_weights(file, {"digit-vae-checkpoint", std::size_t{1} << 30, 1024}));
  CHECK(read_weights(file).error().code == ErrorCode::kNotWeights);
  CHECK(read_weights(file, {"digit-vae-checkpoint", file.size(), 1}));
  CHECK(read_weights(file, {"digit-vae-checkpoint", file.size() - 1, 1}).error().code ==
        ErrorCode::kTooLarge);
  CHECK(read_weights(file, {"digit-vae-checkpoint", file.size(), 0}).error().code == ErrorCode::kTooLarge);
}
