#include "native/run/training_run.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "native/compress/gptq.hpp"
#include "native/compress/low_rank.hpp"
#include "native/compress/stored_as.hpp"
#include "native/eval/evaluate.hpp"
#include "native/eval/latent_statistics.hpp"
#include "native/model/export.hpp"
#include "native/run/console_report.hpp"
#include "native/run/run_metadata.hpp"
#include "native/run/run_metrics.hpp"
#include "native/run/train_checkpoints.hpp"
#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"
#include "native/support/output_file.hpp"
#include "native/support/process_settings.hpp"
#include "native/train/initial_weights.hpp"
#include "native/train/process_group.hpp"
#include "native/train/snapshot_writer.hpp"
#include "native/train/trainer.hpp"
#include "shared/model/model.hpp"
#include "shared/spec/check.hpp"
#include "shared/spec/model_line.hpp"
#include "shared/train/initialize.hpp"

namespace vae {
namespace {

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

/// Refuses an output that would overwrite an input, or that the run itself would overwrite.
void check_output(const TrainOptions& o) {
  namespace fs = std::filesystem;
  refuse_input(o.out, o.data);
  refuse_input(o.out, o.init);
  refuse_input(o.out, o.config);
  const auto is_in = [&](const std::string& folder) {
    std::error_code none;
    return !folder.empty() && fs::equivalent(fs::absolute(o.out).parent_path(), folder, none);
  };
  const fs::path name = fs::path(o.out).filename();
  if (is_in(o.checkpoint))
    throw Failure(Exit::kUsage, o.out + " lies among the checkpoints of --checkpoint; name a file elsewhere");
  if (is_in(o.log_dir) &&
      (name.extension() == ".png" || name == "metrics.jsonl" || name.string().starts_with("events.")))
    throw Failure(Exit::kUsage, o.out + " is a name that --log-dir writes to; name another");
}

/// Reads the file of --init, if any.
std::optional<InitialWeights> initial_weights(const TrainOptions& o) {
  if (o.init.empty()) return std::nullopt;
  return read_initial_weights(o.init);
}

/// Throws Failure when the file of a model does not pass its own check: now, not after hours.
void check_fits(VaeImpl& model, Dtype precision, const std::string& init) {
  std::string problem;
  try {
    const auto fits = Model::load(export_weights(*standardized(model), precision, {}));
    if (!fits) problem = fits.error().message;
  } catch (const Failure& failure) {
    problem = failure.what();
  }
  if (problem.empty()) return;
  if (!init.empty()) throw Failure(Exit::kBadData, init + ": its numbers make no weights file: " + problem);
  throw Failure(Exit::kUsage, "this model does not fit into a weights file: " + problem);
}

/// Makes a model of the size that the options and the images ask for, with random weights or those of --init,
/// of whose tensors it lists those that it has no place for.
Vae new_model(const TrainOptions& o, const ImageBytes& images, Shape image,
              const std::optional<InitialWeights>& init, Dtype precision, std::vector<std::string>& ignored) {
  ModelSpec spec = make_spec(o.preset, image, o.spec);
  if (o.train.objective == Objective::kAutoencoder) spec.prior = Prior::kNone;
  if (init && init->spec) {
    if (init->spec->image != image)
      throw Failure(Exit::kBadData, o.init + ": takes images of another size than those in " + o.data);
    if (o.only_seals()) {
      spec = *init->spec;
    } else if (spec.encoder != init->spec->encoder || spec.decoder != init->spec->decoder ||
               spec.likelihood != init->spec->likelihood) {
      throw Failure(Exit::kUsage,
                    o.init + " is a " + to_string(*init->spec) +
                        "; use the same --preset, --likelihood and --dropout, and of a file that "
                        "--low-rank made the one before it");
    }
  }
  std::string problem = check(spec);
  if (problem.empty() && o.low_rank > 0) problem = check_low_rank(spec, o.low_rank);
  if (!problem.empty()) throw Failure(Exit::kUsage, problem);
  std::int64_t numbers = 0;
  for (const ParameterSpec& p : parameters(spec)) numbers += p.shape.count();
  if (static_cast<std::uint64_t>(numbers) * bytes_of(precision) >
      FileLimits{}.bytes)  // before it takes memory
    throw Failure(
        Exit::kUsage,
        "this model does not fit into a weights file: it has " + thousands(numbers) + " parameters, and " +
            std::to_string(FileLimits{}.bytes >> 20) +
            " MiB are allowed; try a smaller --hidden or --latent, smaller images, or --precision int8");
  if (o.train.mean_bias && output_bias(spec).empty())
    throw Failure(Exit::kUsage, "--mean-bias true needs a network that ends in a Linear layer of logits");
  Vae model(spec);
  if (init) {
    ignored = init->put(*model, o.init);
    if (o.train.sigma_head == SigmaHead::kLogSigma) train_log_sigma(*model);
  } else {
    initialize(*model, o.train, images);
  }
  check_fits(*model, precision, o.init);
  return model;
}

/// Returns the first `count` images of a set, or all of them for 0.
ImageBytes first_images(const ImageSet& set, int count) {
  const auto size = static_cast<std::size_t>(set.shape.size());
  const int images = count > 0 ? std::min(count, set.count()) : set.count();
  return {std::span(set.pixels).first(static_cast<std::size_t>(images) * size), size};
}

/// w.bin -> w.snapshots.bin
std::string snapshots_path(const std::string& out) {
  return std::filesystem::path(out).replace_extension(".snapshots" +
                                                      std::filesystem::path(out).extension().string());
}

Model load_back(const std::vector<std::byte>& bytes) {
  auto model = Model::load(bytes);
  if (!model)
    throw Failure(Exit::kDiverged,
                  "the trained weights do not pass their own check: " + model.error().message);
  return std::move(*model);
}

std::string megabytes(std::size_t bytes) { return formatted("%.2f MB", static_cast<double>(bytes) / 1e6); }

/// What one process of a run works with; only the first of the group prints and writes.
struct Run {
  const TrainCommand& command;
  ProcessGroup& group;
  torch::Device device;
  ImageData data;
  std::optional<InitialWeights> init;
  Dtype precision;
  const std::atomic<int>& interrupted;
  const TrainOptions& options() const { return command.options(); }
};

/// Saves the state when a run ends early: as a checkpoint or, without a folder for it, as weights.
void keep(const Run& run, Checkpoints& checkpoints, Trainer& trainer, const std::string& why) {
  if (!run.group.first()) return;
  const std::string& out = run.options().out;
  std::string kept = "the same command with --resume continues";
  if (!checkpoints.save()) {
    const Metadata metadata = training_metadata(run.command, run.init, run.device, run.data, trainer);
    const std::vector<std::byte> weights =
        export_weights(*standardized(*trainer.result()), run.precision, metadata);
    kept = "the weights so far are in " + write_somewhere(out, ".interrupted", weights).string() + ", " +
           out + " is unchanged";
  }
  std::fprintf(stderr, "native_train: %s after step %lld; %s\n", why.c_str(),
               static_cast<long long>(trainer.step()), kept.c_str());
}

/// Keeps what was trained when its file fails its own check: as numbers of 32 bits that nobody checked;
/// returns where.
std::string keep_unchecked(const Run& run, Trainer& trainer) {
  std::vector<NamedTensor> tensors;
  const Vae model = standardized(*trainer.chosen());
  for (const auto& named : model->named_parameters())
    tensors.push_back(to_named_tensor(named.key(), named.value()));
  Metadata metadata = training_metadata(run.command, run.init, run.device, run.data, trainer);
  metadata.insert(metadata.begin(), {"model", to_string(model->spec)});
  return write_somewhere(run.options().out, ".unchecked", write_weights(metadata, tensors)).string();
}

/// Takes a snapshot if it is due.
void maybe_take(SnapshotWriter* snapshots, Trainer& trainer, const Stop& stop) {
  if (!snapshots || !snapshots->due(trainer.step())) return;
  if (const auto test = trainer.test_losses(stop))
    snapshots->take(trainer.step(), *standardized(*trainer.result()), *test);
}

/// Returns the report of a step as a preset wants it that reports after the update: steps are counted from 0,
/// and those that are printed, logged or drawn have the losses of their batch after the update.
StepReport reported(const TrainOptions& o, Trainer& trainer, StepReport r) {
  if (!o.after_update) return r;
  --r.step;
  if (is_due(r.step, o.log_every) || is_due(r.step, o.metrics_every)) {
    r.batch = trainer.replay().losses;
    r.objective = r.batch.neg_elbo();
  }
  return r;
}

/// Trains to the end, or until a process of the group is told to stop; then returns true. `log` is that of
/// the first process, null in the others.
bool train_with_reports(const Run& run, Trainer& trainer, Checkpoints& checkpoints, SnapshotWriter* snapshots,
                        RunMetrics* log) {
  std::optional<Reporter> reporter;
  if (log != nullptr) reporter.emplace(trainer, run.options().log_every);
  bool best = false;
  const Stop stop = [&] { return run.group.any(run.interrupted != 0); };
  maybe_take(snapshots, trainer, stop);
  return train(trainer, {[&](const StepReport& r) {
                           if (log == nullptr) return;
                           const StepReport shown = reported(run.options(), trainer, r);
                           reporter->step(shown);
                           log->step(shown, reporter->images_per_second());
                         },
                         [&](const EpochReport& r) {
                           best = r.best;
                           if (log == nullptr) return;
                           reporter->epoch(r);
                           log->epoch(r);
                         },
                         [&] {
                           maybe_take(snapshots, trainer, stop);
                           checkpoints.maybe_save(std::exchange(best, false));
                         },
                         stop});
}

struct Interrupted {};

/// A progress line for work on images, which throws Interrupted after a signal.
class Watched {
 public:
  Watched(const Run& run, int images) : run_(run), line_(images) {}
  void operator()(int done) {
    if (run_.interrupted != 0) throw Interrupted();
    line_.show(done);
  }

