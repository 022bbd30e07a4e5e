#include "native/run/train_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>

#include "native/compress/stored_as.hpp"
#include "native/support/arguments.hpp"
#include "native/support/formatted.hpp"
#include "native/support/version.hpp"
#include "shared/base/enum_names.hpp"
#include "shared/base/numbers.hpp"
#include "shared/spec/check.hpp"

namespace vae {
namespace {

const std::string kModel = "Model", kObjective = "Objective", kOptimizer = "Optimizer", kRun = "Run";

// Validators describe themselves in --help; here the texts do.
/// Accepts a whole number in decimal digits. CLI11 by itself reads 010 as eight, and clamps what is too
/// large.
CLI::Validator range(std::uint64_t low, std::uint64_t high) {
  return CLI::Validator(
      [=](const std::string& text) -> std::string {
        const auto x = parse_whole(text);
        const bool octal = text.size() > 1 && text[0] == '0';
        if (x && !octal && *x >= low && *x <= high) return "";
        return text + " is not a whole number from " + std::to_string(low) + " to " + std::to_string(high);
      },
      "");
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Accepts a decimal number that a double can hold; CLI11 by itself also reads hexadecimal, and 1e-400 as 0.
CLI::Validator number(double low, bool inclusive, double below, const char* problem) {
  return CLI::Validator(
      [=](const std::string& text) {
        double x = kInfinity;  // which, like NaN, fails the comparison
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        return whole && x < below && (x > low || (inclusive && x == low)) ? "" : problem;
      },
      "");
}
CLI::Validator positive() { return number(0, false, kInfinity, "must be a number above 0"); }
CLI::Validator at_least_zero() { return number(0, true, kInfinity, "must be a number of at least 0"); }
CLI::Validator fraction() { return number(0, true, 1, "must be at least 0 and below 1"); }

/// Adds an option whose value is one of an enumeration's names.
template <class Enum>
CLI::Option* add_word(CLI::App& app, const std::string& name, Enum& value, const std::string& text) {
  const std::vector<std::string> words(kNamesOf<Enum>.begin(), kNamesOf<Enum>.end());
  return app
      .add_option_function<std::string>(
          name, [&value](const std::string& word) { parse_name(word, value); }, text)
      ->default_str(std::string(name_of(value)))
      ->type_name("WORD")
      ->check(CLI::IsMember(words).description(""));
}

/// Returns the preset that the command line or its configuration file names.
const Preset& named_preset(int argc, char** argv) {
  CLI::App app;
  std::string preset(presets().front().name);
  app.allow_extras();
  app.set_help_flag();
  app.allow_config_extras(true);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // parse() refuses a second
  app.add_option("--preset", preset);
  app.set_config("--config");
  app.config_formatter(std::make_shared<ConfigReader>(config_path(argc, argv), nullptr));
  app.parse(argc, argv);
  const Preset* const found = find_preset(preset);
  return found == nullptr ? presets().front() : *found;  // parse() refuses what is none
}

/// Returns an option's value, given or default; nothing for --help and the like.
std::optional<std::string> value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return option.count() > 0 ? option.results().back() : "false";
  if (option.count() > 0) return option.results().back();
  return option.get_default_str().empty() ? std::nullopt : std::optional(option.get_default_str());
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

/// "mlp (ours...), resnet (...)"
std::string preset_words() {
  std::string words;
  for (const Preset& preset : presets()) {
    words += (words.empty() ? "" : ", ") + std::string(preset.name) + " (" + std::string(preset.source) + ')';
  }
  return words;
}

/// "bernoulli, squared_error (variance 0.5), gaussian (learned variance)"
std::string likelihood_words() {
  std::string words;
  for (const Likelihood value : kValuesOf<Likelihood>) {
    const LikelihoodTraits likelihood = traits(value);
    words += (words.empty() ? "" : ", ") + std::string(likelihood.name);
    if (likelihood.learned_variance) words += " (learned variance)";
    if (likelihood.pixel_variance > 0) words += formatted(" (variance %g)", likelihood.pixel_variance);
  }
  return words;
}

}  // namespace

TrainCommand::TrainCommand(int argc, char** argv) : argc_(argc), argv_(argv) {
  const Preset& preset = named_preset(argc, argv);
  options_.preset = preset.name;
  options_.spec = preset.options;
  options_.train = preset.training;
  const RunDefaults& run = preset.run;
  options_.log_every = run.log_every;
  options_.metrics_every = run.metrics_every;
  options_.after_update = run.after_update;
  options_.picture_every = run.picture_every;
  options_.picture_inputs = run.picture_inputs;
  options_.checkpoint_steps = run.checkpoint_steps;
  app_.set_version_flag("--version", kVersion);
  app_.description(
      "Trains a variational autoencoder of small images and writes its weights.\n"
      "Losses are nats per image: reconstruction + KL = -ELBO, with z sampled.\n"
      "The defaults are the PyTorch example's setting (test -ELBO about 105.6 after epoch 10); for the best\n"
      "weights of this network: --epochs 60 --schedule one-cycle --lr 3e-3. Defaults below are those of the\n"
      "preset that is named.");
  app_.option_defaults()->always_capture_default();
  app_.allow_config_extras(CLI::config_extras_mode::error);
  app_.set_config("--config", "", "read settings from a file, a line name = value each; flags override it")
      ->type_name("FILE");
  options_.config = config_path(argc, argv);
  app_.config_formatter(std::make_shared<ConfigReader>(options_.config, &app_));
  add_model_options();
  add_objective_options();
  add_optimizer_options();
  add_run_options();
  app_.footer(
      "Exit codes: 0 ok, 2 usage, 65 bad data, 66 missing input, 69 device, 70 diverged (a file that "
      "fails its\n"
      "own check is kept as FILE.unchecked), 74 cannot read or write, 75 output in use by another run, "
      "128 + signal: interrupted, 130 by Ctrl-C (the state is kept as a checkpoint, without "
      "--checkpoint\n"
      "the weights so far as FILE.interrupted; a second Ctrl-C ends at once).");
}

void TrainCommand::parse() {
  parse_arguments(app_, argc_, argv_);
  resolve();
}

void TrainCommand::add_model_options() {
  TrainOptions& o = options_;
  app_.option_defaults()->group(kModel);
  app_.add_option("--preset", o.preset,
                  "a network and its training, which other flags override: " + preset_words())
      ->type_name("WORD")
      ->check(CLI::IsMember(preset_names()).description(""));
  app_.add_option("--latent", o.spec.latent, "dimensions of z")->type_name("N")->check(range(1, 4096));
  if (o.spec.hidden > 0) {
    app_.add_option("--hidden", o.spec.hidden, "units of each hidden layer")
        ->type_name("N")
        ->check(range(1, 65536));
  }
  app_.add_option("--components", o.spec.components,
                  "components of a learned mixture prior; 0: the prior is N(0, I)")
      ->type_name("N")
      ->check(range(0, kMaxComponents));
  add_word(app_, "--likelihood", o.spec.likelihood, "of a pixel: " + likelihood_words());
  add_word(
      app_, "--gaussian-mean", o.spec.gaussian_mean,
      formatted("of --likelihood gaussian: sigmoid (0 to 1) or linear; the log-variance is linear, softly "
                "floored at %g",
                double{kMinLogVariance}));
  app_.add_option("--dropout", o.spec.dropout, "fraction of hidden units dropped in training")
      ->type_name("RATE")
      ->check(fraction());
  add_word(app_, "--pixels", o.train.pixels,
           "gray (0 to 1), dynamic (binarized at random in every epoch), threshold (binarized) or "
           "dequantized (gray "
           "plus noise below one level, for --likelihood gaussian)");
}

void TrainCommand::add_objective_options() {
  TrainConfig& t = options_.train;
  app_.option_defaults()->group(kObjective);
  add_word(app_, "--objective", t.objective,
           "elbo, iwae (importance-weighted bound) or autoencoder (z = mu, no KL)");
  add_word(app_, "--gradient", t.gradient,
           "of the bound that iwae has: plain or dreg (doubly reparameterized, less noise for the encoder)");
  add_word(app_, "--estimator", t.estimator, "of the ELBO: a (all by sampling) or b (KL in closed form)");
  app_.add_option("--samples", t.samples, "samples of z per image in a step")
      ->type_name("N")
      ->check(range(1, 100000));
  app_.add_option("--beta", t.beta, "weight of the KL term; 1 is the ELBO")
      ->type_name("WEIGHT")
      ->check(at_least_zero());
  app_.add_option("--beta-warmup", t.beta_warmup, "steps over which the KL term's weight grows from 0")
      ->type_name("STEPS")
      ->check(range(0, 1000000000));
  app_.add_option("--free-bits", t.free_bits,
                  "nats of KL that each latent has for nothing, averaged over a batch; 0: none")
      ->type_name("NATS")
      ->check(at_least_zero());
  app_.add_option("--l2", t.l2, "weight of sum(w^2) / 2 over the weights, without biases")
      ->type_name("WEIGHT")
      ->check(at_least_zero());
  app_.add_option("--weight-prior", t.weight_prior,
                  "true: a standard normal prior on the weights and biases of encoder and decoder, "
                  "sum(w^2) / 2 over the number of training images")
      ->type_name("BOOL");
}

void TrainCommand::add_optimizer_options() {
  TrainConfig& t = options_.train;
  app_.option_defaults()->group(kOptimizer);
  app_.add_option("--epochs", t.epochs, "passes over the training images, unless --steps is set")
      ->type_name("N")
      ->check(range(0, 1000000));
  app_.add_option("--steps", t.steps, "updates of the weights; 0: as many as --epochs takes")
      ->type_name("N")
      ->check(range(0, 1000000000));
  app_.add_option("--batch-size", t.batch_size, "images per step")->type_name("N")->check(range(1, 60000));
  add_word(app_, "--last-batch", t.last_batch,
           "of an epoch: partial (smaller) or wrap (filled from the next epoch)");
  app_.add_option("--skip-images", t.skip_images, "leave out the first N training images; 0: none")
      ->type_name("N")
      ->check(range(0, 100000000));
  app_.add_option("--train-images", t.train_images,
                  "use only N training images, the first ones or those after --skip-images; 0: all")
      ->type_name("N")
      ->check(range(0, 100000000));
  app_.add_option("--validation", t.validation,
                  "hold out the last N training images; epochs then show their loss, and --keep and "
                  "--patience choose on "
                  "it; 0: none")
      ->type_name("N")
      ->check(range(0, 100000000));
  app_.add_option("--patience", t.patience,
                  "end after so many epochs without a better validation loss; 0: never")
      ->type_name("EPOCHS")
      ->check(range(0, 1000000));
  add_word(app_, "--keep", t.keep,
           "which weights: last, or best (of the epoch with the lowest validation loss)");
  add_word(app_, "--optimizer", t.optimizer,
           "adam, adamw, adagrad, sgd or tf-adam (TensorFlow's adam: a larger epsilon at the start)");
  app_.add_option("--lr", t.learning_rate, "learning rate, the peak of one-cycle")
      ->type_name("RATE")
      ->check(positive());
  add_word(app_, "--schedule", t.schedule,
           "learning rate over time: constant, cosine (down to 0) or one-cycle (up, then down)");
  app_.add_option("--weight-decay", t.weight_decay, "decoupled, of every parameter, for adamw")
      ->type_name("RATE")
      ->check(at_least_zero());
  app_.add_option("--momentum", t.momentum, "of sgd")->type_name("RATE")->check(fraction());
  app_.add_option("--clip", t.clip, "gradient norm to clip to; 0: no clipping")
      ->type_name("NORM")
      ->check(at_least_zero());
  app_.add_option("--ema", t.ema,
                  "decay of an exponential moving average of the weights, which is then kept; 0: none")
      ->type_name("DECAY")
      ->check(fraction());
  add_word(app_, "--initialize", t.init,
           "how parameters are drawn: pytorch, glorot, truncated-normal (0.001) or normal (0.01)");
  app_.add_option("--mean-bias", t.mean_bias,
                  "true: the output's biases start at the log-odds of the training images' mean")
      ->type_name("BOOL");
  add_word(app_, "--sigma-head", t.sigma_head,
           "what the encoder's second head gives in training: log-var, or log-sigma (the file has log-var)");
  app_.add_option("--tf32", t.tf32, "true: on a GPU, products and convolutions in TensorFloat-32")
      ->type_name("BOOL");
  app_.add_option("--bf16", t.bf16, "true: matrix products and convolutions in bfloat16")->type_name("BOOL");
  app_.add_option("--seed", t.seed, "of everything drawn: same seed, same file")
      ->type_name("N")
      ->check(range(0, std::numeric_limits<std::uint64_t>::max()));
}

void TrainCommand::add_run_options() {
  TrainOptions& o = options_;
  app_.option_defaults()->group(kRun);
  app_.add_option("--out", o.out,
                  "weights file to write (required); replaced only when training has finished")
      ->type_name("FILE");
  app_.add_option(
          "--init", o.init,
          "initial weights: a file of ours, one of --checkpoint's (best.bin), or a safetensors file of "
          "a state_dict with our names; with --epochs 0 it is only converted to a file of ours")
      ->type_name("FILE");
  app_.add_option("--data", o.data,
                  "folder with IDX files named as MNIST's, raw or .gz (labels may be missing), or with PNGs "
                  "in train/ and test/, there directly or in folders 0 to 9 (labels); without test/ every "
                  "tenth image is held out")
      ->type_name("DIR");
  app_.add_option("--threads", o.threads, "CPU threads; try 2 or more if cores are free")
      ->type_name("N")
      ->check(range(1, 1024));
  app_.add_option("--device", o.device, "auto, cpu or cuda; auto takes a GPU when there is one")
      ->type_name("WORD")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}).description(""));
  app_.add_option("--precision", o.precision,
                  "of the stored weights: f32, f16 (half the file) or int8 (a quarter)")
      ->type_name("WORD")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPrecisionNames), std::end(kPrecisionNames)))
                  .description(""));
  app_.add_option("--low-rank", o.low_rank,
                  "store the decoder's last layer as two with so many units between, fitted to the training "
                  "images: a "
                  "smaller file for a little loss; 0: as it is")
      ->type_name("N")
      ->check(range(0, 65536));
  app_.add_option(
          "--log-dir", o.log_dir,
          "folder for metrics.jsonl, TensorBoard events and pictures; what an earlier run left there "
          "is replaced. \"lowerbound\" in them is -ELBO, a loss: lower is better. tf-conv, tf-mlp and "
          "aevb have one beside the output, w.bin -> w.log; \"\": none")
      ->type_name("DIR");
  app_.add_option("--log-every", o.log_every,
                  "print and log the losses every N steps; 0: only after each epoch")
      ->type_name("STEPS")
      ->check(range(0, 1000000000));
  app_.add_option("--metrics-every", o.metrics_every,
                  "log lowerbound alone every N steps besides; 0: only as --log-every says")
      ->type_name("STEPS")
      ->check(range(0, 1000000000));
  app_.add_option("--picture-every", o.picture_every,
                  "draw reconstructions and samples into --log-dir every N steps; 0: only at the end")
      ->type_name("STEPS")
      ->check(range(0, 1000000000));
  app_.add_option("--checkpoint", o.checkpoint,
                  "folder for checkpoints: the newest two and, with --validation, the best are kept. tf-mlp "
                  "has one beside the "
                  "output, w.bin -> w.checkpoints, and goes on from it unasked; \"\": none")
      ->type_name("DIR");
  app_.add_option("--checkpoint-steps", o.checkpoint_steps, "write one every N steps; 0: only by time")
      ->type_name("STEPS")
      ->check(range(0, 1000000000));
  app_.add_option("--checkpoint-seconds", o.checkpoint_seconds, "write one every N seconds; 0: only by steps")
      ->type_name("SECONDS")
      ->check(at_least_zero());
  app_.add_option("--snapshots", o.snapshots,
                  "also save N decoders during training, in a file beside the output; 0: none")
      ->type_name("N")
      ->check(range(0, 1000));
  app_.add_option_function<std::string>(
          "--resume", [&o](const std::string& word) { parse_name(word, o.resume); },
          "resume from the newest checkpoint, to the same weights: on a CPU bit for bit; --resume alone is "
          "must, auto begins where there is none, for one command that a supervisor repeats")
      ->default_str("never")
      ->type_name("[WORD]")
      ->expected(0, 1)
      ->check(CLI::Validator(
          [](const std::string& word) {
            Resume known;
            return parse_name(word, known) ? "" : word + " is not auto, must or never";
          },
          ""));
  app_.add_flag("--allow-modified-data", o.allow_modified_data,
                "accept a damaged or replaced file among those of MNIST or Fashion-MNIST");
  app_.add_flag("--print-config", o.print_config, "print all settings as a configuration file and stop");
}

