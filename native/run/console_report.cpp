#include "native/run/console_report.hpp"

#include <torch/version.h>

#include <cmath>
#include <thread>

#include "native/support/formatted.hpp"
#include "shared/spec/model_line.hpp"

namespace vae {
namespace {

std::int64_t parameter_count(const VaeImpl& model) {
  std::int64_t count = 0;
  for (const torch::Tensor& p : model.parameters()) count += p.numel();
  return count;
}

/// Prints the data set, the number and size of its images, and what affects the meaning of the numbers.
void print_data(const std::string& folder, const ImageSet& train, const ImageSet& test) {
  const bool known = !train.name.empty() && train.name == test.name;
  std::printf("data    %s: %s, %s training and %s test images of %dx%d%s%s\n", folder.c_str(),
              known ? train.name.c_str() : "an unknown data set (SHA-256 recorded, not checked)",
              thousands(train.count()).c_str(), thousands(test.count()).c_str(), train.shape.height,
              train.shape.width, train.labels.empty() ? ", without labels" : "",
              test.held_out ? ", every tenth image held out as the test set" : "");
}

std::string in_words(const Losses& l) {
  return formatted("%.2f + %.2f = %.2f", l.reconstruction, l.kl, l.neg_elbo());
}

/// Returns the objective in text if it is not -ELBO.
std::string unless_elbo(double objective, const Losses& l) {
  return std::fabs(objective - l.neg_elbo()) < 0.005 ? "" : formatted("  objective %.2f", objective);
}

}  // namespace

namespace {

void print_note(const std::string& note) { std::printf("note    %s\n", note.c_str()); }

/// Prints what of a run's settings and data is likely to be a mistake, or is not as it was asked for.
void print_notes(const TrainOptions& o, const ImageData& data, const StartNotes& notes) {
  for (const std::string& note : data.train.notes) print_note(note);
  const int left_out = find_preset(o.preset)->training.skip_images;
  if (notes.keeps_all && left_out > 0)
    print_note(formatted("all images are trained on: %s leaves the first %s out, and there are no more",
                         o.preset.c_str(), thousands(left_out).c_str()));
  if (notes.keeps_all && left_out == 0) print_note("all images are taken: there are none to leave out");
  if (!notes.ignored.empty()) {
    print_note(formatted("the model has no place for %zu tensors of %s, which are ignored: %s%s",
                         notes.ignored.size(), o.init.c_str(), notes.ignored.front().c_str(),
                         notes.ignored.size() > 1 ? ", ..." : ""));
  }
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  if (processors > 0 && o.threads > processors)
    print_note(
        formatted("%d threads on %d processors: more than there are make it slower", o.threads, processors));
  if (traits(o.spec.likelihood).learned_variance && o.train.pixels != Pixels::kDequantized)
    print_note(formatted(
        "a density of %s pixels has no bound: the Gaussian likelihood is meant for --pixels dequantized",
        std::string(name_of(o.train.pixels)).c_str()));
}

}  // namespace

void print_start(const TrainOptions& o, const VaeImpl& model, const ImageData& data, const StartNotes& notes,
                 const torch::Device& device, const ProcessGroup& group) {
  std::printf("model   %s, %s parameters, seed %llu\n", to_string(model.spec).c_str(),
              thousands(parameter_count(model)).c_str(), static_cast<unsigned long long>(o.train.seed));
  print_data(o.data, data.train, data.test);
  const std::string share =
      group.size() == 1 ? "" : formatted("%d processes (%s), ", group.size(), group.backend().c_str());
  if (device.is_cpu()) {
    std::printf("device  cpu, %s%d thread%s (LibTorch " TORCH_VERSION ")\n", share.c_str(),
                torch::get_num_threads(), torch::get_num_threads() == 1 ? "" : "s");
  } else {
    std::printf("device  %scuda (LibTorch " TORCH_VERSION ")\n", share.c_str());
    const std::string obstacle = graph_obstacle(model.spec, o.train, group.size());
    if (!obstacle.empty())
      print_note(formatted("slower steps, not recorded as a CUDA graph: %s", obstacle.c_str()));
  }
  print_notes(o, data, notes);
  if (!o.log_dir.empty()) {
    std::printf("log     %s: metrics.jsonl, pictures, and events for tensorboard --logdir %s\n",
                o.log_dir.c_str(), o.log_dir.c_str());
  }
  std::printf("losses  reconstruction + KL = -ELBO, nats per image\n");
  std::fflush(stdout);
}

void print_test(const Evaluation& e, Pixels pixels, Prior prior) {
  std::printf(
      "test, %s images, %s, %s pixels, read back from the file:\n"
      "  reconstruction %8.3f nats\n",
      thousands(e.images).c_str(), draws_in_words(e, prior).c_str(), std::string(name_of(pixels)).c_str(),
      e.reconstruction);
  if (prior != Prior::kNone)
    std::printf("  KL             %8.3f nats\n  -ELBO          %8.3f nats\n", e.kl, e.neg_elbo);
}

Reporter::Reporter(const Trainer& trainer, std::int64_t log_every)
    : first_step_(trainer.step()),
      log_every_(log_every),
      width_(static_cast<int>(std::to_string(trainer.steps()).size())) {}

void Reporter::step(const StepReport& r) {
  images_ += r.images;
  training_seconds_ += r.seconds;
  ++done_;
  const std::int64_t left = r.steps - first_step_ - done_;
  seconds_left_ = seconds() / static_cast<double>(done_) * static_cast<double>(left);
  const bool logs = is_due(r.step, log_every_);
  if (!logs && !line_.on_terminal()) return;  // formatting costs more than the rest
  const std::string losses = in_words(r.batch) + unless_elbo(r.objective, r.batch);
  const std::string speed = rate() + (left > 0 ? "  " + duration(seconds_left_) + " left" : "");
  if (logs) {
    line_.log(formatted("Step %*lld | Loss %s  ", width_, static_cast<long long>(r.step), losses.c_str()) +
              speed);
  }
  if (!line_.on_terminal()) return;
  line_.show(formatted("epoch %d  step %lld of %lld  %3.0f %%  ", r.epoch, static_cast<long long>(r.step),
                       static_cast<long long>(r.steps),
                       100.0 * static_cast<double>(r.step) / static_cast<double>(r.steps)) +
             speed + "  " + losses);  // a narrow terminal truncates the end
}

void Reporter::epoch(const EpochReport& r) {
  line_.log(formatted("epoch %3d  train ", r.epoch) + in_words(r.train) +
            (r.validated ? "  validation " : "  test ") + in_words(r.held_out) +
            unless_elbo(r.objective, r.train) + "  " + rate() +
            (seconds_left_ > 0 ? "  " + duration(seconds_left_) + " left" : ""));
}

double Reporter::images_per_second() const { return static_cast<double>(images_) / training_seconds_; }

double Reporter::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string Reporter::rate() const {
  return thousands(static_cast<long long>(images_per_second())) + " images/s";
}

}  // namespace vae
