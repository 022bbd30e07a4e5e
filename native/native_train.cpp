// native_train: argv in, text out. The only printing and the only catch of the trainer.
#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "native/aggregate.hpp"
#include "native/evaluate.hpp"
#include "native/export.hpp"
#include "native/failure.hpp"
#include "native/initial_weights.hpp"
#include "native/output_file.hpp"
#include "native/process_group.hpp"
#include "native/snapshots.hpp"
#include "native/train.hpp"
#include "native/train_checkpoints.hpp"
#include "native/train_log.hpp"
#include "native/train_options.hpp"
#include "native/train_report.hpp"
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
  if (wish == "cpu" || !cuda) return torch::kCPU;
  const int index = local_rank() % static_cast<int>(torch::cuda::device_count());
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(index)};
}

/// What a run was, without paths, times and hosts: the same seed gives the same file. A file that is only
/// sealed keeps what it knows of its own training.
Metadata training_facts(const TrainCommand& command, const std::optional<InitialWeights>& init,
                        const torch::Device& device, const ImageData& data, const Trainer& trainer) {
  Metadata facts = {
      {"library", "digit-vae 1.0.0, LibTorch " TORCH_VERSION},
      {"config", command.config_line(true) + (device.is_cpu() ? " --device cpu" : " --device cuda")},
      {"seed", std::to_string(command.options().train.seed)},
      {"epochs", std::to_string(trainer.epochs())},
      {"steps", std::to_string(trainer.step())},
      {"train_images", std::to_string(data.train.count())},
      {"dataset_sha256", data.train.sha256}};
  if (!init) return facts;
  if (trainer.step() == 0) {
    for (auto& [key, value] : facts) {
      for (const auto& [known, own] : init->facts)
        if (known == key) value = own;
    }
  }
  facts.emplace_back("init_sha256", init->sha256);
  return facts;
}

/// w.bin -> w.snapshots.bin
std::string snapshots_path(const std::string& out) {
  return std::filesystem::path(out).replace_extension(".snapshots" +
                                                      std::filesystem::path(out).extension().string());
}

Model load_back(const std::vector<std::byte>& bytes) {
  auto model = Model::load(bytes);
  if (!model) throw std::runtime_error("the exported weights do not load: " + model.error().message);
  return std::move(*model);
}

void add_test_facts(Metadata& facts, const Evaluation& e, Pixels pixels) {
  facts.emplace_back("test_images", std::to_string(e.images));
  facts.emplace_back("test_pixels", std::string(kPixelsNames[static_cast<int>(pixels)]));
  facts.emplace_back("test_reconstruction", formatted("%.4f", e.reconstruction));
  facts.emplace_back("test_kl", formatted("%.4f", e.kl));
  facts.emplace_back("test_neg_elbo", formatted("%.4f", e.neg_elbo));
  facts.emplace_back("test_neg_elbo_at_mu", formatted("%.4f", e.neg_elbo_at_mu));
}

std::string megabytes(std::size_t bytes) { return formatted("%.2f MB", static_cast<double>(bytes) / 1e6); }

Dtype precision_of(const TrainOptions& o) {
  return o.precision == "f32" ? Dtype::kF32 : o.precision == "f16" ? Dtype::kF16 : Dtype::kI8;
}

/// What --init names, if anything.
std::optional<InitialWeights> initial_weights(const TrainOptions& o) {
  if (o.init.empty()) return std::nullopt;
  return read_initial_weights(o.init);
}

/// Every tensor of the file must be one of the model, and the other way round.
void put_initial_weights(const TrainOptions& o, const InitialWeights& init, VaeImpl& model) {
  try {
    put_parameters(init.tensors, model);
  } catch (const Failure& failure) {
    throw Failure(failure.code, o.init + ": " + failure.what() + " for the model " + to_string(model.spec));
  }
  const auto known = model.named_parameters();
  for (const auto& [name, tensor] : init.tensors) {
    if (!known.contains(name)) throw Failure(Exit::kBadData, o.init + ": the model has no parameter " + name);
  }
}

