#include "native/data/dataset.hpp"

#include "native/support/failure.hpp"
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
  CHECK(outcome(folder).first == 66);
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
  const auto check = [&](const std::string& name, const Bytes& bytes, const std::string& word) {
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
  check(kImages, longer, "has bytes after byte 736");
  check(kImages, labels, "0x00000801; expected the IDX magic number 0x00000803");
  check(kLabels, images, "0x00000803; expected the IDX magic number 0x00000801");
  const std::string html = "<!DOCTYPE html><html><body>Not Found</body></html>";
  check(kImages, Bytes(html.begin(), html.end()), "magic number");
  check(kLabels, idx_labels(19), "19 labels for 20 images");
  Bytes none = images;
  std::fill(none.begin() + 4, none.begin() + 8, std::uint8_t{0});
  check(kImages, none, "dimension of 0");
  Bytes lying = images;
  std::fill(lying.begin() + 4, lying.begin() + 16, std::uint8_t{0xff});
  check(kImages, lying, "dimension of 4294967295");
  Bytes huge = idx_header(0x803, {100'000'000, 1024, 1024});
  check(kImages, huge, "above 4 GiB");
}

TEST_CASE("IDX files are found where other tools leave them") {  // N19
  const auto found = [](const std::function<void(const std::filesystem::path&, const Bytes&)>& put) {
    TemporaryFolder folder, from;
    write_bars(from.path(), 7, 3, 5);
    put(folder.path(), read_bytes(from / kImages));
    const ImageSet set = read_image_set(folder.path(), "train", false);
    return set.pixels == read_image_set(from.path(), "train", false).pixels;
  };
  const auto at = [&](const std::string& path) {
    return found([&](const std::filesystem::path& folder, const Bytes& bytes) {
      std::filesystem::create_directories((folder / path).parent_path());
      if (path.ends_with(".gz"))
        write_gz(folder / path, bytes);
      else
        write_bytes(folder / path, bytes);
    });
  };
  for (const char* path :
       {"train-images.idx3-ubyte", "train-images.idx3-ubyte.gz", "raw/train-images-idx3-ubyte",
        "MNIST/raw/train-images-idx3-ubyte.gz", "train-images-idx3-ubyte/train-images-idx3-ubyte",
        "train-images.idx3-ubyte/train-images.idx3-ubyte", "train-images-idx3-ubyte/train-images.idx3-ubyte",
        "emnist-letters-train-images-idx3-ubyte.gz"}) {
    INFO(path);
    CHECK(at(path));
  }
  {  // EMNIST's own names, images and labels of both sets
    TemporaryFolder emnist, from;
    write_bars(from.path(), 7, 3, 5);
    for (const auto& [set, name] : {std::pair{"train", "train"}, std::pair{"t10k", "test"}}) {
      for (const char* kind : {"-images-idx3-ubyte", "-labels-idx1-ubyte"})
        write_gz(emnist / ("emnist-letters-" + std::string(name) + kind + ".gz"),
                 read_bytes(from / (std::string(set) + kind)));
    }
    const ImageData data = read_image_data(emnist.path(), false);
    CHECK(data.test.count() == 3);
    CHECK(data.test.labels.size() == 3);
    CHECK(data.train.labels.size() == 7);
  }
  {  // torchvision's folder of two sets; and no labels from elsewhere
    TemporaryFolder root;
    for (const char* name : {"MNIST/raw", "FashionMNIST/raw"}) {
      std::filesystem::create_directories(root / name);
      write_bars(root / name, 7, 3, 5);
    }
    CHECK(outcome(root).first == 65);
    CHECK(outcome(root).second.find("FashionMNIST/raw and ") != std::string::npos);
    std::filesystem::rename(root / "MNIST/raw/train-images-idx3-ubyte", root / kImages);
    CHECK(read_image_set(root.path(), "train", false).labels.empty());
  }
  TemporaryFolder two;
  write_bars(two.path(), 7, 3, 5);
  write_bytes(two / "emnist-train-images-idx3-ubyte", read_bytes(two / kImages));
  const auto [code, text] = outcome(two);
  CHECK(code == 65);
  CHECK(text.find("leave one of the two sets in it") != std::string::npos);
}

