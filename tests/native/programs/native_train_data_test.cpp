// The programs and their data: data sets of every kind, what a run stores of its latent space, the
// digits file.
#include <cmath>
#include <sstream>

#include "native/data/dataset.hpp"
#include "native/figures/canvas.hpp"
#include "native/support/output_file.hpp"
#include "shared/base/encoding.hpp"
#include "shared/file/digits_file.hpp"
#include "shared/model/model.hpp"
#include "tests/catch.hpp"
#include "tests/native/program.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

TEST_CASE("what a run learned about its latent space is in its file, for every precision") {
  TemporaryFolder folder;
  write_bars(folder.path());
  // Bars at one place each: a class is one cloud then, and its mean a member of it.
  for (const auto& [name, count] :
       {std::pair{"train-images-idx3-ubyte", 640u}, {"t10k-images-idx3-ubyte", 200u}}) {
    Bytes bytes = idx_header(0x803, {count, 12, 12});
    for (std::uint32_t i = 0; i < count; ++i) {
      for (std::uint32_t p = 0; p < 144; ++p) {
        const std::uint32_t across = i % 2 == 0 ? p % 12 : p / 12;
        bytes.push_back(static_cast<std::uint8_t>(across == 5 ? 150 + i * 7 % 100 : 0));
      }
    }
    write_bytes(folder / name, bytes);
  }
  const std::string f32 = folder / "a.bin", int8 = folder / "b.bin";
  REQUIRE(run(folder, train(folder, "--epochs 30 --lr 3e-3 --out " + f32)).code == 0);
  REQUIRE(run(folder, train(folder, "--epochs 0 --precision int8 --init " + f32 + " --out " + int8)).code ==
          0);
  for (const std::string& path : {f32, int8}) {
    Model model = *Model::load(read_file(path, FileLimits{}.bytes));
    CHECK(model.metadata("anchor_labels") == "0 1");
    for (const char* key : {"anchor_std", "latent_mean", "principal_axes", "principal_variances",
                            "test_kl_per_dimension", "test_active_units"}) {
      CAPTURE(key);
      CHECK_FALSE(model.metadata(key).empty());
    }
    std::vector<float> anchors;
    REQUIRE(decode_floats(model.metadata("anchor_mean"), anchors));
    const std::vector<float> images = *model.decode(anchors);  // (2, 12, 12)
    // Along which way does the ink vary? Label 0 stands: its columns differ; label 1 lies: its rows do.
    for (int label : {0, 1}) {
      std::vector<double> rows(12), columns(12);
      for (std::size_t p = 0; p < 144; ++p) {
        rows[p / 12] += images[static_cast<std::size_t>(label) * 144 + p];
        columns[p % 12] += images[static_cast<std::size_t>(label) * 144 + p];
      }
      const auto range = [](const std::vector<double>& sums) {
        const auto [low, high] = std::minmax_element(sums.begin(), sums.end());
        return *high - *low;
      };
      CAPTURE(label, range(rows), range(columns));
      CHECK((label == 0 ? range(columns) > 2 * range(rows) : range(rows) > 2 * range(columns)));
    }
  }
  CHECK(Model::load(read_file(f32, FileLimits{}.bytes))->metadata("anchor_mean") !=
        Model::load(read_file(int8, FileLimits{}.bytes))->metadata("anchor_mean"));
}

TEST_CASE("a latent space too wide for the header is trained and stored without its axes") {
  TemporaryFolder folder;
  write_bars(folder.path(), 20, 10);
  const std::string out = folder / "w.bin";
  REQUIRE(run(folder, kTrain + " --data " + folder.path().string() +
                          " --hidden 32 --steps 1 --latent 4096 --out " + out)
              .code == 0);
  const Model model = *Model::load(read_file(out, FileLimits{}.bytes));
  CHECK_FALSE(model.metadata("test_kl_per_dimension").empty());
  CHECK(model.metadata("principal_axes").empty());
  CHECK(model.metadata("anchor_mean").empty());
}

