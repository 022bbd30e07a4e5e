// native_train: argv in, text out. The only printing and the only catch of the trainer.
#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "native/evaluate.hpp"
#include "native/export.hpp"
#include "native/failure.hpp"
#include "native/output_file.hpp"
#include "native/progress.hpp"
#include "native/train.hpp"
#include "shared/model.hpp"

namespace {

using namespace vae;

std::atomic<int> interrupted = 0;

/// The first signal asks the loop to end after its step; the second ends the process at once.
extern "C" void on_signal(int signal) {
  if (interrupted.exchange(signal) != 0) _exit(128 + signal);
}

struct Options {
  std::string out, data = "build/mnist", device = "auto", precision = "f32", schedule = "constant";
  int latent = 20, hidden = 400, threads = 1;
  bool allow_modified_data = false;
  TrainConfig train;
};

void add_options(CLI::App& app, Options& o) {
  app.description(
      "Trains a variational autoencoder (784-400-20, Bernoulli) on MNIST and writes its weights.\n"
      "Losses are nats per image: reconstruction + KL = -ELBO, with z sampled and gray pixels.\n"
      "The defaults are the PyTorch example's setting (test -ELBO about 105.6 after epoch 10); for the best\n"
      "weights of this network: --epochs 60 --schedule one-cycle --lr 3e-3.");
  app.option_defaults()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);  // later flags win: make train ARGS=
  // Validators describe themselves in --help; the texts here say it in words.
  const auto range = [](auto low, auto high) { return CLI::Range(low, high).description(""); };
  const auto one_of = [](std::vector<std::string> words) { return CLI::IsMember(words).description(""); };
  const auto number_above = [](double low, bool inclusive, const char* problem) {
    return CLI::Validator(
        [=](const std::string& text) {
          const double x = std::strtod(text.c_str(), nullptr);  // NaN and infinity fail the comparison
          return x < std::numeric_limits<double>::infinity() && (x > low || (inclusive && x == low))
                     ? ""
                     : problem;
        },
        "");
  };
  app.add_option("--out", o.out, "weights file to write (required); replaced only when training has finished")
      ->type_name("FILE");
  app.add_option("--data", o.data, "folder with MNIST's four IDX files, raw or .gz [build/mnist]")
      ->type_name("DIR");
  app.add_option("--epochs", o.train.epochs, "passes over the training images [10]")
      ->type_name("N")
      ->check(range(0, 1000000));
  app.add_option("--batch-size", o.train.batch_size, "images per step [128]")
      ->type_name("N")
      ->check(range(1, 60000));
  app.add_option("--lr", o.train.learning_rate, "Adam's learning rate, the peak for one-cycle [0.001]")
      ->type_name("RATE")
      ->check(number_above(0, false, "must be a number above 0"));
  app.add_option("--schedule", o.schedule, "learning rate over time: constant or one-cycle [constant]")
      ->type_name("WORD")
      ->check(one_of({"constant", "one-cycle"}));
  app.add_option("--latent", o.latent, "dimensions of z [20]")->type_name("N")->check(range(1, 4096));
  app.add_option("--hidden", o.hidden, "units of each hidden layer [400]")
      ->type_name("N")
      ->check(range(1, 65536));
  app.add_option("--beta", o.train.beta, "weight of the KL term; 1 is the ELBO [1]")
      ->type_name("WEIGHT")
      ->check(number_above(0, true, "must be 0 or a number above"));
  app.add_option("--seed", o.train.seed, "of initialisation, shuffling and noise: same seed, same file [1]")
      ->type_name("N")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.find_first_not_of("0123456789") == std::string::npos
                       ? ""
                       : "must be a whole number, 0 or above";
          },
          ""));
  app.add_option("--threads", o.threads, "CPU threads; one is fastest for small networks [1]")
      ->type_name("N")
      ->check(range(1, 1024));
  app.add_option("--device", o.device, "auto, cpu or cuda; auto takes a GPU when there is one [auto]")
      ->type_name("WORD")
      ->check(one_of({"auto", "cpu", "cuda"}));
  app.add_option("--precision", o.precision, "of the stored weights: f32 or f16 (half the file) [f32]")
      ->type_name("WORD")
      ->check(one_of({"f32", "f16"}));
  app.add_flag("--allow-modified-data", o.allow_modified_data,
               "accept MNIST files whose SHA-256 is not MNIST's");
  app.footer(
      "Exit codes: 0 ok, 2 usage, 65 bad data, 66 missing input, 69 device, 70 diverged, 74 cannot read or "
      "write,\n"
      "75 output in use by another run, 130/143 interrupted (the weights so far are kept as "
      "FILE.interrupted;\n"
      "a second Ctrl-C ends at once).");
}

