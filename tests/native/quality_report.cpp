// quality WEIGHTS...: a table of how good the digits of weights files are (tests/native/quality.hpp), beside
// what the page's default model must reach. The classifier is trained once and kept.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <thread>

#include "native/eval/evaluate.hpp"
#include "native/eval/nll.hpp"
#include "native/programs/program.hpp"
#include "native/support/output_file.hpp"
#include "native/support/progress.hpp"
#include "shared/model/image_losses.hpp"
#include "tests/native/quality.hpp"

namespace {

using namespace vae;
using namespace vae::testing;

struct Options {
  std::vector<std::string> weights;
  std::string data = "build/mnist", classifier = "build/quality/classifier.pt";
  int samples = 10000, images = 10000, nll = 0, epochs = 14;
};

struct Column {
  std::string name, bytes, nll = "";
  Quality quality;
};

std::vector<Model> load(const std::string& path, std::size_t& bytes) {
  const std::vector<std::byte> file = read_file(path, FileLimits{}.bytes);
  bytes = file.size();
  std::vector<Model> models;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
    models.push_back(value_or_throw(Model::load(file)));
  return models;
}

Classifier trained_classifier(const Options& o, const ImageData& data) {
  Classifier classifier;
  if (std::filesystem::exists(o.classifier)) {
    classifier.load(o.classifier);
  } else {
    std::printf("training the classifier, %d epochs (minutes); %s keeps it\n", o.epochs,
                o.classifier.c_str());
    std::fflush(stdout);
    ImageProgress line(o.epochs * data.train.count());
    classifier.train(data.train, o.epochs, [&](int done) { line.show(done); });
    std::filesystem::create_directories(std::filesystem::path(o.classifier).parent_path());
    classifier.save(o.classifier);
  }
  std::printf("classifier: %.2f %% of the test images right (must be 99.3)\n",
              100 * classifier.accuracy(data.test));
  return classifier;
}

std::string nll(std::vector<Model>& models, const ImageSet& test, int samples) {
  std::printf("NLL, %d importance samples for each of %s images (hours for 5000 and all)\n", samples,
              thousands(test.count()).c_str());
  std::fflush(stdout);
  const Pixels pixels = trained_pixels(models[0]);
  ImageProgress line(test.count());
  const std::vector<double> all =
      negative_log_likelihoods(models, test, pixels, samples, [&](int done) { line.show(done); });
  char text[40];
  std::snprintf(text, sizeof text, "%.2f", std::accumulate(all.begin(), all.end(), 0.0) / test.count());
  return text;
}

Column measure(const std::string& path, const Options& o, Classifier& classifier, const ImageSet& test,
               bool first) {
  std::size_t bytes = 0;
  std::vector<Model> models = load(path, bytes);
  require_same_size(models[0], test);
  std::printf("%s: %s samples, requests and reconstructions\n", path.c_str(), thousands(o.samples).c_str());
  std::fflush(stdout);
  ImageProgress line(2 * o.samples + test.count());
  Column column{std::filesystem::path(path).stem().string(), thousands(static_cast<long long>(bytes)), "",
                measure_quality(models, classifier, test, o.samples, [&](int done) { line.show(done); })};
  if (first && o.nll > 0) column.nll = nll(models, test, o.nll);
  return column;
}

void print(const std::vector<Column>& columns) {
  const auto row = [&](const char* figure, const char* must, const char* aim, auto cell) {
    std::printf("| %-44s | %-9s | %-9s |", figure, must, aim);
    for (const Column& column : columns) std::printf(" %12s |", cell(column).c_str());
    std::printf("\n");
  };
  const auto percent = [](double Quality::* figure) {
    return [figure](const Column& column) {
      char text[24];
      std::snprintf(text, sizeof text, "%.2f %%", 100 * column.quality.*figure);
      return std::string(text);
    };
  };
  std::printf("\n");
  row("", "must be", "aim", [](const Column& column) { return column.name; });
  std::printf("| --- | --- | --- |");
  for (std::size_t i = 0; i < columns.size(); ++i) std::printf(" ---: |");
  std::printf("\n");
  row("bytes", "<= 330 000", "", [](const Column& column) { return column.bytes; });
  row("samples with a class at confidence >= 0.9", ">= 85 %", ">= 92 %", percent(&Quality::confident));
  row("requested class recognized", ">= 97 %", ">= 99 %", percent(&Quality::recognized));
  row("  the worst of the ten", "", "", percent(&Quality::worst_recognized));
  row("reconstructions that keep their class", ">= 98.5 %", ">= 99 %", percent(&Quality::kept));
  row("Frechet distance, samples to test set", "half of others", "", [](const Column& column) {
    char text[24];
    std::snprintf(text, sizeof text, "%.3f", column.quality.frechet);
    return std::string(text);
  });
  row("NLL, nats", "<= 83.0", "<= 82.0", [](const Column& column) { return column.nll; });
}

void run(const Options& o) {
  const ImageData data = read_image_data(o.data, false);
  Classifier classifier = trained_classifier(o, data);
  ImageSet test = data.test;
  std::vector<int> first(static_cast<std::size_t>(std::min(o.images, test.count())));
  std::iota(first.begin(), first.end(), 0);
  test = select(test, first);
  std::vector<Column> columns;
  for (const std::string& path : o.weights)
    columns.push_back(measure(path, o, classifier, test, columns.empty()));
  print(columns);
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app(
      "Measures the digits of weights files: what an independent classifier, trained on MNIST, makes of "
      "their "
      "samples,\nof requests for a class and of reconstructions; on request the first file's NLL.");
  app.add_option("weights", o.weights, "weights files")->required()->type_name("WEIGHTS");
  app.add_option("--data", o.data, "folder with MNIST's IDX files [build/mnist]")->type_name("DIR");
  app.add_option("--classifier", o.classifier,
                 "file of the classifier, trained when it is missing "
                 "[build/quality/classifier.pt]")
      ->type_name("FILE");
  app.add_option("--epochs", o.epochs, "of that training [14]")->type_name("N")->check(CLI::Range(1, 1000));
  app.add_option("--samples", o.samples, "from the prior, and as many requests [10000]")
      ->type_name("N")
      ->check(CLI::Range(1000, 1000000));
  app.add_option("--images", o.images, "only the first so many test images [10000]")
      ->type_name("N")
      ->check(CLI::Range(1000, 10000));
  app.add_option("--nll", o.nll,
                 "also the first file's NLL, from K importance samples for each image: 5000 take "
                 "hours [0: none]")
      ->type_name("K")
      ->check(CLI::Range(0, 1000000));
  try {
    app.parse(argc, argv);
    run(o);
    return 0;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (...) {
    return report_exception("quality_report");
  }
}
