#include "shared/file/weights_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>

#include "shared/base/concat.hpp"
#include "shared/base/encoding.hpp"
#include "shared/base/enum_names.hpp"
#include "shared/base/numbers.hpp"
#include "shared/file/safetensors_header.hpp"

namespace vae {
namespace {

std::string quoted(std::string_view text) { return concat({"\"", text.substr(0, 64), "\""}); }

// ---- The checks, in the order of read_weights

/// Returns the size of a tensor in bytes and sets its dtype. Errors: kDtype; kShape when a dimension is out
/// of range or the product overflows.
Result<std::uint64_t> tensor_bytes(const HeaderParser::Entry& entry, Dtype& dtype) {
  if (!parse_name(entry.dtype, dtype)) {
    return make_error(ErrorCode::kDtype, {"tensor ", quoted(entry.name), " has the element type ",
                                          quoted(entry.dtype), "; expected F32, F16 or I8"});
  }
  if (entry.too_many_dims || entry.zero_dim || entry.shape.rank == 0) {
    return make_error(ErrorCode::kShape,
                      {"tensor ", quoted(entry.name), " must have 1 to 4 dimensions of at least 1"});
  }
  std::uint64_t bytes = bytes_of(dtype);
  for (int i = 0; i < entry.shape.rank; ++i) {
    bytes *= static_cast<std::uint64_t>(entry.shape.size[static_cast<std::size_t>(i)]);  // < 2^31 * 2^31
    if (bytes > 0x7fffffff) {
      return make_error(ErrorCode::kShape, {"tensor ", quoted(entry.name), " exceeds the largest file size"});
    }
  }
  return bytes;
}

std::optional<Error> check_version(const HeaderParser& header, const FileLimits& limits) {
  std::string_view format, version;
  for (const auto& [key, value] : header.metadata) {
    if (key == "format") format = value;
    if (key == "version") version = value;
  }
  if (format != limits.format) {
    return make_error(ErrorCode::kNotWeights,
                      {"a safetensors file, but not one of digit-vae's: its format is ", quoted(format),
                       ", expected ", quoted(limits.format)});
  }
  const auto major = parse_whole(version.substr(0, version.find('.')));
  if (!major) {
    return make_error(ErrorCode::kVersion, {"version ", quoted(version), " is not a version"});
  }
  if (*major != kFormatMajor) {
    return make_error(ErrorCode::kVersion, {*major > kFormatMajor ? "made by a newer" : "not made by any",
                                            " digit-vae (format version ", *major, ", this one reads ",
                                            kFormatMajor, "): update digit-vae"});
  }
  return std::nullopt;
}

/// Returns the offset of the eight digits of metadata crc32 in the file, or 0.
std::size_t crc_position(const WeightsView& view, std::span<const std::byte> file) {
  const std::string_view digits = view.get("crc32");
  if (digits.size() != 8) return 0;
  return static_cast<std::size_t>(digits.data() - reinterpret_cast<const char*>(file.data()));
}

/// Returns the CRC-32 of the file with those eight digits read as '0'.
std::uint32_t file_crc(std::span<const std::byte> file, std::size_t position) {
  constexpr std::array<char, 8> kZeros = {'0', '0', '0', '0', '0', '0', '0', '0'};
  std::uint32_t crc = crc32(file.first(position));
  crc = crc32(std::as_bytes(std::span(kZeros)), crc);
  return crc32(file.subspan(position + 8), crc);
}

}  // namespace

// ---- Reading

const TensorView* WeightsView::find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const TensorView& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

std::string_view WeightsView::get(std::string_view key) const {
  for (const auto& [k, value] : metadata) {
    if (k == key) return value;
  }
  return {};
}

Result<WeightsView> read_weights(std::span<const std::byte> file, const FileLimits& limits) {
  if (file.size() > limits.bytes) {
    return make_error(ErrorCode::kTooLarge,
                      {"the file has ", file.size(), " bytes; at most ", limits.bytes, " are allowed"});
  }
  const auto* chars = reinterpret_cast<const char*>(file.data());
  if (file.size() > 8 && chars[8] != '{') {
    return make_error(ErrorCode::kNotWeights, {chars[0] == '<' ? "this is a web page, not a weights file"
                                                               : "this is not a weights file (safetensors)"});
  }
  if (file.size() < 9) {
    return make_error(ErrorCode::kTruncated, {"the file ends after ", file.size(), " bytes"});
  }
  const auto length = load_as<std::uint64_t>(file.data());
  if (length > kMaxHeaderBytes || (8 + length) % kDataAlignment != 0) {
    return make_error(ErrorCode::kHeader, {"header length ", length,
                                           " is not allowed (at most 65536, data at a multiple of 64)"});
  }
  if (length > file.size() - 8) {
    return make_error(ErrorCode::kTruncated,
                      {"the file ends inside its header: ", file.size(), " of ", 8 + length, " bytes"});
  }
  HeaderParser header({chars + 8, static_cast<std::size_t>(length)}, limits.tensors);
  header.entries.reserve(std::min<std::size_t>(limits.tensors, 64));
  if (!header.parse()) {
    return make_error(header.too_many() ? ErrorCode::kTooLarge : ErrorCode::kJson,
                      {"header: ", header.problem()});
  }
  if (const auto problem = check_version(header, limits)) return *problem;

  WeightsView view;
  view.metadata = std::move(header.metadata);
  view.tensors.reserve(header.entries.size());
  const std::span<const std::byte> data = file.subspan(8 + static_cast<std::size_t>(length));
  for (const HeaderParser::Entry& entry : header.entries) {
    Dtype dtype{};
    const auto bytes = tensor_bytes(entry, dtype);
    if (!bytes) return bytes.error();
    if (entry.end < entry.begin || entry.end - entry.begin != *bytes) {
      return make_error(ErrorCode::kOffsets,
                        {"tensor ", quoted(entry.name), " needs ", *bytes,
                         " bytes, but its data_offsets are ", entry.begin, " and ", entry.end});
    }
    view.tensors.push_back({entry.name, dtype, entry.shape, {}});
  }
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < view.tensors.size(); ++i) {
    const HeaderParser::Entry& entry = header.entries[i];
    if (entry.begin != expected || (i > 0 && view.tensors[i].dtype < view.tensors[i - 1].dtype)) {
      return make_error(ErrorCode::kOffsets,
                        {"tensor ", quoted(entry.name),
                         " does not follow the one before it: tensors must tile the data in the "
                         "order F32, F16, I8"});
    }
    expected = entry.end;
  }
  if (expected > data.size()) {
    return make_error(ErrorCode::kTruncated, {"the file ends inside its tensors: ", data.size(), " of ",
                                              expected, " bytes of data"});
  }
  if (expected < data.size()) {
    return make_error(ErrorCode::kTrailing, {data.size() - expected, " bytes after the last tensor"});
  }
  for (std::size_t i = 0; i < view.tensors.size(); ++i) {
    const HeaderParser::Entry& entry = header.entries[i];
    view.tensors[i].bytes = data.subspan(static_cast<std::size_t>(entry.begin),
                                         static_cast<std::size_t>(entry.end - entry.begin));
  }
  const std::size_t position = crc_position(view, file);
  if (position == 0) return make_error(ErrorCode::kCrc, {"metadata crc32 is missing or not 8 digits"});
  const std::string actual = hex8(file_crc(file, position));
  if (view.get("crc32") != actual) {
    return make_error(ErrorCode::kCrc, {"the file is damaged: its checksum is ", actual, ", not ",
                                        view.get("crc32"), "; download or copy it again"});
  }
  return view;
}

bool dequantize(const TensorView& tensor, const TensorView* scale, std::span<float> out) {
  const std::byte* in = tensor.bytes.data();
  float* to = out.data();
  float* const end = to + out.size();
  if (tensor.dtype == Dtype::kF32) {
    std::memcpy(to, in, tensor.bytes.size());
  } else if (tensor.dtype == Dtype::kF16) {
    for (; to != end; ++to, in += 2) *to = half_to_float(load_as<std::uint16_t>(in));
  } else {
    const auto columns = static_cast<std::ptrdiff_t>(out.size()) / tensor.shape.size[0];
    for (const std::byte* row = scale->bytes.data(); to != end; row += 4) {
      const float s = load_as<float>(row);
      for (float* const row_end = to + columns; to != row_end; ++to, ++in)
        *to = s * static_cast<std::int8_t>(*in);
    }
  }
  // An exponent of all ones means NaN or infinity (a bad scale shows up here too).
  return std::none_of(out.data(), end,
                      [](float x) { return (bit_cast<std::uint32_t>(x) & 0x7f800000u) == 0x7f800000u; });
}

}  // namespace vae