/// A model of the size that the options and the images ask for, with drawn weights or those of --init.
Vae new_model(const TrainOptions& o, Shape image, const std::optional<InitialWeights>& init,
              Dtype precision) {
  SpecOptions sizes = o.spec;
  if (init) init->infer_sizes(sizes);
  ModelSpec spec = init && init->spec ? *init->spec : make_spec(o.preset, image, sizes);
  if (spec.image != image)
    throw Failure(Exit::kBadData, o.init + ": is for images of another size than those in " + o.data);
  if (o.train.objective == Objective::kAutoencoder) spec.prior = Prior::kNone;
  if (const std::string problem = check(spec); !problem.empty()) throw Failure(Exit::kUsage, problem);
  Vae model(spec);
  initialize(*model, o.train.seed, o.train.init);
  if (init) put_initial_weights(o, *init, *model);
  if (const auto fits = Model::load(export_weights(*model, precision, {})); !fits) {  // now, not after hours
    throw Failure(Exit::kUsage, "this model does not fit a weights file: " + fits.error().message);
  }
  return model;
}

/// What a checkpoint must share with the run that goes on from it.
Metadata run_facts(const TrainCommand& command, const std::optional<InitialWeights>& init,
                   const VaeImpl& model, const ImageData& data, const torch::Device& device,
                   const ProcessGroup& group) {
  return {{"model", to_string(model.spec)},
          {"config", command.config_line(false)},
          {"init_sha256", init ? init->sha256 : ""},
          {"dataset_sha256", data.train.sha256},
          {"machine", std::to_string(group.size()) + " x " + std::to_string(torch::get_num_threads()) +
                          " threads, " + std::string(device.is_cpu() ? "cpu" : "cuda") +
                          ", LibTorch " TORCH_VERSION}};
}

/// What one process of a run works with; only the group's first prints and writes.
struct Run {
  const TrainCommand& command;
  ProcessGroup& group;
  torch::Device device;
  ImageData data;
  std::optional<InitialWeights> init;
  Dtype precision;
  const TrainOptions& options() const { return command.options(); }
};

/// Keeps what there is when a run ends before its time: a checkpoint, or without a folder for it the weights.
void keep(const Run& run, Checkpoints& checkpoints, Trainer& trainer, const std::string& why) {
  if (!run.group.first()) return;
  const std::string& out = run.options().out;
  std::string kept = "the same command with --resume goes on";
  if (!checkpoints.save()) {
    const Metadata facts = training_facts(run.command, run.init, run.device, run.data, trainer);
    write_file(out + ".interrupted", export_weights(*trainer.result(), run.precision, facts));
    kept = "the weights so far are in " + out + ".interrupted, " + out + " is untouched";
  }
  std::fprintf(stderr, "native_train: %s after step %lld; %s\n", why.c_str(),
               static_cast<long long>(trainer.step()), kept.c_str());
}

/// One snapshot when it is due.
void maybe_take(Snapshots* snapshots, Trainer& trainer) {
  if (snapshots && snapshots->due(trainer.step()))
    snapshots->take(trainer.step(), *trainer.result(), trainer.test_losses());
}

/// Trains to the end, or until a process of the group is told to stop: true. `log` is the first process',
/// null in the others.
bool train_with_reports(const Run& run, Trainer& trainer, Checkpoints& checkpoints, Snapshots* snapshots,
                        TrainLog* log) {
  std::optional<Reporter> reporter;
  if (log != nullptr) reporter.emplace(trainer, run.options().log_every);
  bool best = false;
  maybe_take(snapshots, trainer);
  return train(trainer, {[&](const StepReport& r) {
                           if (log == nullptr) return;
                           reporter->step(r);
                           log->step(r, reporter->images_per_second());
                         },
                         [&](const EpochReport& r) {
                           best = r.best;
                           if (log == nullptr) return;
                           reporter->epoch(r);
                           log->epoch(r);
                         },
                         [&] {
                           maybe_take(snapshots, trainer);
                           checkpoints.maybe_save(std::exchange(best, false));
                           return run.group.any(interrupted != 0);
                         }});
}

