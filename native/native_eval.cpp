// native_eval: what a weights file is worth, from the file alone and through the code that browsers run.
// argv in, text out; the only printing and the only catch.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "native/evaluate.hpp"
#include "native/failure.hpp"
#include "native/output_file.hpp"
#include "native/progress.hpp"
#include "native/sheets.hpp"
#include "shared/model.hpp"

namespace {

using namespace vae;

struct Options {
  std::string weights, data = "build/mnist", json, png;
  std::uint64_t seed = 1;
  bool allow_modified_data = false;
};

void add_options(CLI::App& app, Options& o) {
  app.description(
      "Evaluates a weights file on a data set's test images: reconstruction, KL and -ELBO in nats per image, "
      "z "
      "sampled,\n"
      "gray pixels.");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("weights", o.weights, "weights file")->type_name("WEIGHTS");
  app.add_option("--data", o.data, "folder with IDX files or PNGs, as native_train takes it [build/mnist]")
      ->type_name("DIR");
  app.add_option("--json", o.json, "write the numbers as JSON")->type_name("FILE");
  app.add_option("--png", o.png, "write a sheet: inputs above reconstructions, samples, interpolations")
      ->type_name("FILE");
  app.add_option("--seed", o.seed, "of the samples on the sheet [1]")->type_name("N");
  app.add_flag("--allow-modified-data", o.allow_modified_data,
               "accept a damaged or exchanged file beside files of MNIST or Fashion-MNIST");
  app.footer("Exit codes: 0 ok, 2 usage, 65 bad data, 66 missing input, 74 cannot read or write.");
}

Model load_model(const std::string& path) {
  const std::vector<std::byte> bytes = read_file(path, FileLimits{}.bytes);
  auto model = Model::load(bytes);
  if (!model) {
    throw Failure(Exit::kBadData, path + ": " + model.error().message + " [" +
                                      std::string(code_name(model.error().code)) + "]");
  }
  return std::move(*model);
}

Evaluation evaluate_with_progress(Model& model, const ImageSet& test) {
  ProgressLine line;
  const auto start = std::chrono::steady_clock::now();
  return evaluate(model, test, Pixels::kGray, [&](int done) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    line.show(std::to_string(done) + " of " + std::to_string(test.count()) + " images  " +
              thousands(static_cast<long long>(done / seconds)) + " images/s  " +
              duration(seconds / done * (test.count() - done)) + " left");
  });
}

void print(const Options& o, const Model& model, const Evaluation& e) {
  std::printf("%s: %s\n", o.weights.c_str(), to_string(model.spec()).c_str());
  if (!model.fact("config").empty())
    std::printf("trained with %s\n", std::string(model.fact("config")).c_str());
  std::printf("test, %s images, one z drawn for each, gray pixels:\n", thousands(e.images).c_str());
  std::printf("  reconstruction %8.3f nats\n", e.reconstruction);
  std::printf("  KL             %8.3f nats\n", e.kl);
  std::printf("  -ELBO          %8.3f nats\n", e.neg_elbo);
  std::printf("  at z = mu      %8.3f nats (not an ELBO)\n", e.neg_elbo_at_mu);
  if (model.spec().likelihood == Likelihood::kSquaredError) {
    std::printf("  (squared error: a normal likelihood of variance 1/2 without its constant)\n");
  }
}

std::string json(const Evaluation& e) {
  char text[256];
  std::snprintf(text, sizeof text,
                "{\"reconstruction\": %.6f, \"kl\": %.6f, \"neg_elbo\": %.6f, \"neg_elbo_at_mu\": %.6f, "
                "\"images\": %d}\n",
                e.reconstruction, e.kl, e.neg_elbo, e.neg_elbo_at_mu, e.images);
  return text;
}

std::vector<float> decode(Model& model, std::span<const float> z) {
  auto images = model.decode(z);
  if (!images) throw Failure(Exit::kBadData, images.error().message);
  return std::move(*images);
}

void write_sheet(const Options& o, Model& model, const ImageSet& test) {
  if (test.count() < kOverviewInputs) throw Failure(Exit::kBadData, "too few test images for a sheet");
  const std::vector<float> inputs = test.gray(0, kOverviewInputs);
  const auto q = model.encode(inputs);
  if (!q) throw Failure(Exit::kBadData, q.error().message);
  const Generator generator{[&](std::span<const float> z) { return decode(model, z); }, model.latent(),
                            model.spec().image};
  write_file(o.png, overview_png(generator, inputs, q->mu, o.seed));
  std::printf(
      "wrote %s: %d test images above their reconstructions (z = mu), %d samples (seed %llu), %d "
      "interpolations\n",
      o.png.c_str(), kOverviewInputs, kOverviewSamples, static_cast<unsigned long long>(o.seed),
      kOverviewStrips);
}

void run(const Options& o) {
  Model model = load_model(o.weights);
  const ImageSet test = read_image_set(o.data, "t10k", o.allow_modified_data);
  if (test.shape != model.spec().image) {
    throw Failure(Exit::kBadData, o.data + ": its images are " + std::to_string(test.shape.height) + "x" +
                                      std::to_string(test.shape.width) + ", not what " + o.weights +
                                      " was trained on");
  }
  const Evaluation e = evaluate_with_progress(model, test);
  if (!std::isfinite(e.neg_elbo) || !std::isfinite(e.neg_elbo_at_mu)) {
    throw Failure(Exit::kBadData,
                  o.weights + ": its losses are not finite; train again with a smaller learning rate");
  }
  print(o, model, e);
  if (!o.json.empty()) {
    const std::string text = json(e);
    write_file(o.json, std::as_bytes(std::span(text)));
  }
  if (!o.png.empty()) write_sheet(o, model, test);
}

int fail(Exit code, const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "native_eval: %s\n", message.c_str());
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);
  Options options;
  CLI::App app;
  add_options(app, options);
  try {
    app.parse(argc, argv);
    if (options.weights.empty()) return fail(Exit::kUsage, "name a weights file; see native_eval --help");
    run(options);
    flush_output();
    return 0;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& e) {
    return fail(Exit::kUsage, std::string(e.what()) + "; see native_eval --help");
  } catch (const Failure& e) {
    return fail(e.code, e.what());
  } catch (const std::bad_alloc&) {
    return fail(Exit::kDevice, "out of memory");
  } catch (const std::exception& e) {
    return fail(Exit::kDiverged, e.what());
  }
}
