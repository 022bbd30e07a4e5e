// Initial weights of a run: a file of ours, a checkpoint, or a plain safetensors file whose tensors have our
// names (encoder.0.weight, mu.bias, ...), as Python's safetensors saves a state_dict.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "native/config/presets.hpp"
#include "native/train/trainer.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {

struct InitialWeights {
  std::optional<ModelSpec> spec;  // of a file of ours, or a checkpoint
  Metadata metadata;              // of the same: how it was trained
  NamedTensors tensors;           // float; names without what Python's wrappers put before them
  // Of a plain file: tensors that no parameter can be, and why.
  std::vector<std::pair<std::string, std::string>> unreadable = {};
  std::string sha256;  // of the file

  /// Returns the sizes of the network as far as the tensors show them, otherwise those given: mu has a row
  /// per latent dimension; the first layer one per hidden unit, if the network has a choice of them.
  SpecOptions sizes(SpecOptions otherwise) const;

  /// Copies the tensors into a model. Returns the names of those that a plain file has besides, the buffers
  /// of other layers, say. Throws Failure kBadData, naming `file`, where a parameter is missing or has
  /// another size, or a file of ours has others.
  std::vector<std::string> put(VaeImpl& model, const std::string& file) const;
};

/// Reads tensors of F32, F64, F16 and BF16; I8 only in a file of ours. "module.", "_orig_mod." and "model."
/// before a name, of DataParallel, torch.compile and Lightning, are left out. Throws Failure kMissingInput,
/// kIo, or kBadData with the reader's error code.
InitialWeights read_initial_weights(const std::filesystem::path& path);

}  // namespace vae
