// A folder of PNGs as a data set: which images, in which order, with which labels, and what is refused.
#include <png.h>

#include <functional>

#include "native/data/dataset.hpp"
#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// Samples (height, width, channels) of one of libpng's formats as a PNG.
Bytes png(png_uint_32 format, int height, int width, const void* samples) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes bytes(size);
  REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, samples, 0, nullptr) != 0);
  bytes.resize(size);
  return bytes;
}

Bytes gray_png(int height, int width, const Bytes& samples) {
  return png(PNG_FORMAT_GRAY, height, width, samples.data());
}

/// A 2x3 image whose bytes tell it from others.
Bytes samples_of(int i) {
  const auto b = static_cast<std::uint8_t>(i);
  return {b, 255, 0, 1, 128, static_cast<std::uint8_t>(255 - b)};
}

void put(const std::filesystem::path& path, const Bytes& bytes) {
  std::filesystem::create_directories(path.parent_path());
  write_bytes(path, bytes);
}
void put_image(const std::filesystem::path& path, int i) { put(path, gray_png(2, 3, samples_of(i))); }

Bytes joined(const std::vector<int>& images) {
  Bytes all;
  for (int i : images) {
    const Bytes samples = samples_of(i);
    all.insert(all.end(), samples.begin(), samples.end());
  }
  return all;
}

void check_refused(const TemporaryFolder& folder, int code, const std::string& name,
                   const std::string& words) {
  try {
    read_image_data(folder.path(), false);
    FAIL("was read");
  } catch (const Failure& failure) {
    const std::string text = failure.what();
    CAPTURE(text);
    CHECK(static_cast<int>(failure.code) == code);
    CHECK(text.find((folder / name).string()) != std::string::npos);
    CHECK(text.find(words) != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
  }
}

}  // namespace

TEST_CASE("folders named 0 to 9 are labels; images come in the order of their paths, byte for byte") {
  TemporaryFolder folder;
  put_image(folder / "train/7/a.png", 3);
  put_image(folder / "train/0/b.png", 2);
  put_image(folder / "train/0/a.png", 1);
  put(folder / "train/0/.hidden", {1});
  put_image(folder / "test/9/a.png", 4);
  const ImageData data = read_image_data(folder.path(), false);
  CHECK(data.train.shape == Shape{1, 2, 3});
  CHECK(data.train.pixels == joined({1, 2, 3}));
  CHECK(data.train.labels == std::vector<std::uint8_t>{0, 0, 7});
  CHECK(data.train.sha256 == sha256(joined({1, 2, 3})));
  CHECK(data.train.name == "");
  CHECK(data.test.pixels == joined({4}));
  CHECK(data.test.labels == std::vector<std::uint8_t>{9});
  CHECK_FALSE(data.test.held_out);
}

TEST_CASE("without labels, and with MNIST's name for the test set") {
  TemporaryFolder folder;
  put_image(folder / "train/b.png", 2);
  put_image(folder / "train/a.png", 1);
  put_image(folder / "t10k/x.png", 3);
  const ImageData data = read_image_data(folder.path(), false);
  CHECK(data.train.pixels == joined({1, 2}));
  CHECK(data.train.labels.empty());
  CHECK(data.test.pixels == joined({3}));
}

TEST_CASE("without a test set every tenth image is held out") {
  TemporaryFolder folder;
  std::vector<int> train, test;
  for (int i = 0; i < 25; ++i) {
    put_image(folder / ("train/" + std::to_string(i / 5) + '/' + std::to_string(100 + i) + ".png"), i);
    (i == 9 || i == 19 ? test : train).push_back(i);
  }
  const ImageData data = read_image_data(folder.path(), false);
  CHECK(data.train.pixels == joined(train));
  CHECK(data.test.pixels == joined(test));
  CHECK(data.test.labels == std::vector<std::uint8_t>{1, 3});
  CHECK(data.test.held_out);
}

TEST_CASE("color, depth and transparency become 8-bit gray") {
  TemporaryFolder folder;
  const Bytes rgb{255, 255, 255, 0, 0, 0, 90, 90, 90};  // what is gray already keeps its value
  const Bytes rgba{255, 255, 255, 255, 255, 255, 255, 0, 90, 90, 90, 255};
  put(folder / "train/a.png", png(PNG_FORMAT_RGB, 1, 3, rgb.data()));
  put(folder / "train/b.png", png(PNG_FORMAT_RGBA, 1, 3, rgba.data()));
  put(folder / "test/a.png", gray_png(1, 3, {0, 1, 2}));
  const ImageData data = read_image_data(folder.path(), false);
  CHECK(data.train.pixels == Bytes{255, 0, 90, 255, 0, 90});
}

