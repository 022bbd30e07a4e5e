// native_train's command line: every flag with its unit and default, presets, configuration files.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "native/config/presets.hpp"

namespace vae {

enum class Resume { kNever, kMust, kAuto };  // auto: from nothing where there is no checkpoint
/// Returns its name on the command line.
constexpr std::string_view name_of(Resume value) {
  switch (value) {
    case Resume::kNever:
      return "never";
    case Resume::kMust:
      return "must";
    case Resume::kAuto:
      return "auto";
  }
  return {};
}

struct TrainOptions {
  std::string preset = "mlp";
  SpecOptions spec;
  TrainConfig train;
  std::string init;    // weights to start from; empty: drawn
  std::string config;  // file of settings; empty: none
  std::string out, data = "build/mnist", device = "auto", precision = "f32";
  int low_rank = 0;  // of the decoder's last layer in the file; 0: as trained
  int threads = 1;
  std::string log_dir;                                               // folder; empty: none
  std::int64_t log_every = 0, metrics_every = 0, picture_every = 0;  // steps; 0: not by steps
  bool after_update = false;  // reports a step's batch after the update, as RunDefaults says
  int picture_inputs = 20;
  std::string checkpoint;  // folder; empty: none
  int snapshots = 0;
  std::int64_t checkpoint_steps = 0;
  double checkpoint_seconds = 60;
  Resume resume = Resume::kNever;
  bool allow_modified_data = false, print_config = false;

  /// Returns whether a file is only to be converted, without training.
  bool only_seals() const { return train.steps == 0 && train.epochs == 0; }
};

/// Returns whether something happens in this step that happens in every so many; never for 0.
constexpr bool is_due(std::int64_t step, std::int64_t every) { return every > 0 && step % every == 0; }

class TrainCommand {
 public:
  /// Sets defaults from the preset and defines the flags; parse() reads them. Flags override the
  /// configuration file, which overrides the preset. Both throw CLI::ParseError, also for --help, which
  /// app().exit() prints.
  TrainCommand(int argc, char** argv);
  void parse();

  /// Adopts the sizes of the network in --init as if they had been given. Throws CLI::ParseError if others
  /// were given.
  void adopt_sizes(const SpecOptions& found);
  /// Adopts pixels and images of the training that `line`, a config_line(), describes, unless others were
  /// given: for a file that is only converted.
  void adopt_images(const std::string& line);
  /// Takes all of `count` training images where a preset or adopt_images() leaves none of them; returns
  /// whether it did.
  bool keep_images(int count);

  const CLI::App& app() const { return app_; }
  const TrainOptions& options() const { return options_; }

  /// Return all settings as a configuration file, and those that determine the result as flags in one line,
  /// which train the same weights again from the same data. `all` includes what affects only the last bits
  /// (threads), or only the file (precision, low-rank); where nothing is trained, only what counts then.
  std::string config_file() const;
  std::string config_line(bool all) const;

 private:
  void add_model_options();
  void add_objective_options();
  void add_optimizer_options();
  void add_run_options();
  void resolve();
  void drop_idle_options();
  bool on_command_line(std::string_view flag) const;
  int* images_setting(std::string_view flag);  // null for another flag
  void place_beside_output(const std::string& flag, std::string_view extension, std::string& folder);

  int argc_;
  char** argv_;
  CLI::App app_;
  TrainOptions options_;
};

}  // namespace vae