 private:
  const Run& run_;
  ImageProgress line_;
};

/// Evaluates the weights as stored; adds the averages over the test set and, in `room` bytes of header, the
/// statistics of the latent space to the metadata.
Evaluation measure(const Run& run, Model& stored, const ImageSet& train, std::size_t room,
                   Metadata& metadata) {
  const Pixels pixels = run.options().train.pixels;
  Evaluation test;
  {
    Watched progress(run, run.data.test.count());
    test = evaluate(stored, run.data.test, pixels, std::ref(progress));
  }
  for (const auto& [key, value] : test_metadata(test, pixels, stored.spec().prior)) {
    metadata.emplace_back(key, value);
    room -= std::min(room, key.size() + value.size() + 6);  // "key":"value",
  }
  Watched progress(run, std::min(kAggregateImages, train.count()));
  const Metadata latent = latent_metadata(stored, train, test, pixels, room, std::ref(progress));
  metadata.insert(metadata.end(), latent.begin(), latent.end());
  return test;
}

/// Returns the images that were trained on.
ImageSet train_images(const Run& run, const Trainer& trainer) {
  std::vector<int> used(static_cast<std::size_t>(trainer.train_images()));
  std::iota(used.begin(), used.end(), 0);
  return select(run.data.train, used);
}

/// Returns the model to store.
Vae result(const Run& run, Trainer& trainer, const ImageSet& train) {
  Vae model = standardized(*trainer.chosen());  // a copy: a run interrupted here resumes from what it trained
  const int rank = run.options().low_rank;
  if (rank == 0) return model;
  Watched progress(run, low_rank_images(train));
  return low_rank(*model, train, run.options().train.pixels, rank, std::ref(progress));
}

/// Returns the weights to store as int8 instead of rounding each number by itself.
std::vector<NamedTensor> quantized(const Run& run, VaeImpl& model, const ImageSet& train) {
  if (run.precision != Dtype::kI8) return {};
  Watched progress(run, quantize_images(train));
  return quantized_weights(export_weights(model, Dtype::kF32, {}), train, run.options().train.pixels,
                           std::ref(progress));
}

/// Writes the weights of a run that is done. Throws Failure kIo, which names where they are instead.
void write_result(const std::string& out, std::span<const std::byte> weights) {
  try {
    write_file(out, weights);
  } catch (const Failure& failure) {
    throw Failure(failure.code, failure.what() + ("; the weights are in " +
                                                  write_somewhere(out, ".interrupted", weights).string()));
  }
}

/// Evaluates the weights as they are stored, and writes them.
void finish(const Run& run, Trainer& trainer, SnapshotWriter* snapshots, RunMetrics& log) {
  const TrainOptions& o = run.options();
  const ImageSet train = train_images(run, trainer);
  Vae model = result(run, trainer, train);
  const std::vector<NamedTensor> int8 = quantized(run, *model, train);
  Metadata metadata = training_metadata(run.command, run.init, run.device, run.data, trainer);
  const std::vector<std::byte> bare = export_weights(*model, run.precision, metadata, int8);
  Model stored = load_back(bare);
  const Evaluation test = measure(run, stored, train, header_room(bare), metadata);
  const std::vector<std::byte> bytes = export_weights(*model, run.precision, metadata, int8);
  write_result(o.out, bytes);
  if (snapshots)
    write_file(snapshots_path(o.out),
               snapshots->bytes(training_metadata(run.command, run.init, run.device, run.data, trainer)));
  if (trainer.gave_up())
    std::printf("ended   after step %lld: no better validation loss for %d epochs\n",
                static_cast<long long>(trainer.step()), trainer.epochs_since_best());
  if (o.train.keep == Keep::kBest)
    std::printf("kept    the weights of epoch %d\n", trainer.epochs() - trainer.epochs_since_best());
  print_test(test, o.train.pixels, stored.spec().prior);
  std::printf("wrote   %s (%s)\n", o.out.c_str(), megabytes(bytes.size()).c_str());
  if (snapshots) std::printf("wrote   %s\n", snapshots_path(o.out).c_str());
  std::fflush(stdout);
  if (log.finish()) std::printf("wrote   %s/*.png\n", o.log_dir.c_str());
  flush_output();
}

}  // namespace

int run_training(TrainCommand& command, const std::atomic<int>& interrupted) {
  const TrainOptions& o = command.options();
  check_output(o);
  const torch::Device device = choose_device(o.device);
  set_threads(o.threads);
  set_tf32(o.train.tf32);
  keep_freed_memory();
  ProcessGroup group = ProcessGroup::join(device);
  std::optional<OutputLock> lock, snapshots_lock;
  if (group.first()) lock.emplace(o.out);
  if (group.first() && o.snapshots > 0) snapshots_lock.emplace(snapshots_path(o.out));
  std::optional<InitialWeights> init = initial_weights(o);
  if (init) command.adopt_sizes(init->sizes(o.spec));
  if (init && o.only_seals()) command.adopt_images(training_config(*init));
  Run run{command,         group,
          device,          read_image_data(o.data, o.allow_modified_data),
          std::move(init), precision_of(o.precision),
          interrupted};
  const bool keeps_all = command.keep_images(run.data.train.count());
  hold_out(run.data, o.train.validation, o.train.skip_images);
  std::vector<std::string> ignored;
  Vae model = new_model(o, first_images(run.data.train, o.train.train_images), run.data.train.shape, run.init,
                        run.precision, ignored);
  model->to(device);
  if (group.first()) print_start(o, *model, run.data, {keeps_all, ignored}, device, group);

  Trainer trainer(model, run.data, o.train, group);
  std::unique_ptr<SnapshotWriter> snapshots;
  if (o.snapshots > 0)
    snapshots = std::make_unique<SnapshotWriter>(o.snapshots, trainer.steps(), model->spec);
  Checkpoints checkpoints(o, trainer, snapshots.get(),
                          run_metadata(command, run.init, *model, run.data, device, group), group);
  checkpoints.resume(find_preset(o.preset)->run.resume);
  std::optional<RunMetrics> log;
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
  } catch (const Failure& failure) {
    if (failure.code == Exit::kIo) throw;  // as it would be for the other file
    if (o.only_seals()) throw Failure(Exit::kBadData, o.init + ": " + failure.what());
    throw Failure(failure.code, failure.what() +
                                    ("; what was trained is in " + keep_unchecked(run, trainer)) +
                                    " (safetensors, F32, unchecked)");
  }
  return 0;
}

}  // namespace vae
