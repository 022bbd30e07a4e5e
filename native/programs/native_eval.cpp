// native_eval: evaluates a weights file, from the file alone and with the code that browsers run. Prints what
// eval_report does not.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <list>
#include <numeric>
#include <thread>

#include "native/compress/gptq.hpp"
#include "native/compress/stored_as.hpp"
#include "native/eval/nll.hpp"
#include "native/programs/eval_options.hpp"
#include "native/programs/eval_report.hpp"
#include "native/programs/eval_sheets.hpp"
#include "native/programs/program.hpp"
#include "native/support/failure.hpp"
#include "native/support/npz.hpp"
#include "native/support/output_file.hpp"
#include "native/support/progress.hpp"
#include "shared/base/enum_names.hpp"
#include "shared/model/image_losses.hpp"
#include "shared/model/model.hpp"
#include "shared/spec/model_line.hpp"

namespace {

using namespace vae;

/// Loads the file called `path` once per thread.
std::vector<Model> load_models(const std::vector<std::byte>& file, const std::string& path, int count) {
  std::vector<Model> models;
  for (int i = 0; i < count; ++i) models.push_back(value_or_throw(Model::load(file), path));
  return models;
}

void require_finite(double losses, const EvalOptions& o) {
  if (std::isfinite(losses)) return;
  throw Failure(Exit::kBadData,
                o.weights + ": its losses are not finite; train again with a smaller learning rate");
}

int thread_count(const EvalOptions& o) {
  return o.threads > 0 ? o.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Pixels choose_pixels(const EvalOptions& o, const Model& model) {
  Pixels pixels = trained_pixels(model);
  parse_name(o.pixels, pixels);
  return pixels;
}

/// Reads the test set, or its first images.
ImageSet read_test_images(const EvalOptions& o) {
  ImageSet set = read_image_set(o.data, "t10k", o.allow_modified_data);
  if (o.images > set.count()) {
    throw Failure(Exit::kUsage, "--images " + std::to_string(o.images) + ": there are only " +
                                    std::to_string(set.count()) + " in " + o.data);
  }
  const int count = o.images > 0 ? o.images : set.count();
  if ((!o.png.empty() || !o.sheets.empty()) && count < kSheetImages) {
    throw Failure(Exit::kUsage, "--png and --sheets need at least " + std::to_string(kSheetImages) +
                                    " test images, not " + std::to_string(count));
  }
  if (!set.labels.empty()) set.labels.resize(static_cast<std::size_t>(count));
  set.pixels.resize(static_cast<std::size_t>(count * set.shape.size()));
  return set;
}

/// Reads the training images that int8 is fitted to; returns an empty set if the folder has only test images.
ImageSet read_train_images(const EvalOptions& o) {
  if (o.precision.empty() || precision_of(o.precision) != Dtype::kI8) return {};
  try {
    return read_image_set(o.data, "train", o.allow_modified_data);
  } catch (const Failure& failure) {
    if (failure.code == Exit::kMissingInput) return {};
    throw;
  }
}

/// Checks what can fail before an hour of work.
void check(const EvalOptions& o, const Model& model, const ImageSet& train, const ImageSet& test) {
  for (const ImageSet* set : {&test, &train}) {
    if (set->count() == 0 || set->shape == model.spec().image) continue;
    throw Failure(Exit::kBadData, o.data + ": its images are " + to_string(set->shape) + ", " + o.weights +
                                      " was trained on " + to_string(model.spec().image));
  }
  if (o.nll > 0 && model.spec().prior == Prior::kNone) {
    throw Failure(Exit::kUsage,
                  "--nll: " + o.weights + " is a plain autoencoder, which has no p(x); leave --nll out");
  }
}

/// Calls work(progress) with a progress line that also checks for signals.
template <class Work>
auto with_progress(int images, Work work) {
  ImageProgress line(images);
  return work([&line](int done) {
    throw_if_interrupted();
    line.show(done);
  });
}

Evaluation average(std::span<Model> models, const ImageSet& test, Pixels pixels, const EvalOptions& o) {
  const Evaluation e = with_progress(test.count(), [&](const Progress& progress) {
    return evaluate(models, test, pixels, progress, o.draws);
  });
  require_finite(e.neg_elbo + e.neg_elbo_at_mu, o);
  return e;
}

std::vector<ImageEvaluation> each(std::span<Model> models, const ImageSet& test, Pixels pixels) {
  return with_progress(
      test.count(), [&](const Progress& progress) { return evaluate_each(models, test, pixels, progress); });
}

Nll importance_weighted(std::span<Model> models, const ImageSet& test, Pixels pixels, const EvalOptions& o) {
  const std::vector<double> all = with_progress(test.count(), [&](const Progress& progress) {
    return negative_log_likelihoods(models, test, pixels, o.nll, progress);
  });
  const Nll nll{std::accumulate(all.begin(), all.end(), 0.0) / test.count(), o.nll};
  require_finite(nll.nll, o);
  return nll;
}

/// Evaluates the same model in the requested precision.
Stored evaluate_stored(const std::vector<std::byte>& file, const ImageSet& train, const ImageSet& test,
                       Pixels pixels, const EvalOptions& o) {
  const auto bytes =
      value_or_throw(with_progress(quantize_images(train),
                                   [&](const Progress& progress) {
                                     return stored_as(file, precision_of(o.precision), train, progress);
                                   }),
                     o.weights);
  std::vector<Model> models = load_models(bytes, o.weights + " as " + o.precision, thread_count(o));
  Stored stored{o.precision, bytes.size(), average(models, test, pixels, o).neg_elbo};
  if (o.nll > 0) stored.nll = importance_weighted(models, test, pixels, o).nll;
  return stored;
}

void print_wrote(const std::string& path) { std::printf("wrote %s\n", path.c_str()); }

void write_text(const std::string& path, const std::string& text) {
  write_file(path, std::as_bytes(std::span(text)));
  print_wrote(path);
}

/// Returns the posteriors of all test images.
std::vector<std::byte> latents_npz(const Subject& subject, const EvalOptions& o) {
  const Posterior q = with_progress(subject.test.count(), [&](const Progress& progress) {
    return encode_all(subject.model, subject.test, subject.pixels, progress);
  });
  std::vector<float> sigma;
  for (const float log_var : q.log_var) sigma.push_back(std::exp(log_var / 2));
  require_finite(std::accumulate(sigma.begin(), sigma.end(), 0.0), o);
  const std::int64_t images = subject.test.count(), latent = subject.model.latent();
  std::vector<NpzArray> arrays = {{"mu", "<f4", {images, latent}, std::as_bytes(std::span(q.mu))}};
  if (subject.model.spec().prior != Prior::kNone)
    arrays.push_back({"sigma", "<f4", {images, latent}, std::as_bytes(std::span(sigma))});
  if (!subject.test.labels.empty())
    arrays.push_back({"label", "|u1", {images}, std::as_bytes(std::span(subject.test.labels))});
  return npz(arrays);
}

void write_outputs(const EvalOptions& o, const Subject& subject, const std::vector<ImageEvaluation>& images,
                   const Nll& nll, const Stored& stored) {
  if (!o.json.empty())
    write_text(o.json, to_json(subject.model.spec(), subject.pixels, subject.evaluation, nll, stored));
  if (!o.latents.empty()) {
    write_file(o.latents, latents_npz(subject, o));
    print_wrote(o.latents);
  }
  if (!o.per_image.empty()) write_text(o.per_image, to_csv(images, subject.test.labels));
  if (!o.png.empty()) {
    write_file(o.png, overview(subject));
    print_wrote(o.png);
  }
  if (o.sheets.empty()) return;
  for (const Picture& picture : sheets(subject)) {
    const std::string path = (std::filesystem::path(o.sheets) / (picture.name + ".png")).string();
    write_file(path, picture.png);
    print_wrote(path);
  }
}

std::vector<std::string> files_to_write(const EvalOptions& o) {
  std::vector<std::string> files{o.json, o.per_image, o.latents, o.png};
  std::erase(files, "");
  return files;
}

void run(const EvalOptions& o) {
  if (o.weights.empty()) throw Failure(Exit::kUsage, "name a weights file; see native_eval --help");
  const std::vector<std::string> outputs = files_to_write(o);
  for (const std::string& output : outputs) {
    refuse_input(output, o.weights);
    refuse_input(output, o.data);
    if (std::ranges::count(outputs, output) > 1)
      throw Failure(Exit::kUsage,
                    "two of --json, --per-image, --export-latents and --png name the same file, " + output);
  }
  const std::vector<std::byte> file = read_file(o.weights, FileLimits{}.bytes);
  std::vector<Model> models = load_models(file, o.weights, thread_count(o));
  Model& model = models.front();
  const ImageSet test = read_test_images(o);
  const ImageSet train = read_train_images(o);
  check(o, model, train, test);
  const Pixels pixels = choose_pixels(o, model);
  std::list<OutputLock> locks;
  for (const std::string& output : outputs) locks.emplace_back(output);
  if (!o.sheets.empty()) {
    make_folder(o.sheets);
    locks.emplace_back(std::filesystem::path(o.sheets) / "samples.png");
  }

  const Evaluation e = average(models, test, pixels, o);
  for (const std::string& note : test.notes) std::printf("note: %s\n", note.c_str());
  print_averages(o.weights, model, pixels, e);
  Nll nll{0, o.nll};
  if (o.nll > 0) {
    nll = importance_weighted(models, test, pixels, o);
    print_nll(nll);
  }
  Stored stored;
  if (!o.precision.empty()) {
    stored = evaluate_stored(file, train, test, pixels, o);
    print_stored(stored, model.spec().prior, e, nll);
  }
  print_details(model.spec(), pixels, e);
  throw_if_interrupted();
  std::vector<ImageEvaluation> images;
  if (!o.per_image.empty()) images = each(models, test, pixels);
  write_outputs(o, {model, test, pixels, e, o.seed}, images, nll, stored);
}

}  // namespace

int main(int argc, char** argv) {
  EvalOptions options;
  CLI::App app;
  add_options(app, options);
  return run_program("native_eval", app, argc, argv, [&] { run(options); });
}