/// Derives the settings that follow from others.
void TrainCommand::resolve() {
  drop_idle_options();
  for (int i = 1; i < argc_; ++i) {  // without a word, for which CLI11 gives the default
    const bool last = i + 1 == argc_;
    if (std::string_view(argv_[i]) == "--resume" && (last || argv_[i + 1][0] == '-'))
      options_.resume = Resume::kMust;
  }
  TrainConfig& t = options_.train;
  if (on_command_line("--epochs") != on_command_line("--steps")
          ? on_command_line("--epochs")
          : app_["--steps"]->count() == 0 && app_["--epochs"]->count() > 0) {
    t.steps = 0;  // the command line wins over a configuration file, what is given over a preset
  }
  if (app_["--pixels"]->count() == 0 && traits(options_.spec.likelihood).learned_variance) {
    t.pixels = Pixels::kDequantized;
    app_.get_option("--pixels")->default_str(std::string(name_of(t.pixels)));
  }
  app_.get_option("--steps")->default_str(std::to_string(t.steps));
  const RunDefaults& run = find_preset(options_.preset)->run;
  place_beside_output("--log-dir", run.log_dir, options_.log_dir);
  place_beside_output("--checkpoint", run.checkpoint, options_.checkpoint);
}

/// Handles settings without effect: refuses them if given, resets them if they come from a preset.
void TrainCommand::drop_idle_options() {
  TrainConfig& t = options_.train;
  const auto only = [&](const char* flag, bool counts, auto& value, auto idle, const char* text,
                        const char* with) {
    if (counts || value == idle) return;
    CLI::Option* option = app_.get_option(flag);
    if (option->count() > 0) throw CLI::ValidationError(flag, std::string("has an effect only with ") + with);
    value = idle;
    option->default_str(text);
  };
  const bool elbo = t.objective == Objective::kElbo, samples = t.objective != Objective::kAutoencoder;
  only("--beta", elbo, t.beta, 1, "1", "--objective elbo");
  only("--beta-warmup", elbo, t.beta_warmup, 0, "0", "--objective elbo");
  only("--estimator", elbo, t.estimator, Estimator::kB, "b", "--objective elbo");
  only("--samples", samples, t.samples, 1, "1", "--objective elbo or iwae");
  only("--components", samples, options_.spec.components, 0, "0", "--objective elbo or iwae");
  only("--weight-decay", t.optimizer == OptimizerKind::kAdamW, t.weight_decay, 0, "0", "--optimizer adamw");
  const bool validated = t.validation > 0;
  only("--patience", validated, t.patience, 0, "0", "--validation");
  only("--keep", validated, t.keep, Keep::kLast, "last", "--validation");
  only("--gradient", t.objective == Objective::kIwae, t.gradient, Gradient::kPlain, "plain",
       "--objective iwae");
  const bool closed = elbo && t.estimator == Estimator::kB && options_.spec.components == 0;
  only("--free-bits", closed, t.free_bits, 0, "0", "--objective elbo, --estimator b and --components 0");
  only("--mean-bias", traits(options_.spec.likelihood).logits && options_.init.empty(), t.mean_bias, false,
       "0", "--likelihood bernoulli, and without --init");
  only("--gaussian-mean", traits(options_.spec.likelihood).learned_variance, options_.spec.gaussian_mean,
       GaussianMean::kSigmoid, "sigmoid", "--likelihood gaussian");
  only("--momentum", t.optimizer == OptimizerKind::kSgd, t.momentum, 0, "0", "--optimizer sgd");
}