TEST_CASE("what is not a folder of equal PNGs is refused in words") {
  TemporaryFolder folder;
  put_image(folder / "train/a.png", 1);
  put_image(folder / "test/a.png", 2);
  const auto check = [&](const std::string& name, const Bytes& bytes, const std::string& words) {
    put(folder / name, bytes);
    check_refused(folder, 65, name, words);
    std::filesystem::remove(folder / name);
  };
  check("train/b.png", gray_png(3, 3, Bytes(9)), "is 3x3; the images before it are 2x3");
  check("train/b.jpg", {'h', 'i'}, "is not a PNG");
  check("train/b.png", {}, "is not a PNG");
  check("train/b.png", gray_png(1, 1025, Bytes(1025)), "is 1x1025, above 1024x1024");
  Bytes longer = gray_png(2, 3, samples_of(1));
  longer.push_back(0);
  check("train/b.png", longer, "does not end like a PNG");
}

TEST_CASE("a PNG cut anywhere, or with a flipped bit in its pixels, is refused") {
  TemporaryFolder folder;
  put_image(folder / "train/a.png", 1);
  put_image(folder / "test/a.png", 2);
  const Bytes whole = gray_png(2, 3, samples_of(1));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put(folder / "train/b.png", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    check_refused(folder, 65, "train/b.png", "PNG");
  }
  const std::string text(whole.begin(), whole.end());
  for (std::size_t at = text.find("IDAT") + 4; at < text.find("IEND") - 4; ++at) {
    Bytes flipped = whole;
    flipped[at] ^= 4;
    put(folder / "train/b.png", flipped);
    check_refused(folder, 65, "train/b.png", "damaged PNG");
  }
}

TEST_CASE("empty and odd folders are refused") {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder / "train");
  check_refused(folder, 65, "train", "is empty");
  put_image(folder / "train/a.png", 1);
  check_refused(folder, 65, "train", "too few to hold out");
  put_image(folder / "train/1/a.png", 1);
  check_refused(folder, 65, "train", "both folders and files");
  std::filesystem::remove(folder / "train/a.png");
  std::filesystem::create_directories(folder / "train/2");
  check_refused(folder, 65, "train/2", "is empty");
  std::filesystem::remove(folder / "train/2");
  put_image(folder / "test/cat/a.png", 1);
  check_refused(folder, 65, "test/cat", "is a class that the training images do not have");
  std::filesystem::remove_all(folder / "train");
  check_refused(folder, 66, "test", "no folder train");
}

TEST_CASE("folders of pictures as people have them") {  // N19
  const auto labels = [](const std::function<void(const std::filesystem::path&)>& make) {
    TemporaryFolder folder;
    make(folder.path());
    const ImageData data = read_image_data(folder.path(), false);
    std::vector<std::uint8_t> all = data.train.labels;
    all.insert(all.end(), data.test.labels.begin(), data.test.labels.end());
    return std::pair(all, data.train.notes);
  };
  using Labels = std::vector<std::uint8_t>;
  using Path = const std::filesystem::path&;
  for (const auto& [train, test] : {std::pair{"training", "testing"}, std::pair{"Train", "Test"},
                                    std::pair{"TRAIN", "t10k"}, std::pair{"train", "val"}}) {
    CHECK(labels([&](Path folder) {
            put_image(folder / train / "3/a.png", 1);
            put_image(folder / test / "3/a.png", 2);
          }).first == Labels{3, 3});
  }
  // Classes directly in the folder: every tenth image is held out.
  const Labels direct = labels([&](Path folder) {
                          for (int i = 0; i < 20; ++i)
                            put_image(folder / (i < 10 ? "0" : "1") / (std::to_string(100 + i) + ".png"), i);
                        }).first;
  CHECK(direct.size() == 20);
  // Names instead of numbers, numbers above 9, and what lies beside the pictures.
  const auto [named, notes] = labels([&](Path folder) {
    put_image(folder / "train/dog/a.PNG", 1);
    put_image(folder / "train/cat/a.png", 2);
    put_image(folder / "test/dog/a.png", 3);
    put(folder / "train/README.txt", {'h', 'i'});
    put(folder / "train/cat/Thumbs.db", {1, 2});
    put_image(folder / "val/cat/a.png", 4);
  });
  CHECK(named == Labels{0, 1, 1});
  REQUIRE(notes.size() == 3);
  CHECK(notes[0] == "skipped README.txt and 1 more beside the pictures");
  CHECK(notes[1] == "did not read the folder val");
  CHECK(notes[2] == "the classes are counted in the order of their names, cat is 0");
  CHECK(labels([&](Path folder) {
          put_image(folder / "train/47/a.png", 1);
          put_image(folder / "test/47/a.png", 2);
        }).first == Labels{47, 47});
}

TEST_CASE("where a picture shows nothing but for its transparency, that is the ink") {
  TemporaryFolder folder;
  const Bytes black{0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 255};
  put(folder / "train/a.png", png(PNG_FORMAT_RGBA, 1, 3, black.data()));
  put(folder / "test/a.png", png(PNG_FORMAT_RGBA, 1, 3, black.data()));
  const ImageData data = read_image_data(folder.path(), false);
  CHECK(data.train.pixels == Bytes{0, 200, 255});
  CHECK(data.train.notes == std::vector<std::string>{"of 1 images the ink is their transparency"});
}
