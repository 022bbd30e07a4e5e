#include "native/dataset.hpp"

#include "native/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// Exit code and message of reading `prefix` from a folder; 0 when it could be read.
std::pair<int, std::string> outcome(const TemporaryFolder& folder, bool allow_modified = false) {
  try {
    read_image_set(folder.path(), "train", allow_modified);
    return {0, ""};
  } catch (const Failure& failure) {
    const std::string text = failure.what();
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find(folder.path().string()) != std::string::npos);  // names the file
    return {static_cast<int>(failure.code), text};
  }
}

const std::string kImages = "train-images-idx3-ubyte", kLabels = "train-labels-idx1-ubyte";

}  // namespace

TEST_CASE("IDX files are read, raw and gzipped alike") {
  TemporaryFolder raw, packed;
  write_bars(raw.path(), 7, 3, 5);
  write_gz(packed / (kImages + ".gz"), read_bytes(raw / kImages));
  write_gz(packed / (kLabels + ".gz"), read_bytes(raw / kLabels));
  const ImageSet a = read_image_set(raw.path(), "train", false),
                 b = read_image_set(packed.path(), "train", false);
  CHECK(a.count() == 7);
  CHECK(a.shape == Shape{1, 5, 5});
  CHECK(a.pixels.size() == 7 * 25);
  CHECK(a.pixels == b.pixels);
  CHECK(a.labels == b.labels);
  CHECK(a.sha256 == b.sha256);
  const std::vector<float> gray = a.gray(6, 1);
  REQUIRE(gray.size() == 25);
  for (std::size_t i = 0; i < 25; ++i) CHECK(gray[i] == static_cast<float>(a.pixels[6 * 25 + i]) / 255);
}

TEST_CASE("SHA-256 is the standard's") {
  CHECK(sha256({'a', 'b', 'c'}) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("missing files") {
  TemporaryFolder folder;
  const auto [code, text] = outcome(folder);
  CHECK(code == 66);
  CHECK(text.find("make data") != std::string::npos);
}

TEST_CASE("names that cannot be files are missing or bad, never a crash") {
  TemporaryFolder folder;
  write_bars(folder.path(), 5, 5, 4);
  std::filesystem::remove(folder / kImages);
  std::filesystem::create_directory(folder / kImages);
  CHECK(outcome(folder).first == 65);
  try {
    read_image_set(folder / std::string(300, 'x'), "train", false);
    FAIL("a name of 300 characters was read");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::kMissingInput);
  }
}

TEST_CASE("damaged image and label files are refused") {  // N7
  TemporaryFolder folder;
  write_bars(folder.path(), 20, 5, 6);
  const Bytes images = read_bytes(folder / kImages), labels = read_bytes(folder / kLabels);
  REQUIRE(outcome(folder).first == 0);
  const auto check = [&](const std::string& name, Bytes bytes, const std::string& word) {
    write_bytes(folder / name, bytes);
    const auto [code, text] = outcome(folder);
    CAPTURE(text);
    CHECK(code == 65);
    CHECK(text.find(word) != std::string::npos);
    write_bytes(folder / kImages, images);
    write_bytes(folder / kLabels, labels);
  };
  for (std::size_t length : {0u, 3u, 4u, 15u, 16u, 17u, 735u}) {
    check(kImages, Bytes(images.begin(), images.begin() + static_cast<std::ptrdiff_t>(length)),
          "ends after " + std::to_string(length) + " bytes");
  }
  check(kLabels, Bytes(labels.begin(), labels.end() - 1), "ends after 27 bytes; its header promises 28");
  Bytes longer = images;
  longer.push_back(0);
  check(kImages, longer, "goes on after byte 736");
  check(kImages, labels, "0x00000801, expected the IDX magic number 0x00000803");
  check(kLabels, images, "0x00000803, expected the IDX magic number 0x00000801");
  const std::string html = "<!DOCTYPE html><html><body>Not Found</body></html>";
  check(kImages, Bytes(html.begin(), html.end()), "magic number");
  check(kLabels, idx_labels(19), "19 labels for 20 images");
  Bytes label = labels;
  label[8 + 13] = 10;
  check(kLabels, label, "label 10 at byte 21");
  Bytes none = images;
  std::fill(none.begin() + 4, none.begin() + 8, std::uint8_t{0});
  check(kImages, none, "dimension of 0");
  Bytes lying = images;
  std::fill(lying.begin() + 4, lying.begin() + 16, std::uint8_t{0xff});
  check(kImages, lying, "dimension of 4294967295");
  Bytes huge = idx_header(0x803, {100'000'000, 1024, 1024});
  check(kImages, huge, "above 4 GiB");
}

TEST_CASE("a promise of gigabytes in a short file costs nothing") {
  TemporaryFolder folder;
  write_bytes(folder / kLabels, idx_labels(3));
  write_bytes(folder / kImages, idx_header(0x803, {4000, 1000, 1000}));
  CHECK(outcome(folder).first == 65);
}

TEST_CASE("damaged gzip files are refused") {  // N7
  TemporaryFolder folder;
  write_bars(folder.path(), 200, 5, 10);
  const Bytes images = read_bytes(folder / kImages);
  std::filesystem::remove(folder / kImages);
  const std::string name = kImages + ".gz";
  write_gz(folder / name, images);
  REQUIRE(outcome(folder).first == 0);
  const Bytes packed = read_bytes(folder / name);
  for (std::size_t at : {packed.size() / 2, packed.size() - 8, packed.size() - 1}) {  // data, CRC, length
    Bytes flipped = packed;
    flipped[at] ^= 0x10;
    write_bytes(folder / name, flipped);
    CAPTURE(at);
    CHECK(outcome(folder).first == 65);
  }
  for (std::size_t length : {packed.size() / 2, packed.size() - 1, std::size_t{5}}) {
    write_bytes(folder / name, Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(length)));
    CAPTURE(length);
    CHECK(outcome(folder).first == 65);
  }
}

TEST_CASE(
    "a file of MNIST's size must be MNIST, unless told otherwise; others are taken as they are") {  // N7
  TemporaryFolder folder;
  Bytes images = idx_header(0x803, {60000, 1, 1});
  images.resize(images.size() + 60000);
  write_bytes(folder / kImages, images);
  write_bytes(folder / kLabels, idx_labels(60000));
  const auto [code, text] = outcome(folder);
  CHECK(code == 65);
  CHECK(text.find("--allow-modified-data") != std::string::npos);
  CHECK(text.find("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db") != std::string::npos);
  CHECK(outcome(folder, true).first == 0);
}