struct Interrupted {};

/// The test averages, with a progress line; a signal throws Interrupted.
Evaluation evaluate_with_progress(Model& model, const ImageSet& test, Pixels pixels) {
  ImageProgress line(test.count());
  return evaluate(model, test, pixels, [&line](int done) {
    if (interrupted != 0) throw Interrupted();
    line.show(done);
  });
}

/// Evaluates the weights as they are stored, and writes them.
void finish(const Run& run, Trainer& trainer, Snapshots* snapshots, TrainLog& log) {
  const TrainOptions& o = run.options();
  Metadata facts = training_facts(run.command, run.init, run.device, run.data, trainer);
  Model exported = load_back(export_weights(*trainer.result(), run.precision, facts));
  const Evaluation test = evaluate_with_progress(exported, run.data.test, o.train.pixels);
  add_test_facts(facts, test, o.train.pixels);
  const std::size_t room = header_room(export_weights(*trainer.result(), run.precision, facts));
  const Metadata latent = aggregate_facts(exported, run.data.train, test, o.train.pixels, room);
  facts.insert(facts.end(), latent.begin(), latent.end());
  if (snapshots) write_file(snapshots_path(o.out), snapshots->bytes(facts));
  const std::vector<std::byte> bytes = export_weights(*trainer.result(), run.precision, facts);
  write_file(o.out, bytes);
  print_test(test, o.train.pixels, exported.spec().prior);
  std::printf("wrote   %s (%s)\n", o.out.c_str(), megabytes(bytes.size()).c_str());
  if (snapshots) std::printf("wrote   %s\n", snapshots_path(o.out).c_str());
  if (!o.log_dir.empty()) {
    std::fflush(stdout);
    log.finish();
    std::printf("wrote   %s/*.png\n", o.log_dir.c_str());
  }
  flush_output();
}

int run(const TrainCommand& command) {
  const TrainOptions& o = command.options();
  const torch::Device device = choose_device(o.device);
  set_threads(o.threads);
  ProcessGroup group = ProcessGroup::join(device);
  std::optional<OutputLock> lock;
  if (group.first()) lock.emplace(o.out);
  const Run run{
      command,        group, device, read_image_data(o.data, o.allow_modified_data), initial_weights(o),
      precision_of(o)};
  Vae model = new_model(o, run.data.train.shape, run.init, run.precision);
  model->to(device);
  if (group.first()) print_start(o, *model, run.data, device, group.size());

  Trainer trainer(model, run.data, o.train, group);
  std::unique_ptr<Snapshots> snapshots;
  if (o.snapshots > 0) snapshots = std::make_unique<Snapshots>(o.snapshots, trainer.steps(), model->spec);
  Checkpoints checkpoints(o, trainer, snapshots.get(),
                          run_facts(command, run.init, *model, run.data, device, group), group);
  checkpoints.resume(o.preset == "tf-mlp");
  std::optional<TrainLog> log;
  if (group.first()) log.emplace(o, trainer, run.data.test);
  std::fflush(stdout);
  try {
    if (train_with_reports(run, trainer, checkpoints, snapshots.get(), log ? &*log : nullptr)) {
      keep(run, checkpoints, trainer, "interrupted");
      return 128 + (interrupted != 0 ? interrupted.load() : SIGTERM);  // or another process was told to
    }
  } catch (const PeerLost& lost) {
    keep(run, checkpoints, trainer, lost.what());
    if (group.first()) return static_cast<int>(lost.code);
    throw;
  }
  if (!group.first()) return 0;
  checkpoints.save();
  try {
    finish(run, trainer, snapshots.get(), *log);
  } catch (const Interrupted&) {
    keep(run, checkpoints, trainer, "interrupted");
    return 128 + interrupted;
  }
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
  } catch (const PeerLost& e) {  // or a signal broke the connection
    return fail(interrupted != 0 ? static_cast<Exit>(128 + interrupted) : e.code, e.what());
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
