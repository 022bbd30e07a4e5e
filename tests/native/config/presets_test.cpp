// Every published system for a step or two, as native_train makes it. Each case leaves what went in and what
// came out in build/presets/CASE.safetensors, from which presets_test.py computes the same with
// modules, losses and optimizers that share nothing with ours.
#include <filesystem>
#include <sstream>

#include "native/model/export.hpp"
#include "native/run/train_options.hpp"
#include "native/support/output_file.hpp"
#include "native/train/trainer.hpp"
#include "shared/base/rng.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/catch.hpp"

using namespace vae;

namespace {

/// Twelve images: with batches of 8 the second one is smaller, or wraps into the next epoch.
constexpr int kImages = 12, kBatch = 8;

struct Case {
  std::string name, flags;
  int encoder, decoder;  // parameters as published; the encoder's with both heads
  int steps = 2;         // the first step of Adam and Adagrad is little more than the gradient's sign
};

constexpr int kMlpEncoder = (784 + 1) * 400 + 2 * (400 + 1) * 20;
constexpr int kMlpDecoder = (20 + 1) * 400 + (400 + 1) * 784;
constexpr int kTfConvEncoder = (16 + 1) * 64 + 2 * (16 * 64 + 1) * 64 + 2 * (3136 + 1) * 8;
constexpr int kTfConvDecoder = 9969009;
constexpr int kAevbEncoder = (784 + 1) * 500 + 2 * (500 + 1) * 2;
constexpr int kAevbDecoder = (2 + 1) * 500 + (500 + 1) * 784;
constexpr int kAevbGaussian = kAevbDecoder + (500 + 1) * 784;
constexpr int kIwaeEncoder = (784 + 1) * 200 + (200 + 1) * 200 + 2 * (200 + 1) * 50;
constexpr int kIwaeDecoder = (50 + 1) * 200 + (200 + 1) * 200 + (200 + 1) * 784;

const std::vector<Case> kCases = {
    {"mlp", "--preset mlp", kMlpEncoder, kMlpDecoder},
    {"tf-conv", "--preset tf-conv", kTfConvEncoder, kTfConvDecoder, 1},
    {"tf-conv-no-dropout", "--preset tf-conv --dropout 0", kTfConvEncoder, kTfConvDecoder, 1},
    {"tf-mlp", "--preset tf-mlp", kMlpEncoder, kMlpDecoder},
    {"tf-mlp-l2", "--preset tf-mlp --l2 0.01", kMlpEncoder, kMlpDecoder},
    {"aevb-a", "--preset aevb --estimator a", kAevbEncoder, kAevbDecoder},
    {"aevb-b", "--preset aevb", kAevbEncoder, kAevbDecoder},
    {"aevb-a-3", "--preset aevb --estimator a --samples 3", kAevbEncoder, kAevbDecoder},
    {"aevb-b-3", "--preset aevb --samples 3", kAevbEncoder, kAevbDecoder},
    {"aevb-gaussian", "--preset aevb --likelihood gaussian", kAevbEncoder, kAevbGaussian},
    {"aevb-linear", "--preset aevb --likelihood gaussian --gaussian-mean linear", kAevbEncoder,
     kAevbGaussian},
    {"free-bits", "--preset mlp --free-bits 0.02 --beta 3", kMlpEncoder, kMlpDecoder},
    {"iwae-1", "--preset iwae --objective iwae", kIwaeEncoder, kIwaeDecoder},
    {"iwae-50", "--preset iwae --objective iwae --samples 50", kIwaeEncoder, kIwaeDecoder},
    {"iwae-dreg", "--preset iwae --objective iwae --samples 50 --gradient dreg", kIwaeEncoder, kIwaeDecoder},
    {"adamw", "--preset mlp --optimizer adamw --weight-decay 1", kMlpEncoder, kMlpDecoder},
    {"sgd", "--preset mlp --optimizer sgd --momentum 0.9", kMlpEncoder, kMlpDecoder},
    {"clip", "--preset mlp --clip 5", kMlpEncoder, kMlpDecoder},
    {"ema", "--preset mlp --ema 0.15", kMlpEncoder, kMlpDecoder},
};

/// Ink of any gray on a third of the pixels.
ImageData speckles() {
  ImageData data;
  Rng rng(3, Stream::kSample);
  for (ImageSet* set : {&data.train, &data.test}) {
    set->shape = {1, 28, 28};
    set->labels.resize(kImages);
    for (std::int64_t i = 0; i < kImages * set->shape.size(); ++i)
      set->pixels.push_back(static_cast<std::uint8_t>(rng.below(3) == 0 ? rng.below(256) : 0));
  }
  return data;
}

/// What presets_test.py needs of one case, gathered step by step.
class Recorder {
 public:
  void add(const std::string& name, const torch::Tensor& t) { tensors_.push_back(to_named_tensor(name, t)); }
  void add(const std::string& prefix, const NamedTensors& all) {
    for (const auto& [name, tensor] : all) add(prefix + name, tensor);
  }
  void write(const std::string& name, const Metadata& metadata) const {
    const std::filesystem::path folder = std::filesystem::path(BUILD) / "presets";
    std::filesystem::create_directories(folder);
    write_file(folder / (name + ".safetensors"), write_weights(metadata, tensors_, "digit-vae-preset-case"));
  }

