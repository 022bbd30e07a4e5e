// The trainer for tests/bench/train.py: a process that is ready to train and does what its standard input
// says, a command a line, so that contestants can take turns. Every answer is one line of JSON on
// standard output.
//   train_bench [native_train's flags]
//   record N FILE   the loss of each of N steps from the start; what goes into them is written (float32
//   safetensors) steps N         seconds for N steps with native_train's reports overhead N      seconds for
//   N times what a step is besides computing: its batch, and the report of it products N      seconds for N
//   times the bare matrix products of a step of an MLP, forward and backward
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include "native/model/export.hpp"
#include "native/run/console_report.hpp"
#include "native/run/train_options.hpp"
#include "native/support/failure.hpp"
#include "native/support/output_file.hpp"
#include "native/support/process_settings.hpp"
#include "native/train/trainer.hpp"
#include "shared/base/rng.hpp"

namespace {

using namespace vae;

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The products that a step cannot do without, on memory of its own, by the library that LibTorch
/// computes with.
class Products {
 public:
  Products(VaeImpl& model, std::int64_t rows) {
    for (auto& named : model.named_parameters()) {
      const torch::Tensor w = named.value().detach();
      if (w.dim() != 2) continue;
      layers_.push_back({w.clone(), torch::empty_like(w), torch::rand({rows, w.size(1)}),
                         torch::empty({rows, w.size(1)}), torch::empty({rows, w.size(0)}),
                         torch::rand({rows, w.size(0)})});
    }
  }
  void multiply() {
    for (Layer& l : layers_) at::mm_out(l.y, l.x, l.w.t());
    for (std::size_t i = layers_.size(); i-- > 0;) {
      Layer& l = layers_[i];
      at::mm_out(l.d_w, l.d_y.t(), l.x);
      if (i > 0) at::mm_out(l.d_x, l.d_y, l.w);  // nothing comes before the first layer
    }
  }

 private:
  struct Layer {
    torch::Tensor w, d_w, x, d_x, y, d_y;
  };
  std::vector<Layer> layers_;
};

class Bench {
 public:
  explicit Bench(const TrainOptions& o)
      : config_(o.train),
        data_(read_image_data(o.data, false)),
        model_(make_spec(o.preset, data_.train.shape, o.spec)) {
    set_threads(o.threads);
    keep_freed_memory();
    config_.epochs = 1000000;  // "steps N" never ends
    config_.steps = 0;
    initialize(*model_, config_.seed, config_.init);
    workers_.emplace(torch::get_num_threads());
    trainer_.emplace(model_, data_, config_);  // leaves LibTorch one thread
    batches_.emplace(data_.train, config_, model_->spec.latent);
    reporter_.emplace(*trainer_, 0);
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string command, file;
    int n = 0;
    words >> command >> n >> file;
    if (command == "record") {
      record(n, file);
    } else if (command == "steps") {
      answer(seconds([&] {
        for (int i = 0; i < n; ++i) reporter_->step(report_ = trainer_->advance());
      }));
    } else if (command == "overhead") {
      answer(seconds([&] {
        for (int i = 0; i < n; ++i) {
          batches_->batch(i, {0, batches_->size(i), true}, *workers_);
          reporter_->step(report_);
        }
      }));
    } else if (command == "products") {
      const torch::NoGradGuard no_grad;
      if (!products_) products_.emplace(*model_, config_.batch_size);
      answer(seconds([&] {
        for (int i = 0; i < n; ++i) products_->multiply();
      }));
    }
    std::fflush(stdout);
  }

 private:
  static void answer(double x) { std::printf("%.9f\n", x); }

  void record(int steps, const std::string& file) {
    std::vector<NamedTensor> tensors;
    const auto add = [&](const std::string& name, const torch::Tensor& t) {
      tensors.push_back(to_named_tensor(name, t));
    };
    for (const auto& [name, tensor] : trainer_->state().parameters) add(name, tensor);
    const std::vector<std::int64_t> order = shuffled(batches_->count(), config_.seed, 1);
    torch::Tensor indices = torch::tensor(order).narrow(0, 0, std::int64_t{steps} * config_.batch_size);
    add("order", indices.to(torch::kFloat));
    for (int i = 0; i < steps; ++i)
      add("epsilon." + std::to_string(i),
          batches_->batch(i, {0, batches_->size(i), true}, *workers_).epsilon);
    write_file(file, write_weights({}, tensors, "digit-vae-bench"));
    for (int i = 0; i < steps; ++i) std::printf("%s%.9g", i == 0 ? "[" : ", ", trainer_->advance().objective);
    std::puts("]");
  }

  TrainConfig config_;
  ImageData data_;
  Vae model_;
  std::optional<Trainer> trainer_;
  std::optional<Workers> workers_;  // as many as the trainer has
  std::optional<Batches> batches_;
  std::optional<Reporter> reporter_;
  std::optional<Products> products_;
  StepReport report_{};
};

}  // namespace

int main(int argc, char** argv) {
  TrainCommand command(argc, argv);
  try {
    command.parse();
    Bench bench(command.options());
    std::puts("\"ready\"");
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) bench.obey(line);
  } catch (const CLI::ParseError& e) {
    return command.app().exit(e);
  } catch (const Failure& e) {
    std::fprintf(stderr, "train_bench: %s\n", e.what());
    return static_cast<int>(e.code);
  }
}
