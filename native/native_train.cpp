// native_train: argv in, text out. The only printing and the only catch of the trainer.
#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "native/checkpoint.hpp"
#include "native/evaluate.hpp"
#include "native/export.hpp"
#include "native/failure.hpp"
#include "native/output_file.hpp"
#include "native/progress.hpp"
#include "native/train.hpp"
#include "native/train_options.hpp"
#include "shared/model.hpp"

namespace {

using namespace vae;

std::atomic<int> interrupted = 0;

/// The first signal asks the loop to end after its step; the second ends the process at once.
extern "C" void on_signal(int signal) {
  if (interrupted.exchange(signal) != 0) _exit(128 + signal);
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

std::int64_t parameter_count(const VaeImpl& model) {
  std::int64_t count = 0;
  for (const torch::Tensor& p : model.parameters()) count += p.numel();
  return count;
}

/// What a run was, without paths, times and hosts: the same seed gives the same file.
Metadata training_facts(const TrainCommand& command, const TrainConfig& config, const torch::Device& device,
                        const ImageData& data, const Trainer& trainer) {
  return {{"library", "digit-vae 1.0.0, LibTorch " TORCH_VERSION},
          {"config", command.config_line(true) + (device.is_cpu() ? " --device cpu" : " --device cuda")},
          {"seed", std::to_string(config.seed)},
          {"epochs", std::to_string(trainer.epochs())},
          {"steps", std::to_string(trainer.step())},
          {"train_images", std::to_string(data.train.count())},
          {"dataset_sha256", data.train.sha256}};
}

Model load_back(const std::vector<std::byte>& bytes) {
  auto model = Model::load(bytes);
  if (!model) throw std::runtime_error("the exported weights do not load: " + model.error().message);
  return std::move(*model);
}

void add_test_facts(Metadata& facts, const Evaluation& e, const std::string& pixels) {
  facts.emplace_back("test_images", std::to_string(e.images));
  facts.emplace_back("test_pixels", pixels);
  facts.emplace_back("test_reconstruction", formatted("%.4f", e.reconstruction));
  facts.emplace_back("test_kl", formatted("%.4f", e.kl));
  facts.emplace_back("test_neg_elbo", formatted("%.4f", e.neg_elbo));
  facts.emplace_back("test_neg_elbo_at_mu", formatted("%.4f", e.neg_elbo_at_mu));
}

/// Progress on the terminal, a line for every epoch, and one every --log-every steps.
class Reporter {
 public:
  Reporter(const Trainer& trainer, std::int64_t log_every)
      : first_step_(trainer.step()), log_every_(log_every), width_(std::to_string(trainer.steps()).size()) {}

  void step(const StepReport& r) {
    images_ += r.images;
    const auto done = static_cast<double>(r.step - first_step_), left = static_cast<double>(r.steps - r.step);
    seconds_left_ = seconds() / done * left;
    const std::string losses =
        formatted("%.2f + %.2f = %.2f", r.batch.reconstruction, r.batch.kl, r.objective);
    const std::string speed = rate() + (left > 0 ? "  " + duration(seconds_left_) + " left" : "");
    if (log_every_ > 0 && r.step % log_every_ == 0) {
      line_.log(formatted("Step %*lld | Loss %s  ", static_cast<int>(width_), static_cast<long long>(r.step),
                          losses.c_str()) +
                speed);
    }
    if (!line_.on_terminal()) return;
    line_.show(formatted("epoch %d  step %lld of %lld  %3.0f %%  %s  ", r.epoch,
                         static_cast<long long>(r.step), static_cast<long long>(r.steps),
                         100.0 * static_cast<double>(r.step) / static_cast<double>(r.steps), losses.c_str()) +
               speed);
  }

  void epoch(const EpochReport& r) {
    line_.log(formatted("epoch %3d  train %.2f + %.2f = %.2f  test %.2f + %.2f = %.2f  ", r.epoch,
                        r.train.reconstruction, r.train.kl, r.train.neg_elbo(), r.test.reconstruction,
                        r.test.kl, r.test.neg_elbo()) +
              rate() + (seconds_left_ > 0 ? "  " + duration(seconds_left_) + " left" : ""));
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  std::string rate() const {
    return thousands(static_cast<long long>(static_cast<double>(images_) / seconds())) + " images/s";
  }

  ProgressLine line_;
  std::int64_t first_step_, log_every_;
  std::size_t width_;  // of a step's number
  long long images_ = 0;
  double seconds_left_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void report_test(const Evaluation& e, const std::string& pixels, bool sampled) {
  std::printf(
      "test, %s images, %s, %s pixels, read back from the file:\n"
      "  reconstruction %8.3f nats\n  KL             %8.3f nats\n  -ELBO          %8.3f nats\n",
      thousands(e.images).c_str(), sampled ? "one z drawn for each" : "z = mu", pixels.c_str(),
      e.reconstruction, e.kl, e.neg_elbo);
}

std::string megabytes(std::size_t bytes) { return formatted("%.2f MB", static_cast<double>(bytes) / 1e6); }

/// After a signal: the weights so far go beside the output, which stays as it was.
int keep_interrupted(const std::string& out, const std::vector<std::byte>& file, const Trainer& trainer) {
  const std::string kept = out + ".interrupted";
  write_file(kept, file);
  std::fprintf(stderr,
               "native_train: interrupted after step %lld; the weights so far are in %s, %s is untouched\n",
               static_cast<long long>(trainer.step()), kept.c_str(), out.c_str());
  return 128 + interrupted;
}

ImageData read_data(const TrainOptions& o) {
  ImageData data;
  data.train = read_image_set(o.data, "train", o.allow_modified_data);
  data.test = read_image_set(o.data, "t10k", o.allow_modified_data);
  if (data.test.shape != data.train.shape)
    throw Failure(Exit::kBadData, o.data + ": test images have another size");
  return data;
}

/// A new model of the size that the options and the images ask for.
Vae new_model(const TrainOptions& o, Shape image, Dtype precision) {
  ModelSpec spec = make_spec(o.preset, image, o.spec);
  if (o.train.objective == Objective::kAutoencoder) spec.prior = Prior::kNone;
  if (const std::string problem = check(spec); !problem.empty()) throw Failure(Exit::kUsage, problem);
  Vae model(spec);
  initialize(*model, o.train.seed, o.train.init);
  if (const auto fits = Model::load(export_weights(*model, precision, {})); !fits) {  // now, not after hours
    throw Failure(Exit::kUsage, "this model does not fit a weights file: " + fits.error().message);
  }
  return model;
}

void print_start(const TrainOptions& o, const VaeImpl& model, const ImageData& data,
                 const torch::Device& device) {
  std::printf("model   %s, %s parameters, seed %llu\n", to_string(model.spec).c_str(),
              thousands(parameter_count(model)).c_str(), static_cast<unsigned long long>(o.train.seed));
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
}

/// The checkpoints of a run, where it has any.
class Checkpoints {
 public:
  Checkpoints(const TrainCommand& command, Trainer& trainer, Metadata facts)
      : o_(command.options()), trainer_(trainer), facts_(std::move(facts)) {
    if (!o_.checkpoint.empty()) folder_.emplace(o_.checkpoint);
  }

  /// Goes on from the newest checkpoint when that is asked for; refuses to mix two runs in one folder.
  void resume(bool automatic) {
    if (!folder_ || folder_->empty()) {
      if (o_.resume) throw Failure(Exit::kMissingInput, "--resume: there is no checkpoint in " + where());
      return;
    }
    if (!o_.resume && !automatic) {
      throw Failure(Exit::kUsage, where() +
                                      " holds the checkpoints of an earlier run; --resume continues it, or "
                                      "name another folder");
    }
    const auto damaged = [](const std::string& text) {
      std::fprintf(stderr, "native_train: skipped %s\n", text.c_str());
    };
    const std::optional<Checkpoint> found = folder_->newest(damaged);
    if (!found)
      throw Failure(Exit::kBadData,
                    "no checkpoint in " + where() + " is whole; begin again in another folder");
    check_same_run(*found);
    trainer_.restore(found->state);
    std::printf("resume  after step %lld of %lld, from %s\n", static_cast<long long>(trainer_.step()),
                static_cast<long long>(trainer_.steps()), where().c_str());
  }

  /// After a step: when its time has come, and whenever the test loss is the best so far.
  void maybe_save(bool best) {
    if (!folder_) return;
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_;
    if (best || (o_.checkpoint_steps > 0 && trainer_.step() % o_.checkpoint_steps == 0) ||
        (o_.checkpoint_seconds > 0 && since.count() >= o_.checkpoint_seconds)) {
      save(best);
    }
  }

  /// False when there is no folder to save to.
  bool save(bool best = false) {
    if (!folder_) return false;
    folder_->save({trainer_.state(), facts_}, best);
    saved_ = std::chrono::steady_clock::now();
    return true;
  }

 private:
  std::string where() const { return "--checkpoint " + o_.checkpoint; }

  /// The data and every setting must be the same; another device or number of threads only costs the last
  /// bit.
  void check_same_run(const Checkpoint& c) const {
    for (const auto& [key, value] : facts_) {
      if (c.fact(key) == value) continue;
      if (key == "machine") {
        std::printf("note    the checkpoint is from \"%s\", this is \"%s\": not the same to the last bit\n",
                    c.fact(key).c_str(), value.c_str());
        continue;
      }
      throw Failure(Exit::kUsage, where() + " is of another run: its " + key + " is \"" + c.fact(key) +
                                      "\", not \"" + value + '"');
    }
  }

  const TrainOptions& o_;
  Trainer& trainer_;
  Metadata facts_;
  std::optional<CheckpointFolder> folder_;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

/// What a checkpoint must share with the run that goes on from it.
Metadata run_facts(const TrainCommand& command, VaeImpl& model, const ImageData& data,
                   const torch::Device& device) {
  return {{"model", to_string(model.spec)},
          {"config", command.config_line(false)},
          {"dataset_sha256", data.train.sha256},
          {"machine", std::to_string(torch::get_num_threads()) + " threads, " + device.str() +
                          ", LibTorch " TORCH_VERSION}};
}

int interrupt(const TrainOptions& o, Checkpoints& checkpoints, const Trainer& trainer,
              const std::vector<std::byte>& file) {
  if (!checkpoints.save()) return keep_interrupted(o.out, file, trainer);
  std::fprintf(stderr, "native_train: interrupted after step %lld; the same command with --resume goes on\n",
               static_cast<long long>(trainer.step()));
  return 128 + interrupted;
}

int run(const TrainCommand& command) {
  const TrainOptions& o = command.options();
  const torch::Device device = choose_device(o.device);
  set_threads(o.threads);
  const OutputLock lock(o.out);
  const ImageData data = read_data(o);
  const Dtype precision = o.precision == "f32"   ? Dtype::kF32
                          : o.precision == "f16" ? Dtype::kF16
                                                 : Dtype::kI8;
  Vae model = new_model(o, data.train.shape, precision);
  model->to(device);
  print_start(o, *model, data, device);

  Trainer trainer(model, data, o.train);
  Checkpoints checkpoints(command, trainer, run_facts(command, *model, data, device));
  checkpoints.resume(o.preset == "tf-mlp");
  std::fflush(stdout);
  {
    Reporter reporter(trainer, o.log_every);
    bool best = false;
    train(trainer, {[&](const StepReport& r) { reporter.step(r); },
                    [&](const EpochReport& r) {
                      reporter.epoch(r);
                      best = r.best;
                    },
                    [&] {
                      checkpoints.maybe_save(std::exchange(best, false));
                      return interrupted != 0;
                    }});
  }
  Metadata facts = training_facts(command, o.train, device, data, trainer);
  const auto file = [&] { return export_weights(*trainer.result(), precision, facts); };
  if (interrupted != 0) return interrupt(o, checkpoints, trainer, file());
  checkpoints.save();
  Model exported = load_back(file());
  const Evaluation test = evaluate(exported, data.test, o.train.pixels);
  const std::string pixels(kPixelsNames[static_cast<int>(o.train.pixels)]);
  add_test_facts(facts, test, pixels);
  if (interrupted != 0) return interrupt(o, checkpoints, trainer, file());
  const std::vector<std::byte> bytes = file();
  write_file(o.out, bytes);
  report_test(test, pixels, model->spec.prior == Prior::kNormal);
  std::printf("wrote   %s (%s)\n", o.out.c_str(), megabytes(bytes.size()).c_str());
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
  try {
    TrainCommand command(argc, argv);
    try {
      command.parse();
    } catch (const CLI::Success& help) {
      return command.app().exit(help);
    }
    if (command.options().print_config) {
      std::fputs(command.config_file().c_str(), stdout);
      flush_output();
      return 0;
    }
    if (command.options().out.empty())
      return fail(Exit::kUsage, "--out FILE is required; see native_train --help");
    return run(command);
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