bool TrainCommand::on_command_line(std::string_view flag) const {
  return std::any_of(argv_ + 1, argv_ + argc_,
                     [&](std::string_view word) { return word.substr(0, word.find('=')) == flag; });
}

void TrainCommand::adopt_sizes(const SpecOptions& found) {
  const auto adopt = [&](const char* flag, int& mine, int size) {
    CLI::Option* option = app_.get_option_no_throw(flag);
    if (option == nullptr || mine == size) return;
    if (option->count() > 0)
      throw CLI::ValidationError(
          flag, std::to_string(mine) + ", but " + options_.init + " has " + std::to_string(size));
    mine = size;
    option->default_str(std::to_string(size));
  };
  adopt("--latent", options_.spec.latent, found.latent);
  adopt("--hidden", options_.spec.hidden, found.hidden);
}

void TrainCommand::adopt_images(const std::string& line) {
  std::istringstream words(line);
  for (std::string flag, value; words >> flag >> value;) {
    CLI::Option* option = app_.get_option_no_throw(flag);
    if (option == nullptr || option->count() > 0) continue;
    TrainConfig& t = options_.train;
    const std::optional<std::uint64_t> count = parse_whole(value);
    if (flag == "--pixels") {
      parse_name(value, t.pixels);
    } else if (int* const images = images_setting(flag); images != nullptr && count) {
      *images = static_cast<int>(std::min<std::uint64_t>(*count, std::numeric_limits<int>::max()));
    } else {
      continue;
    }
    option->default_str(value);
  }
}

