// Trains a VAE or an autoencoder of Linear layers without LibTorch, step by step, wherever the core runs. The
// same specification, configuration, seed and images give what native_train gives, up to rounding: the
// batches, pixels and noise are the same to the last bit. What it makes is a weights file like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/file/weights_reader.hpp"
#include "shared/model/model.hpp"
#include "shared/nn/sequential.hpp"
#include "shared/spec/model_spec.hpp"
#include "shared/train/backend.hpp"
#include "shared/train/batch_stream.hpp"
#include "shared/train/losses.hpp"
#include "shared/train/mlp_gradient.hpp"
#include "shared/train/optimizer.hpp"
#include "shared/train/train_config.hpp"

namespace vae {

/// Trains a multilayer perceptron step by step.
class MlpTrainer {
 public:
  /// Draws the parameters as native_train does. `images` (n, pixels) and `backend` must outlive this. Errors:
  /// kModel (settings that cannot be trained with, in words), kShape (no images, or of another size),
  /// kTooLarge (a model that no weights file holds), kMemory.
  static Result<MlpTrainer> make(const ModelSpec& spec, const TrainConfig& config,
                                 std::span<const std::uint8_t> images, Backend& backend);

  /// What one update was about, its losses before it.
  struct Report {
    std::int64_t step;  // counted from 1
    int epoch, images;  // epoch: counted from 1; images: in the batch
    Losses batch;
    double objective;  // what is minimized, without weight penalties
    double learning_rate, beta;
  };
  /// One update. Errors: kNonfinite when the loss or its gradient is not finite, or the gradient too large to
  /// descend; then nothing has changed. A run may be longer than the configuration says: the schedule's last
  /// rate stays.
  Result<Report> step();
  std::int64_t steps() const { return steps_; }  // done

  /// Settings that act from the next step on; the rate is a schedule's highest. Errors: kModel, and nothing
  /// has changed.
  std::optional<Error> set_beta(double beta);
  std::optional<Error> set_learning_rate(double rate);
  /// Without noise z is mu: all epsilon are 0.
  void set_noise(bool on) { noise_ = on; }

  const ModelSpec& spec() const { return spec_; }
  const TrainConfig& config() const { return config_; }  // as it is now

  /// The numbers of a parameter, by its name in parameters(spec); empty where there is none of this name.
  std::span<float> parameter(std::string_view name);
  /// Their derivative in the last step; empty before the first one, and where there is none.
  std::span<const float> gradient(std::string_view name) const;

  /// Returns averages over images (n, pixels), with `draws` of z for each, keyed by `seed`; 0 draws: z = mu,
  /// as always for an autoencoder. Pixels are those of every test. Not finite where a parameter is too large.
  /// Errors: kShape.
  Result<Losses> evaluate(std::span<const std::uint8_t> images, int draws = 1, std::uint64_t seed = 1);

  /// Returns a weights file: the parameters, a golden sample, seed, steps, epochs and the number of training
  /// images, then `more`.
  std::vector<std::byte> weights(const Metadata& more = {});
  /// Returns that file loaded. Errors: those of Model::load.
  Result<Model> snapshot(const Metadata& more = {}) { return Model::load(weights(more)); }

 private:
  MlpTrainer(const ModelSpec& spec, const TrainConfig& config, BatchStream batches, Backend& backend,
             Floats memory, std::vector<float*> places, MlpGradient gradient, Optimizer optimizer);
  std::size_t index_of(std::string_view name) const;
  Error diverged(const char* what) const;

  ModelSpec spec_;
  TrainConfig config_;
  BatchStream batches_;
  Backend* backend_;
  std::vector<ParameterSpec> names_;
  Floats memory_;               // of all that follows
  std::vector<float*> values_;  // of the parameters
  float *x_, *epsilon_;         // of a batch
  MlpGradient gradient_;
  Optimizer optimizer_;
  std::int64_t steps_ = 0;
  bool noise_ = true;
};

}  // namespace vae