TEST_CASE("Fashion-MNIST, Debian's own files, is a data set like MNIST") {
  TemporaryFolder folder;
  const std::string out = folder / "w.bin", data = " --data " FASHION_MNIST;
  const Outcome trained = run(folder, kTrain + data + " --steps 20 --hidden 32 --latent 3 --out " + out);
  CAPTURE(trained.out, trained.err);
  REQUIRE(trained.code == 0);
  CHECK(contains(trained.out, ": Fashion-MNIST, 60 000 training and 10 000 test images of 28x28\n"));
  const Model model = *Model::load(read_file(out, FileLimits{}.bytes));
  CHECK(model.metadata("dataset_sha256") ==
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");
  CHECK(model.metadata("anchor_labels") == "0 1 2 3 4 5 6 7 8 9");
  CHECK(run(folder, kEval + " " + out + data).code == 0);
}

TEST_CASE("a folder of PNGs trains as the same images in IDX files do") {
  TemporaryFolder idx, png;
  write_bars(idx.path(), 100, 40);
  for (const char* part : {"train", "t10k"}) {
    const ImageSet set = read_image_set(idx.path(), part, false);
    std::filesystem::create_directory(png / part);
    for (int i = 0; i < set.count(); ++i) {
      Canvas canvas(12, 12);
      for (int p = 0; p < 144; ++p) {
        const std::uint8_t b = set.pixels[static_cast<std::size_t>(i * 144 + p)];
        canvas.set(p % 12, p / 12, {b, b, b});
      }
      write_file(png / (std::string(part) + '/' + std::to_string(1000 + i) + ".png"), canvas.png());
    }
  }
  const auto trained = [&](const TemporaryFolder& data) {
    const Outcome o = run(data, train(data, "--epochs 2 --out " + (data / "w.bin").string()));
    CAPTURE(o.err);
    REQUIRE(o.code == 0);
    return o.out;
  };
  trained(idx);
  CHECK(contains(trained(png),
                 "an unknown data set (SHA-256 recorded, not checked), 100 training "
                 "and 40 test images of 12x12, without labels\n"));
  const Model a = *Model::load(read_file(idx / "w.bin", FileLimits{}.bytes)),
              b = *Model::load(read_file(png / "w.bin", FileLimits{}.bytes));
  CHECK(a.metadata("test_neg_elbo") == b.metadata("test_neg_elbo"));
  CHECK(a.metadata("principal_axes") == b.metadata("principal_axes"));
  CHECK(b.metadata("anchor_mean").empty());  // no labels
  CHECK(b.metadata("dataset_sha256").size() == 64);
  std::filesystem::remove_all(png / "t10k");
  CHECK(contains(trained(png),
                 "90 training and 10 test images of 12x12, without labels, every tenth image "
                 "held out as the test set\n"));
  check_failure(run(png, kDigits + " --out x --data " + png.path().string()), 66, "no labels");
}

TEST_CASE("native_digits writes the first test images of each class, byte for byte") {
  TemporaryFolder folder;
  Bytes labels = idx_header(0x801, {60});
  for (int i = 0; i < 60; ++i) labels.push_back(static_cast<std::uint8_t>(9 - i / 2 % 10));
  write_bytes(folder / "t10k-images-idx3-ubyte", idx_images(60, 12, 2));
  write_bytes(folder / "t10k-labels-idx1-ubyte", labels);
  const std::string out = folder / "digits.bin", command = kDigits + " --data " + folder.path().string();
  const Outcome o = run(folder, command + " --per-class 3 --out " + out);
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  const std::vector<std::byte> bytes = read_file(out, FileLimits{}.bytes);
  const auto view = read_weights(bytes, kDigitsLimits);
  REQUIRE(view);
  CHECK(view->get("image") == "1x12x12");
  const ImageSet test = read_image_set(folder.path(), "t10k", false);
  CHECK(view->get("dataset_sha256") == test.sha256);
  std::vector<float> images(30 * 144), classes(30);
  REQUIRE(dequantize(*view->find("images"), nullptr, images));
  REQUIRE(dequantize(*view->find("labels"), nullptr, classes));
  std::istringstream indices{std::string(view->get("test_indices"))};
  for (std::size_t i = 0, previous = 0; i < 30; ++i) {
    std::size_t index = 0;
    REQUIRE(indices >> index);
    CHECK(classes[i] == static_cast<float>(i / 3));
    CHECK(test.labels.at(index) == i / 3);
    CHECK((i % 3 == 0 || index > previous));
    previous = index;
    for (std::size_t p = 0; p < 144; ++p)
      REQUIRE(std::lround(images[i * 144 + p] * 255) == test.pixels[index * 144 + p]);
  }
  CHECK(contains(std::string(view->get("test_indices")), "18 19 38 "));  // the first zeros

  check_failure(run(folder, command), 2, "--out");
  check_failure(run(folder, command + " --per-class 7 --out " + out), 65, "6 test images of label 0");
  check_failure(run(folder, command + " --out " + (folder / "none" / "x").string()), 74, "none/x");
  check_failure(run(folder, kDigits + " --data " + (folder / "none").string() + " --out " + out), 66, "none");
}

TEST_CASE("the digits in the tree are MNIST's") {
  const std::vector<std::byte> bytes = read_file(ASSETS "/digits.bin", FileLimits{}.bytes);
  const auto view = read_weights(bytes, kDigitsLimits);
  REQUIRE(view);
  CHECK(view->find("images")->shape == Dims{3, {200, 28, 28}});
  TemporaryFolder folder;
  const std::string out = folder / "digits.bin";
  REQUIRE(run(folder, kDigits + " --data " BUILD "/mnist --out " + out).code == 0);
  CHECK((read_file(out, FileLimits{}.bytes) == bytes));
}
