// native_digits: writes a few test digits of every class to one small file, for a page that encodes real
// images without the data set. The file has the weights container with the format of
// shared/file/digits_file.hpp, where rounding F16 pixels gives back the exact bytes; metadata `image`
// (1x28x28), `test_indices` (of each image in the test set, separated by spaces) and `dataset_sha256`.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "native/data/dataset.hpp"
#include "native/programs/program.hpp"
#include "native/support/output_file.hpp"
#include "native/support/progress.hpp"
#include "shared/file/digits_file.hpp"
#include "shared/spec/model_line.hpp"
#include "shared/spec/model_spec.hpp"

namespace {

using namespace vae;

struct Options {
  std::string data = "build/mnist", out;
  int per_class = 20;
  bool allow_modified_data = false;
};

void add_options(CLI::App& app, Options& o) {
  app.description("Writes the first test images of each class, 0 to 9, as one small file for the page.");
  app.option_defaults()->always_capture_default();
  app.add_option("--data", o.data, "folder with IDX files or PNGs, as native_train takes it")
      ->type_name("DIR");
  app.add_option("--out", o.out, "file to write (required)")->type_name("FILE");
  app.add_option("--per-class", o.per_class, "images of each class")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  app.add_flag("--allow-modified-data", o.allow_modified_data,
               "accept a damaged or replaced file among those of MNIST or Fashion-MNIST");
  app.footer(
      "Exit codes: 0 ok, 2 usage, 65 bad data, 66 missing input, 74 cannot read or write,\n75 output in use "
      "by another run.");
}

/// Returns the indices of the first `per_class` images of each class, by class.
std::vector<int> first_of_each(const ImageSet& set, int per_class, const std::string& folder) {
  if (set.labels.empty())
    throw Failure(Exit::kMissingInput,
                  folder + ": its test images have no labels, which are needed to choose");
  std::vector<int> chosen;
  for (int label = 0; label <= 9; ++label) {
    int found = 0;
    for (int i = 0; i < set.count() && found < per_class; ++i) {
      if (set.labels[static_cast<std::size_t>(i)] != label) continue;
      chosen.push_back(i);
      ++found;
    }
    if (found < per_class) {
      throw Failure(Exit::kBadData, folder + ": has " + std::to_string(found) + " test images of label " +
                                        std::to_string(label) + ", --per-class asks for " +
                                        std::to_string(per_class));
    }
  }
  return chosen;
}

std::vector<std::byte> digits_file(const ImageSet& set, const std::vector<int>& indices) {
  const ImageSet digits = select(set, indices);
  std::string numbers;
  for (int i : indices) numbers += (numbers.empty() ? "" : " ") + std::to_string(i);
  const Metadata metadata = {
      {"image", to_string(digits.shape)}, {"test_indices", numbers}, {"dataset_sha256", digits.sha256}};
  return write_weights(
      metadata,
      {{"images",
        {3, {digits.count(), digits.shape.height, digits.shape.width}},
        digits.gray(0, digits.count()),
        Dtype::kF16},
       {"labels", {1, {digits.count()}}, {digits.labels.begin(), digits.labels.end()}, Dtype::kF32}},
      kDigitsLimits.format);
}

void run(const Options& o) {
  if (o.out.empty()) throw Failure(Exit::kUsage, "--out FILE is required; see native_digits --help");
  refuse_input(o.out, o.data);
  const OutputLock lock(o.out);
  const ImageSet test = read_image_set(o.data, "t10k", o.allow_modified_data);
  const std::vector<int> indices = first_of_each(test, o.per_class, o.data);
  const std::vector<std::byte> bytes = digits_file(test, indices);
  if (const auto view = read_weights(bytes, kDigitsLimits); !view)
    throw Failure(Exit::kUsage, "so many images do not fit into one file: " + view.error().message);
  throw_if_interrupted();
  write_file(o.out, bytes);
  std::printf("wrote %s: %zu images, %d of each class (%s bytes)\n", o.out.c_str(), indices.size(),
              o.per_class, thousands(static_cast<long long>(bytes.size())).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app;
  add_options(app, options);
  return run_program("native_digits", app, argc, argv, [&] { run(options); });
}
