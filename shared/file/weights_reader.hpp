// weights.bin: a safetensors file under a stricter profile. Python, Rust and JavaScript open it, and its
// parameter names load straight into a PyTorch state_dict; read_weights rejects whatever is damaged or
// hostile.
//
// Layout: header length as little-endian u64; JSON header, padded with spaces so that data starts at a
// multiple of 64; tensors in the order F32, F16, I8, without gaps. An I8 tensor NAME has a per-channel scale,
// one for each index of its first dimension, in an F32 tensor NAME_scale. `__metadata__` holds format,
// version, crc32 and the model line. Goals: reject any single flipped bit, any truncation, and any false
// length before allocating memory for it; one pass, no copies. Non-goal: safetensors files of others
// (native_train --init reads those).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/spec/layers.hpp"

namespace vae {

/// How the numbers of a tensor are stored, in the order of the file.
enum class Dtype { kF32, kF16, kI8 };
/// Returns a dtype's name in safetensors.
constexpr std::string_view name_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::kF32:
      return "F32";
    case Dtype::kF16:
      return "F16";
    case Dtype::kI8:
      return "I8";
  }
  return {};
}
/// Returns the bytes of one number.
constexpr std::size_t bytes_of(Dtype dtype) { return std::size_t{4} >> static_cast<int>(dtype); }
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;
inline constexpr std::size_t kDataAlignment = 64;  // of the first tensor, from the start of the file

/// One tensor inside the bytes of a file.
struct TensorView {
  std::string_view name;
  Dtype dtype;
  Dims shape;
  std::span<const std::byte> bytes;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// A file that passed all checks of the container. Points into the bytes that it was read from.
struct WeightsView {
  std::vector<TensorView> tensors;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;

  const TensorView* find(std::string_view name) const;  // nullptr if there is none
  std::string_view get(std::string_view key) const;     // metadata value, empty if there is none
};

/// The largest file accepted. The default is for files that a page loads.
struct FileLimits {
  std::string_view format = "digit-vae";
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t tensors = 256;
};

inline constexpr int kFormatMajor = 1;  // a file of another major version is refused

/// Metadata of a file with one half of a model (shared/model/weights_parts): which half, and the CRC of the
/// complete file.
inline constexpr std::string_view kPartKey = "part", kPartOfKey = "part_of";
inline constexpr std::string_view kDecoderPart = "decoder", kEncoderPart = "encoder";

/// Checks, in this order, size, header, JSON, format, version, each tensor's dtype, shape and offsets, and
/// the CRC. Allocates less than 64 KiB. (The container is that of the safetensors format description.)
Result<WeightsView> read_weights(std::span<const std::byte> file, const FileLimits& limits = {});

/// Converts a tensor of any dtype to shape.count() floats. `scale` is the NAME_scale of an I8 tensor,
/// otherwise nullptr. Returns false when a number is NaN or infinite.
bool dequantize(const TensorView& tensor, const TensorView* scale, std::span<float> out);

/// A tensor to write, row-major.
struct NamedTensor {
  std::string name;
  Dims shape;
  std::vector<float> values;
  Dtype dtype = Dtype::kF32;      // in the file; kI8 adds NAME_scale
  std::vector<float> scale = {};  // of each row, for kI8; empty: the row's largest magnitude / 127
};

/// Copies tensor `name`, which the file must have, for write_weights: values, dtype and, of int8, per-channel
/// scales.
NamedTensor named_tensor(const WeightsView& view, const std::string& name);

/// Copies the metadata except for what write_weights adds.
Metadata copy_metadata(const WeightsView& view);

/// Returns the bytes of a file, the same for the same input. Adds format, version and crc32 to the metadata;
/// replaces characters that the profile does not allow by '?'.
std::vector<std::byte> write_weights(const Metadata& metadata, const std::vector<NamedTensor>& tensors,
                                     std::string_view format = FileLimits{}.format);

}  // namespace vae