/// LibTorch's threads, and those of OpenBLAS where LibTorch computes with it: results depend on both to the
/// last bit.
void set_threads(int threads) {
  torch::set_num_threads(threads);
  if (void* openblas = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
    reinterpret_cast<void (*)(int)>(openblas)(threads);
  }
}

torch::Device choose_device(const std::string& wish) {
  const bool cuda = torch::cuda::is_available();
  if (wish == "cuda" && !cuda) {
    throw Failure(Exit::kDevice,
                  "--device cuda: this LibTorch sees no CUDA device; use --device cpu or auto");
  }
  return wish != "cpu" && cuda ? torch::kCUDA : torch::kCPU;
}

std::string formatted(const char* format, auto... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::int64_t parameter_count(VaeImpl& model) {
  std::int64_t count = 0;
  for (const torch::Tensor& p : model.parameters()) count += p.numel();
  return count;
}

/// What a run was, without paths, times and hosts: the same seed gives the same file.
Metadata training_facts(const Options& o, const torch::Device& device, const ImageData& data,
                        const TrainResult& result) {
  const TrainConfig& t = o.train;
  const std::string config = formatted(
      "epochs=%d batch_size=%d lr=%g schedule=%s beta=%g optimizer=adam pixels=gray seed=%llu threads=%d "
      "device=%s "
      "precision=%s",
      t.epochs, t.batch_size, t.learning_rate, o.schedule.c_str(), t.beta,
      static_cast<unsigned long long>(t.seed), device.is_cpu() ? torch::get_num_threads() : 0,
      device.is_cpu() ? "cpu" : "cuda", o.precision.c_str());
  return {{"library", "digit-vae 1.0.0, LibTorch " TORCH_VERSION},
          {"config", config},
          {"seed", std::to_string(t.seed)},
          {"epochs", std::to_string(result.epochs)},
          {"steps", std::to_string(result.steps)},
          {"train_images", std::to_string(data.train.count())},
          {"dataset_sha256", data.train.sha256}};
}

Model load_back(const std::vector<std::byte>& bytes) {
  auto model = Model::load(bytes);
  if (!model) throw std::runtime_error("the exported weights do not load: " + model.error().message);
  return std::move(*model);
}

void add_test_facts(Metadata& facts, const Evaluation& e) {
  facts.emplace_back("test_images", std::to_string(e.images));
  facts.emplace_back("test_pixels", "gray");
  facts.emplace_back("test_reconstruction", formatted("%.4f", e.reconstruction));
  facts.emplace_back("test_kl", formatted("%.4f", e.kl));
  facts.emplace_back("test_neg_elbo", formatted("%.4f", e.neg_elbo));
  facts.emplace_back("test_neg_elbo_at_mu", formatted("%.4f", e.neg_elbo_at_mu));
}

/// Progress on the terminal and one line an epoch.
class Reporter {
 public:
  explicit Reporter(const TrainConfig& config) : config_(config) {}

  void step(const StepReport& r) {
    images_ += r.images;
    epoch_images_ += r.images;
    sum_.reconstruction += r.batch.reconstruction * r.images;
    sum_.kl += r.batch.kl * r.images;
    seconds_left_ = seconds() / static_cast<double>(r.step) * static_cast<double>(r.steps - r.step);
    if (!line_.on_terminal()) return;
    const double n = static_cast<double>(epoch_images_);
    line_.show(formatted("epoch %d/%d  %3.0f %%  train %.2f + %.2f = %.2f  ", r.epoch, config_.epochs,
                         100.0 * static_cast<double>(r.step) / static_cast<double>(r.steps),
                         sum_.reconstruction / n, sum_.kl / n, sum_.neg_elbo() / n) +
               rate() + "  " + duration(seconds_left_) + " left");
  }

  void epoch(const EpochReport& r) {
    line_.log(formatted("epoch %*d/%d  train %.2f + %.2f = %.2f  test %.2f + %.2f = %.2f  ",
                        static_cast<int>(std::to_string(config_.epochs).size()), r.epoch, config_.epochs,
                        r.train.reconstruction, r.train.kl, r.train.neg_elbo(), r.test.reconstruction,
                        r.test.kl, r.test.neg_elbo()) +
              rate() + (r.epoch < config_.epochs ? "  " + duration(seconds_left_) + " left" : ""));
    sum_ = {};
    epoch_images_ = 0;
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  std::string rate() const {
    return thousands(static_cast<long long>(static_cast<double>(images_) / seconds())) + " images/s";
  }

  const TrainConfig& config_;
  ProgressLine line_;
  Losses sum_;
  long long images_ = 0, epoch_images_ = 0;
  double seconds_left_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void report_test(const Evaluation& e) {
  std::printf(
      "test, %s images, one z drawn for each, gray pixels, read back from the file:\n"
      "  reconstruction %8.3f nats\n  KL             %8.3f nats\n  -ELBO          %8.3f nats\n",
      thousands(e.images).c_str(), e.reconstruction, e.kl, e.neg_elbo);
}

std::string megabytes(std::size_t bytes) { return formatted("%.2f MB", static_cast<double>(bytes) / 1e6); }

/// After a signal: the weights so far go beside the output, which stays as it was.
int keep_interrupted(const Options& o, const std::vector<std::byte>& file, const TrainResult& result) {
  const std::string kept = o.out + ".interrupted";
  write_file(kept, file);
  std::fprintf(stderr,
               "native_train: interrupted after step %lld; the weights so far are in %s, %s is untouched\n",
               static_cast<long long>(result.steps), kept.c_str(), o.out.c_str());
  return 128 + interrupted;
}

int run(Options& o) {
  const torch::Device device = choose_device(o.device);
  set_threads(o.threads);
  const OutputLock lock(o.out);
  ImageData data;
  data.train = read_image_set(o.data, "train", o.allow_modified_data);
  data.test = read_image_set(o.data, "t10k", o.allow_modified_data);
  if (data.test.shape != data.train.shape)
    throw Failure(Exit::kBadData, o.data + ": test images have another size");

  const ModelSpec spec = mlp(data.train.shape, o.hidden, o.latent);
  if (const std::string problem = check(spec); !problem.empty()) throw Failure(Exit::kUsage, problem);
  Vae model(spec);
  initialize(*model, o.train.seed);
  const Dtype precision = o.precision == "f16" ? Dtype::kF16 : Dtype::kF32;
  if (const auto fits = Model::load(export_weights(*model, precision, {})); !fits) {  // now, not after hours
    throw Failure(Exit::kUsage, "this model does not fit a weights file: " + fits.error().message);
  }
  model->to(device);
  std::printf("model   %lld-%d-%d, %s parameters, seed %llu\n",
              static_cast<long long>(data.train.shape.size()), o.hidden, o.latent,
              thousands(parameter_count(*model)).c_str(), static_cast<unsigned long long>(o.train.seed));
  std::printf("data    %s, %s training and %s test images of %dx%d\n", o.data.c_str(),
              thousands(data.train.count()).c_str(), thousands(data.test.count()).c_str(),
              data.train.shape.height, data.train.shape.width);
  if (device.is_cpu()) {
    std::printf("device  cpu, %d thread%s (LibTorch " TORCH_VERSION ")\n", torch::get_num_threads(),
                torch::get_num_threads() == 1 ? "" : "s");
  } else {
    std::printf("device  cuda (LibTorch " TORCH_VERSION ")\n");
  }
  std::printf("losses  reconstruction + KL = -ELBO, nats per image\n");
  std::fflush(stdout);

  TrainResult result;
  {
    Reporter reporter(o.train);
    result = train(model, data, o.train,
                   {[&](const StepReport& r) { reporter.step(r); },
                    [&](const EpochReport& r) { reporter.epoch(r); }, [] { return interrupted != 0; }});
  }
  Metadata facts = training_facts(o, device, data, result);
  if (interrupted != 0) return keep_interrupted(o, export_weights(*model, precision, facts), result);
  Model exported = load_back(export_weights(*model, precision, facts));
  const Evaluation test = evaluate(exported, data.test);
  add_test_facts(facts, test);
  const std::vector<std::byte> file = export_weights(*model, precision, facts);
  if (interrupted != 0) return keep_interrupted(o, file, result);
  write_file(o.out, file);
  report_test(test);
  std::printf("wrote   %s (%s)\n", o.out.c_str(), megabytes(file.size()).c_str());
  flush_output();
  return 0;
}

/// The first line of what LibTorch throws: the rest is a stack of its own.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int fail(Exit code, const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "native_train: %s\n", message.c_str());
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of write(), not the end
  Options options;
  CLI::App app;
  add_options(app, options);
  try {
    app.parse(argc, argv);
    if (options.out.empty()) return fail(Exit::kUsage, "--out FILE is required; see native_train --help");
    options.train.schedule = options.schedule == "constant" ? Schedule::kConstant : Schedule::kOneCycle;
    return run(options);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& e) {
    return fail(Exit::kUsage, first_line(e.what()) + "; see native_train --help");
  } catch (const Failure& e) {
    return fail(e.code, e.what());
  } catch (const c10::Error& e) {
    const std::string text = first_line(e.what_without_backtrace());
    if (text.find("out of memory") == std::string::npos) return fail(Exit::kDiverged, text);
    return fail(Exit::kDevice, "the device is out of memory; try a smaller --batch-size or --device cpu");
  } catch (const std::bad_alloc&) {
    return fail(Exit::kDevice, "out of memory; try a smaller --batch-size, --hidden or --latent");
  } catch (const std::exception& e) {
    return fail(Exit::kDiverged, first_line(e.what()));
  }
}