TEST_CASE("any classes can be trained on, and advice is given only where it helps") {
  TemporaryFolder folder;
  write_bars(folder.path(), 20, 5, 6);
  Bytes labels = idx_labels(20);
  labels[8 + 13] = 61;
  write_bytes(folder / kLabels, labels);
  CHECK(read_image_set(folder.path(), "train", false).labels[13] == 61);
  write_bytes(folder / kLabels, idx_labels(19));
  CHECK(outcome(folder).second.find("fetch") == std::string::npos);
  labels.pop_back();
  write_bytes(folder / kLabels, labels);
  CHECK(outcome(folder).second.find("fetch the file again") != std::string::npos);
}

TEST_CASE("dark ink on white is turned around, and what cannot be learned from is said") {  // N20
  TemporaryFolder folder;
  write_bars(folder.path(), 20, 5, 6);
  const ImageSet bars = read_image_set(folder.path(), "train", false);
  CHECK(bars.notes.empty());
  const auto with = [&](const std::function<std::uint8_t(std::size_t)>& pixel) {
    Bytes bytes = read_bytes(folder / kImages);
    for (std::size_t i = 16; i < bytes.size(); ++i) bytes[i] = pixel(i - 16);
    TemporaryFolder other;
    write_bytes(other / kImages, bytes);
    return read_image_set(other.path(), "train", false);
  };
  const auto inside = [](std::size_t i) { return i % 36 == 14 || i % 36 == 15 || i % 36 == 20; };
  const ImageSet dark =
      with([&](std::size_t i) { return static_cast<std::uint8_t>(inside(i) ? i % 50 : 255); });
  CHECK(dark.notes == std::vector<std::string>{
                          "the images are dark on white and were turned around: here 0 is background"});
  CHECK(dark.pixels[0] == 0);
  CHECK(dark.pixels[14] == 255 - 14);
  CHECK(with([&](std::size_t i) { return static_cast<std::uint8_t>(inside(i) ? i % 50 : 0); }).pixels[0] ==
        0);
  for (const std::uint8_t all : {std::uint8_t{0}, std::uint8_t{255}, std::uint8_t{9}}) {
    const ImageSet flat = with([&](std::size_t) { return all; });
    CHECK(flat.pixels[0] == all);
    REQUIRE(flat.notes.size() == 1);
    CHECK(flat.notes[0].find("nothing to learn") != std::string::npos);
  }
  CHECK(with([](std::size_t i) { return static_cast<std::uint8_t>(i % 36); }).notes ==
        std::vector<std::string>{"all images are the same"});
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

TEST_CASE("without a file of labels the set is unlabelled") {
  TemporaryFolder folder;
  write_bars(folder.path(), 7, 3, 5);
  std::filesystem::remove(folder / kLabels);
  const ImageSet set = read_image_set(folder.path(), "train", false);
  CHECK(set.count() == 7);
  CHECK(set.labels.empty());
  CHECK(read_image_set(folder.path(), "t10k", false).labels.size() == 3);
}

TEST_CASE("a selection keeps images and labels together") {
  TemporaryFolder folder;
  write_bars(folder.path(), 7, 3, 5);
  const ImageSet all = read_image_set(folder.path(), "train", false);
  const std::vector<int> indices{6, 1};
  const ImageSet two = select(all, indices);
  CHECK(two.count() == 2);
  CHECK(two.labels == std::vector<std::uint8_t>{0, 1});
  CHECK(two.gray(0, 1) == all.gray(6, 1));
  CHECK(two.gray(1, 1) == all.gray(1, 1));
  CHECK(two.sha256 == all.sha256);
}

TEST_CASE("training and test images must have one size") {
  TemporaryFolder folder;
  write_bars(folder.path(), 7, 3, 5);
  write_bytes(folder / "t10k-images-idx3-ubyte", idx_images(3, 6, 1));
  CHECK_THROWS_WITH(read_image_data(folder.path(), false), folder.path().string() +
                                                               ": images are 5x5 in the training set and 6x6 "
                                                               "in the test set");
}

// ---- Data sets that we know: the four real files, of which a folder of links shows any mixture.

namespace {

const std::vector<std::string> kFour = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

void link_files(const TemporaryFolder& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    std::filesystem::create_symlink(std::filesystem::path(MNIST) / name, folder / name);
}

/// The words with which a set is refused for its data; "read as NAME" when it is not.
std::string reading(const TemporaryFolder& folder, bool allow_modified = false) {
  try {
    return "read as " + read_image_set(folder.path(), "t10k", allow_modified).name;
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::kBadData);
    return failure.what();
  }
}

/// The file with one bit flipped in the last quarter.
void flip(const TemporaryFolder& folder, const std::string& name) {
  Bytes bytes = read_bytes(std::filesystem::path(MNIST) / name);
  bytes[bytes.size() / 4 * 3] ^= 1;
  std::filesystem::remove(folder / name);
  write_bytes(folder / name, bytes);
}

}  // namespace

