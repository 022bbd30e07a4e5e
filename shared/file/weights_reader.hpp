// weights.bin: a valid safetensors file under a stricter profile, so that Python, Rust and JavaScript
// open it and parameter names load straight into a PyTorch state_dict, yet nothing damaged or hostile
// gets past read().
//
// Layout: u64 little-endian header length; JSON header padded with spaces so that data starts at a multiple
// of 64; tensors in the order F32, F16, I8, without holes. An I8 tensor NAME has one scale per index of its
// first dimension in an F32 tensor NAME_scale. `__metadata__` carries format, version, crc32 and the model
// line. Goals: reject any single flipped bit, any truncation and any lying length before memory is
// allocated from it; one pass, no copies. Non-goals: other people's safetensors files (native_train --init
// reads those).
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

enum class Dtype { kF32, kF16, kI8 };  // in the order of the file
constexpr std::string_view kDtypeNames[] = {"F32", "F16", "I8"};
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

/// A file that passed every check of the container. Points into the bytes it was read from.
struct WeightsView {
  std::vector<TensorView> tensors;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;

  const TensorView* find(std::string_view name) const;  // nullptr if there is none
  std::string_view get(std::string_view key) const;     // metadata value, empty if there is none
};

/// What a file may be at most. The default is what a page loads.
struct FileLimits {
  std::string_view format = "digit-vae";
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t tensors = 256;
};

inline constexpr int kFormatMajor = 1;  // files of a higher major version are refused with "update"

/// Metadata of a file that holds one half of a model (shared/model/weights_parts): which one, and of what,
/// the CRC of the complete file.
inline constexpr std::string_view kPartKey = "part", kPartOfKey = "part_of";
inline constexpr std::string_view kDecoderPart = "decoder", kEncoderPart = "encoder";

/// Checks size, header, JSON, format, version, every tensor's dtype, shape and place, and the CRC, in this
/// order. Source of the container: the safetensors format description. Extra memory is below 64 KiB.
Result<WeightsView> read_weights(std::span<const std::byte> file, const FileLimits& limits = {});

/// Floats of a tensor of any dtype; `out` holds shape.count() numbers. `scale` is the NAME_scale of an I8
/// tensor (nullptr otherwise). False when a number is NaN or infinite.
bool dequantize(const TensorView& tensor, const TensorView* scale, std::span<float> out);

/// A tensor to write, row-major.
struct NamedTensor {
  std::string name;
  Dims shape;
  std::vector<float> values;
  Dtype dtype = Dtype::kF32;      // stored as; kI8 writes NAME_scale too
  std::vector<float> scale = {};  // of each row, for kI8; empty: its largest number over 127
};

/// Returns tensor `name` of a file, which has it, as it can be written again: its numbers, its dtype, and for
/// int8 the scales of its rows.
NamedTensor named_tensor(const WeightsView& view, const std::string& name);

/// Returns the metadata of a file but for what write_weights adds.
Metadata copy_metadata(const WeightsView& view);

/// The bytes of a file. Characters of metadata that the profile does not allow become '?'. format, version
/// and crc32 are added. The same input gives the same bytes.
std::vector<std::byte> write_weights(const Metadata& metadata, const std::vector<NamedTensor>& tensors,
                                     std::string_view format = FileLimits{}.format);

}  // namespace vae