int* TrainCommand::images_setting(std::string_view flag) {
  TrainConfig& t = options_.train;
  if (flag == "--skip-images") return &t.skip_images;
  if (flag == "--train-images") return &t.train_images;
  if (flag == "--validation") return &t.validation;
  return nullptr;
}

bool TrainCommand::keep_images(int count) {
  const TrainConfig& t = options_.train;
  if (std::int64_t{t.skip_images} + t.validation < count) return false;
  bool kept = false;
  for (const char* flag : {"--skip-images", "--validation"}) {
    int& setting = *images_setting(flag);
    if (app_[flag]->count() > 0 || setting == 0) continue;
    setting = 0;
    app_.get_option(flag)->default_str("0");
    kept = true;
  }
  return kept;
}

/// Sets a preset's folder unless it was given: w.bin -> w.log.
void TrainCommand::place_beside_output(const std::string& flag, std::string_view extension,
                                       std::string& folder) {
  if (options_.out.empty()) return;
  if (app_[flag]->count() == 0 && !extension.empty()) {
    folder = std::filesystem::path(options_.out).replace_extension(extension).string();
    app_.get_option(flag)->default_str(folder);
  }
  if (folder == options_.out)
    throw CLI::ValidationError(flag, folder + " is the file of --out; name a folder");
}

