// Weights that a run starts from: a file of ours, or a plain safetensors file whose tensors have our names
// (encoder.0.weight, mu.bias, ...), as Python's safetensors saves a state_dict.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "native/config/presets.hpp"
#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

struct InitialWeights {
  std::optional<ModelSpec> spec;  // of a file of ours
  Metadata facts;                 // of a file of ours: how it was trained
  NamedTensors tensors;           // float
  std::string sha256;             // of the file

  /// Sizes of the network, as far as the tensors tell: mu's rows are the latent dimensions, the first layer's
  /// rows the hidden units of a network that has them to choose.
  SpecOptions sizes(SpecOptions otherwise) const;

  /// Copies the tensors into a model that has exactly these. Throws Failure kBadData, naming `file`.
  void put(VaeImpl& model, const std::string& file) const;
};

/// Elements of F32, F64, F16 and BF16; I8 only in a file of ours. Throws Failure kMissingInput, kIo, or
/// kBadData with the reader's error code.
InitialWeights read_initial_weights(const std::filesystem::path& path);

}  // namespace vae