 private:
  std::vector<NamedTensor> tensors_;
};

/// The images of a step, as bytes and as the model saw them, and its noise: all keyed by the seed, so
/// drawn again.
void record_batch(Recorder& recorder, const ImageData& data, const TrainConfig& c, const StepReport& step,
                  int latent) {
  const auto pixels = static_cast<std::size_t>(data.train.shape.size());
  torch::Tensor bytes = torch::empty({step.images, data.train.shape.size()}), x = torch::empty_like(bytes);
  for (int i = 0; i < step.images; ++i) {
    const int position = (static_cast<int>(step.step) - 1) * c.batch_size + i, epoch = position / kImages + 1;
    const std::int64_t image = shuffled(kImages, c.seed, epoch)[static_cast<std::size_t>(position % kImages)];
    const std::span<const std::uint8_t> from(
        data.train.pixels.data() + static_cast<std::size_t>(image) * pixels, pixels);
    std::copy(from.begin(), from.end(), bytes[i].data_ptr<float>());
    read_pixels(c.pixels, from, c.seed, epoch, image, {x[i].data_ptr<float>(), pixels});
  }
  Rng rng(c.seed, Stream::kNoise, {static_cast<std::uint64_t>(step.step - 1)});
  torch::Tensor epsilon = torch::empty({c.samples, step.images, latent});
  for (float& e : std::span(epsilon.data_ptr<float>(), static_cast<std::size_t>(epsilon.numel())))
    e = rng.normal();
  const std::string at = std::to_string(step.step);
  recorder.add("bytes." + at, bytes);
  recorder.add("x." + at, x);
  recorder.add("epsilon." + at, epsilon);
}

/// What each dropout layer of a part multiplied its n rows by in the last step: the layer itself on ones.
void record_masks(Recorder& recorder, const std::string& prefix, torch::nn::Sequential& modules,
                  const LayerList& layers, Shape shape, int n) {
  for (int i = 0; i < layers.size(); ++i) {
    shape = *output_shape(layers[i], shape);
    if (!std::holds_alternative<Dropout>(layers[i])) continue;
    const torch::Tensor ones = torch::ones({n, shape.channels, shape.height, shape.width});
    recorder.add(prefix + std::to_string(i), (modules->begin() + i)->any_forward(ones).get<torch::Tensor>());
  }
}

void record_step(Recorder& recorder, VaeImpl& model, const StepReport& step, const TrainConfig& c) {
  const std::string at = std::to_string(step.step) + '.';
  record_masks(recorder, "mask." + at + "encoder.", model.encoder, model.spec.encoder,
               encoder_input(model.spec.encoder, model.spec.image), step.images);
  record_masks(recorder, "mask." + at + "decoder.", model.decoder, model.spec.decoder,
               {model.spec.latent, 1, 1}, c.samples * step.images);
  for (auto& named : model.named_parameters())
    recorder.add("gradient." + at + named.key(), named.value().grad());
  recorder.add("losses." + std::to_string(step.step),
               torch::tensor({step.batch.reconstruction, step.batch.kl, step.objective}));
}

std::int64_t parameter_count(VaeImpl& model, bool decoder) {
  std::int64_t count = 0;
  for (auto& named : model.named_parameters())
    if (named.key().starts_with("decoder") == decoder) count += named.value().numel();
  return count;
}

void run(const Case& c, const ImageData& data) {
  INFO(c.name);
  std::vector<std::string> words = {"native_train"};
  std::istringstream flags(c.flags);
  for (std::string word; flags >> word;) words.push_back(word);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  TrainCommand command(static_cast<int>(argv.size()), argv.data());
  command.parse();
  const TrainOptions& o = command.options();
  TrainConfig config = o.train;
  config.batch_size = kBatch;  // the file has the published size

  Vae model(make_spec(o.preset, data.train.shape, o.spec));
  initialize(*model, config, {data.train.pixels, 784});
  CHECK(parameter_count(*model, false) == c.encoder);
  CHECK(parameter_count(*model, true) == c.decoder);
  CHECK(model->encode(torch::zeros({3, 784})).log_var.sizes() == torch::IntArrayRef({3, o.spec.latent}));
  CHECK(model->decode(torch::zeros({3, o.spec.latent})).sizes() ==
        torch::IntArrayRef({3, outputs(model->spec)}));

  Recorder recorder;
  Trainer trainer(model, data, config);
  recorder.add("before.", trainer.state().parameters);
  for (int i = 0; i < c.steps; ++i) {
    const StepReport step = trainer.advance();
    record_batch(recorder, data, config, step, o.spec.latent);
    record_step(recorder, *model, step, config);
  }
  const TrainerState after = trainer.state();
  recorder.add("after.", after.parameters);
  recorder.add("average.", after.average);
  recorder.write(c.name, {{"preset", o.preset},
                          {"config", command.config_line(false)},
                          {"recorded_steps", std::to_string(c.steps)},
                          {"steps", std::to_string(trainer.steps())},
                          {"train_images", std::to_string(kImages)}});
}

}  // namespace

TEST_CASE("the published systems: sizes as published, and their steps written for presets_test.py") {
  const ImageData data = speckles();
  for (const Case& c : kCases) run(c, data);
}