TEST_CASE("MNIST and Fashion-MNIST are known by their files") {
  const ImageData mnist = read_image_data(MNIST, false), fashion = read_image_data(FASHION_MNIST, false);
  for (const ImageSet* set : {&mnist.train, &mnist.test}) CHECK(set->name == "MNIST");
  for (const ImageSet* set : {&fashion.train, &fashion.test}) CHECK(set->name == "Fashion-MNIST");
  CHECK(fashion.train.count() == 60000);
  CHECK(fashion.test.count() == 10000);
  CHECK(fashion.train.sha256 == "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");

  TemporaryFolder mixed;  // each half is known, but of another data set
  link_files(mixed, {kFour[0], kFour[1]});
  for (const std::string& name : {kFour[2] + ".gz", kFour[3] + ".gz"})
    std::filesystem::create_symlink(std::filesystem::path(FASHION_MNIST) / name, mixed / name);
  CHECK_THROWS_WITH(
      read_image_data(mixed.path(), false),
      mixed.path().string() + ": images are of MNIST in the training set and Fashion-MNIST in the test set");
}

TEST_CASE("one flipped bit in any file of MNIST is refused, whatever else is there") {  // N7
  for (const std::string& damaged : {kFour[2], kFour[3]}) {
    TemporaryFolder folder;
    link_files(folder, kFour);
    flip(folder, damaged);
    const std::string text = reading(folder);
    CAPTURE(text);
    CHECK(text.find((folder / damaged).string() + ": its SHA-256 is ") != std::string::npos);
    CHECK(text.find("MNIST's is ") != std::string::npos);
    CHECK(text.find("--allow-modified-data") != std::string::npos);
    CHECK(reading(folder, true) == "read as ");  // another data set
  }
  TemporaryFolder pair;  // both files of the pair damaged, or the labels lost: the other pair tells
  link_files(pair, kFour);
  flip(pair, kFour[2]);
  flip(pair, kFour[3]);
  CHECK(reading(pair).find("t10k-images-idx3-ubyte: its SHA-256 is ") != std::string::npos);
  std::filesystem::remove(pair / kFour[3]);
  CHECK(reading(pair).find("t10k-images-idx3-ubyte: its SHA-256 is ") != std::string::npos);
}

TEST_CASE("another data set of MNIST's size is taken as it is") {
  TemporaryFolder folder;
  Bytes images = idx_header(0x803, {60000, 1, 1});
  images.resize(images.size() + 60000);
  write_bytes(folder / kImages, images);
  write_bytes(folder / kLabels, idx_labels(60000));
  const ImageSet set = read_image_set(folder.path(), "train", false);
  CHECK(set.name == "");
  CHECK(set.sha256 == sha256(images));
  // but not when a file of MNIST lies beside it
  std::filesystem::create_symlink(std::filesystem::path(MNIST) / kLabels, folder / "mnist");
  std::filesystem::rename(folder / "mnist", folder / kLabels);
  CHECK(outcome(folder).first == 65);
}