std::string TrainCommand::config_file() const {
  std::string text;
  const std::string_view differs = find_preset(options_.preset)->differs;
  if (!differs.empty()) text = "# " + options_.preset + ": " + std::string(differs) + '\n';
  for (const std::string& group : {kModel, kObjective, kOptimizer, kRun}) {
    text += "# " + group + '\n';
    for (const CLI::Option* option :
         app_.get_options([&](const CLI::Option* o) { return o->get_group() == group; })) {
      const std::string name = option->get_single_name();
      if (name == "print-config" || name == (options_.train.steps > 0 ? "epochs" : "steps")) continue;
      const auto value =
          name == "resume" ? std::optional(std::string(name_of(options_.resume))) : value_of(*option);
      if (value) {
        const bool word =
            value->empty() || (value->find_first_not_of("+-.0123456789e") != std::string::npos &&
                               *value != "true" && *value != "false");
        text += name + " = " + (word ? '"' + *value + '"' : *value) + '\n';
      }
    }
  }
  return text;
}

std::string TrainCommand::config_line(bool all) const {
  std::string line;
  for (const CLI::Option* option : app_.get_options()) {
    const std::string name = option->get_single_name(), group = option->get_group();
    const bool of_file = name == "threads" || name == "precision" || name == "low-rank";
    const bool of_images = name == "pixels" || name == "validation" || name.ends_with("-images");
    const bool decides =
        (all && of_file) ||
        (all && options_.only_seals() ? of_images || name == "epochs"
                                      : group == kModel || group == kObjective || group == kOptimizer);
    if (!decides || name == (options_.train.steps > 0 ? "epochs" : "steps")) continue;
    if (const auto value = value_of(*option)) line += (line.empty() ? "--" : " --") + name + ' ' + *value;
  }
  return line;
}

}  // namespace vae
