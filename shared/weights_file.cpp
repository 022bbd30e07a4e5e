#include "shared/weights_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

static_assert(std::endian::native == std::endian::little,
              "weights.bin is little-endian, and so must this machine be");

namespace vae {
namespace {

constexpr std::size_t kMaxHeader = std::size_t{64} << 10, kAlignment = 64, kMaxMetadata = 128;
constexpr std::string_view kDtypeNames[] = {"F32", "F16", "I8"};
constexpr std::size_t kDtypeBytes[] = {4, 2, 1};

std::size_t bytes_of(Dtype dtype) { return kDtypeBytes[static_cast<int>(dtype)]; }

Error error(ErrorCode code, std::string message) { return {code, std::move(message)}; }

std::string quoted(std::string_view text) { return '"' + std::string(text.substr(0, 64)) + '"'; }

// ---- The JSON subset
// -------------------------------------------------------------------------------------------- One object of
// objects and number lists, exactly as safetensors writes it: no escapes, no floats, fixed depth.

class HeaderParser {
 public:
  /// A tensor's entry as it stands in the header, before anything is believed.
  struct Entry {
    std::string_view name, dtype;
    Dims shape;
    bool too_many_dims = false, zero_dim = false;
    std::uint64_t begin = 0, end = 0;
  };

  HeaderParser(std::string_view text, std::size_t max_tensors) : text_(text), max_tensors_(max_tensors) {}

  /// False when the text is not of the subset; problem() then says what and where.
  bool parse() {
    const bool ok = object([this](std::string_view key) {
      return key == "__metadata__" ? parse_metadata() : parse_tensor(key);
    });
    if (!ok) return false;
    skip_space();
    return at_ == text_.size() || fail("text after the end of the header");
  }

  std::string problem() const { return problem_ + " (byte " + std::to_string(8 + at_) + ")"; }
  bool too_many() const { return too_many_; }
  std::vector<Entry> entries;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;

 private:
  bool fail(const char* problem) {
    if (problem_.empty()) problem_ = problem;
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool string(std::string_view& value) {
    if (!take('"')) return fail("expected a string");
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] < ' ' || text_[at_] > '~' || text_[at_] == '\\')
        return fail("only plain ASCII without escapes");
      ++at_;
    }
    if (at_ == text_.size()) return fail("string without end");
    value = text_.substr(begin, at_++ - begin);
    return true;
  }
  bool number(std::uint64_t& value) {
    skip_space();
    const std::size_t begin = at_;
    value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
      if (value >> 53) return fail("number above 2^53");
    }
    if (at_ == begin) return fail("expected a whole number");
    if (at_ - begin > 1 && text_[begin] == '0') return fail("number with a leading zero");
    return true;
  }
  /// `{"key": <member(key)>, ...}`
  template <class Member>
  bool object(Member member) {
    if (!take('{')) return fail("expected an object");
    if (take('}')) return true;
    do {
      std::string_view key;
      if (!string(key)) return false;
      if (!take(':')) return fail("expected a colon");
      if (!member(key)) return false;
    } while (take(','));
    return take('}') || fail("expected a comma or the end of the object");
  }
  /// `[<item(number)>, ...]`
  template <class Item>
  bool numbers(Item item) {
    if (!take('[')) return fail("expected a list");
    if (take(']')) return true;
    do {
      std::uint64_t value;
      if (!number(value)) return false;
      item(value);
    } while (take(','));
    return take(']') || fail("expected a comma or the end of the list");
  }

  bool parse_metadata() {
    if (seen_metadata_) return fail("__metadata__ appears twice");
    seen_metadata_ = true;
    metadata.reserve(kMaxMetadata);
    return object([this](std::string_view key) {
      for (const auto& [other, value] : metadata) {
        if (other == key) return fail("metadata key appears twice");
      }
      if (metadata.size() == kMaxMetadata) return fail("too many metadata keys");
      std::string_view value;
      if (!string(value)) return false;
      metadata.emplace_back(key, value);
      return true;
    });
  }

  bool parse_tensor(std::string_view name) {
    if (name.empty()) return fail("tensor without a name");
    for (const Entry& other : entries) {
      if (other.name == name) return fail("tensor name appears twice");
    }
    if (entries.size() == max_tensors_) {
      too_many_ = true;
      return fail("too many tensors");
    }
    Entry entry;
    entry.name = name;
    bool dtype = false, shape = false, offsets = false;
    const bool ok = object([&](std::string_view key) {
      if (key == "dtype" && !dtype) return dtype = true, string(entry.dtype);
      if (key == "shape" && !shape) return shape = true, parse_dims(entry);
      if (key == "data_offsets" && !offsets) return offsets = true, parse_offsets(entry);
      return fail("unknown or repeated key of a tensor");
    });
    if (!ok) return false;
    if (!dtype || !shape || !offsets) return fail("tensor without dtype, shape or data_offsets");
    entries.push_back(entry);
    return true;
  }

  bool parse_dims(Entry& entry) {
    return numbers([&](std::uint64_t dim) {
      if (entry.shape.rank == 4 || dim > 0x7fffffff) {
        entry.too_many_dims = true;
      } else {
        entry.shape.size[static_cast<std::size_t>(entry.shape.rank++)] = static_cast<int>(dim);
        entry.zero_dim |= dim == 0;
      }
    });
  }

  bool parse_offsets(Entry& entry) {
    int count = 0;
    const bool ok = numbers([&](std::uint64_t offset) {
      if (count == 0) entry.begin = offset;
      if (count == 1) entry.end = offset;
      ++count;
    });
    return ok && (count == 2 || fail("data_offsets needs two numbers"));
  }

  std::string_view text_;
  std::size_t max_tensors_, at_ = 0;
  bool seen_metadata_ = false, too_many_ = false;
  std::string problem_;
};

// ---- The checks, in the order that read_weights makes them
// ------------------------------------------------------

/// Bytes of a tensor, or nothing when its dtype is unknown, a dimension is out of range or the product
/// overflows.
Result<std::uint64_t> tensor_bytes(const HeaderParser::Entry& entry, Dtype& dtype) {
  const auto found = std::find(std::begin(kDtypeNames), std::end(kDtypeNames), entry.dtype);
  if (found == std::end(kDtypeNames)) {
    return error(ErrorCode::kDtype, "tensor " + quoted(entry.name) + " has the element type " +
                                        quoted(entry.dtype) + "; expected F32, F16 or I8");
  }
  dtype = static_cast<Dtype>(found - std::begin(kDtypeNames));
  if (entry.too_many_dims || entry.zero_dim || entry.shape.rank == 0) {
    return error(ErrorCode::kShape,
                 "tensor " + quoted(entry.name) + " must have 1 to 4 dimensions of at least 1");
  }
  std::uint64_t bytes = bytes_of(dtype);
  for (int i = 0; i < entry.shape.rank; ++i) {
    bytes *= static_cast<std::uint64_t>(entry.shape.size[static_cast<std::size_t>(i)]);  // < 2^31 * 2^31
    if (bytes > 0x7fffffff) {
      return error(ErrorCode::kShape, "tensor " + quoted(entry.name) + " is larger than any file may be");
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
    return error(ErrorCode::kNotWeights, "a safetensors file, but not one of digit-vae's: its format is " +
                                             quoted(format) + ", expected " + quoted(limits.format));
  }
  int major = 0;
  std::size_t digits = 0;
  while (digits < version.size() && version[digits] >= '0' && version[digits] <= '9' && digits < 6) {
    major = major * 10 + (version[digits++] - '0');
  }
  if (digits == 0 || (digits < version.size() && version[digits] != '.')) {
    return error(ErrorCode::kVersion, "version " + quoted(version) + " is not a version");
  }
  if (major != kFormatMajor) {
    return error(ErrorCode::kVersion, "made by a newer digit-vae (format version " + std::to_string(major) +
                                          ", this one reads " + std::to_string(kFormatMajor) +
                                          "): update digit-vae");
  }
  return std::nullopt;
}

/// Where the eight digits of metadata crc32 stand in the file, or 0.
std::size_t crc_position(const WeightsView& view, std::span<const std::byte> file) {
  const std::string_view digits = view.get("crc32");
  if (digits.size() != 8) return 0;
  return static_cast<std::size_t>(digits.data() - reinterpret_cast<const char*>(file.data()));
}

/// CRC-32 of the file with those eight digits read as '0'.
std::uint32_t file_crc(std::span<const std::byte> file, std::size_t position) {
  constexpr std::array<char, 8> kZeros = {'0', '0', '0', '0', '0', '0', '0', '0'};
  std::uint32_t crc = crc32(file.first(position));
  crc = crc32(std::as_bytes(std::span(kZeros)), crc);
  return crc32(file.subspan(position + 8), crc);
}

std::string hex8(std::uint32_t value) {
  std::string digits(8, '0');
  for (int i = 7; i >= 0; --i, value >>= 4)
    digits[static_cast<std::size_t>(i)] = "0123456789abcdef"[value & 15];
  return digits;
}

template <class T>
T load_as(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

}  // namespace

// ---- Reading
// ----------------------------------------------------------------------------------------------------

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
    return error(ErrorCode::kTooLarge, "the file has " + std::to_string(file.size()) + " bytes; at most " +
                                           std::to_string(limits.bytes) + " are allowed");
  }
  const auto* chars = reinterpret_cast<const char*>(file.data());
  if (file.size() > 8 && chars[8] != '{') {
    return error(ErrorCode::kNotWeights, chars[0] == '<' ? "this is a web page, not a weights file"
                                                         : "this is not a weights file (safetensors)");
  }
  if (file.size() < 9) {
    return error(ErrorCode::kTruncated, "the file ends after " + std::to_string(file.size()) + " bytes");
  }
  const auto length = load_as<std::uint64_t>(file.data());
  if (length > kMaxHeader || (8 + length) % kAlignment != 0) {
    return error(ErrorCode::kHeader, "header length " + std::to_string(length) +
                                         " is not allowed (at most 65536, data at a multiple of 64)");
  }
  if (length > file.size() - 8) {
    return error(ErrorCode::kTruncated, "the file ends inside its header: " + std::to_string(file.size()) +
                                            " of " + std::to_string(8 + length) + " bytes");
  }
  HeaderParser header({chars + 8, static_cast<std::size_t>(length)}, limits.tensors);
  header.entries.reserve(std::min<std::size_t>(limits.tensors, 64));
  if (!header.parse()) {
    return error(header.too_many() ? ErrorCode::kTooLarge : ErrorCode::kJson, "header: " + header.problem());
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
      return error(ErrorCode::kOffsets, "tensor " + quoted(entry.name) + " needs " + std::to_string(*bytes) +
                                            " bytes, but its data_offsets are " +
                                            std::to_string(entry.begin) + " and " +
                                            std::to_string(entry.end));
    }
    view.tensors.push_back({entry.name, dtype, entry.shape, {}});
  }
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < view.tensors.size(); ++i) {
    const HeaderParser::Entry& entry = header.entries[i];
    if (entry.begin != expected || (i > 0 && view.tensors[i].dtype < view.tensors[i - 1].dtype)) {
      return error(ErrorCode::kOffsets,
                   "tensor " + quoted(entry.name) +
                       " does not follow the one before it: tensors must tile the data in the "
                       "order F32, F16, I8");
    }
    expected = entry.end;
  }
  if (expected > data.size()) {
    return error(ErrorCode::kTruncated, "the file ends inside its tensors: " + std::to_string(data.size()) +
                                            " of " + std::to_string(expected) + " bytes of data");
  }
  if (expected < data.size()) {
    return error(ErrorCode::kTrailing,
                 std::to_string(data.size() - expected) + " bytes after the last tensor");
  }
  for (std::size_t i = 0; i < view.tensors.size(); ++i) {
    const HeaderParser::Entry& entry = header.entries[i];
    view.tensors[i].bytes = data.subspan(static_cast<std::size_t>(entry.begin),
                                         static_cast<std::size_t>(entry.end - entry.begin));
  }
  const std::size_t position = crc_position(view, file);
  if (position == 0) return error(ErrorCode::kCrc, "metadata crc32 is missing or not 8 digits");
  const std::string actual = hex8(file_crc(file, position));
  if (view.get("crc32") != actual) {
    return error(ErrorCode::kCrc, "the file is damaged: its checksum is " + actual + ", not " +
                                      std::string(view.get("crc32")) + "; download or copy it again");
  }
  return view;
}

bool dequantize(const TensorView& tensor, const TensorView* scale, std::span<float> out) {
  const std::byte* in = tensor.bytes.data();
  if (tensor.dtype == Dtype::kF32) {
    std::memcpy(out.data(), in, tensor.bytes.size());
  } else if (tensor.dtype == Dtype::kF16) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = half_to_float(load_as<std::uint16_t>(in + 2 * i));
  } else {
    const std::size_t rows = static_cast<std::size_t>(tensor.shape.size[0]), columns = out.size() / rows;
    for (std::size_t r = 0; r < rows; ++r) {
      const float s = load_as<float>(scale->bytes.data() + 4 * r);
      for (std::size_t c = 0; c < columns; ++c) {
        out[r * columns + c] = s * static_cast<float>(static_cast<std::int8_t>(in[r * columns + c]));
      }
    }
  }
  std::uint32_t worst =
      0;  // largest exponent field: all ones means NaN or infinity (a bad scale shows up here too)
  for (float x : out) worst = std::max(worst, std::bit_cast<std::uint32_t>(x) & 0x7f800000u);
  return worst != 0x7f800000u;
}

// ---- Writing
// ----------------------------------------------------------------------------------------------------

namespace {

/// A tensor as it will stand in the file.
struct Stored {
  std::string name;
  Dims shape;
  Dtype dtype;
  std::vector<std::byte> bytes;
};

template <class T>
void append(std::vector<std::byte>& bytes, const T& value) {
  const auto raw = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// Symmetric per-row int8: scale = max|row| / 127, so that 127 stands for the largest value; a row of zeros
/// has scale 1.
void store_int8(const NamedTensor& tensor, std::vector<Stored>& all) {
  const std::size_t rows = static_cast<std::size_t>(tensor.shape.size[0]),
                    columns = tensor.values.size() / rows;
  Stored weight{tensor.name, tensor.shape, Dtype::kI8, {}};
  Stored scales{tensor.name + "_scale", {1, {tensor.shape.size[0]}}, Dtype::kF32, {}};
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> row(tensor.values.data() + r * columns, columns);
    float largest = 0;
    for (float x : row) largest = std::max(largest, std::fabs(x));
    const float scale = largest > 0 ? largest / 127 : 1;
    append(scales.bytes, scale);
    for (float x : row)
      append(weight.bytes, static_cast<std::int8_t>(std::lround(std::clamp(x / scale, -127.0f, 127.0f))));
  }
  all.push_back(std::move(weight));
  all.push_back(std::move(scales));
}

std::vector<Stored> store(const std::vector<NamedTensor>& tensors) {
  std::vector<Stored> all;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.dtype == Dtype::kI8) {
      store_int8(tensor, all);
      continue;
    }
    Stored stored{tensor.name, tensor.shape, tensor.dtype, {}};
    stored.bytes.reserve(tensor.values.size() * bytes_of(tensor.dtype));
    for (float x : tensor.values) {
      if (tensor.dtype == Dtype::kF32) append(stored.bytes, x);
      if (tensor.dtype == Dtype::kF16) append(stored.bytes, float_to_half(x));
    }
    all.push_back(std::move(stored));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Stored& a, const Stored& b) { return a.dtype < b.dtype; });
  return all;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) out += c < ' ' || c > '~' || c == '"' || c == '\\' ? '?' : c;
  return out + '"';
}

std::string json_header(const Metadata& metadata, const std::vector<Stored>& tensors) {
  std::string json = "{\"__metadata__\":{";
  for (const auto& [key, value] : metadata) {
    json += (json.back() == '{' ? "" : ",") + json_string(key) + ':' + json_string(value);
  }
  json += '}';
  std::size_t offset = 0;
  for (const Stored& tensor : tensors) {
    json += ',' + json_string(tensor.name) + ":{\"dtype\":\"" +
            std::string(kDtypeNames[static_cast<int>(tensor.dtype)]) + "\",\"shape\":[";
    for (int i = 0; i < tensor.shape.rank; ++i) {
      json += (i > 0 ? "," : "") + std::to_string(tensor.shape.size[static_cast<std::size_t>(i)]);
    }
    json += "],\"data_offsets\":[" + std::to_string(offset) + ',' +
            std::to_string(offset + tensor.bytes.size()) + "]}";
    offset += tensor.bytes.size();
  }
  json += '}';
  json.append((kAlignment - (8 + json.size()) % kAlignment) % kAlignment, ' ');
  return json;
}

}  // namespace

std::vector<std::byte> write_weights(const Metadata& metadata, const std::vector<NamedTensor>& tensors,
                                     std::string_view format) {
  Metadata all = {
      {"format", std::string(format)}, {"version", std::to_string(kFormatMajor)}, {"crc32", "00000000"}};
  all.insert(all.end(), metadata.begin(), metadata.end());
  const std::vector<Stored> stored = store(tensors);
  const std::string header = json_header(all, stored);
  std::vector<std::byte> file;
  append(file, static_cast<std::uint64_t>(header.size()));
  const auto header_bytes = std::as_bytes(std::span(header));
  file.insert(file.end(), header_bytes.begin(), header_bytes.end());
  for (const Stored& tensor : stored) file.insert(file.end(), tensor.bytes.begin(), tensor.bytes.end());

  const std::string crc = hex8(crc32(file));  // its digits are still zeros
  const std::size_t position = 8 + header.find("\"crc32\":\"") + 9;
  std::memcpy(file.data() + position, crc.data(), crc.size());
  return file;
}

// ---- Encodings
// --------------------------------------------------------------------------------------------------

std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);   // NaN
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // rounds beyond 65504
  if (magnitude < 0x38800000u) {  // subnormal half: adding 0.5 aligns the mantissa and rounds to nearest even
    const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - 0x3f000000u));
  }
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 31u, mantissa = half & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) / 16777216.0f;  // 2^-24
    return sign != 0 ? -magnitude : magnitude;
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

std::string encode_floats(std::span<const float> values) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto bytes = std::as_bytes(values);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) text += k <= n ? kAlphabet[(group >> (18 - 6 * k)) & 63] : '=';
  }
  return text;
}

bool decode_floats(std::string_view base64, std::vector<float>& values) {
  if (base64.size() % 4 != 0) return false;
  const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
  const std::size_t count = base64.size() / 4 * 3 - padding;
  if (count % sizeof(float) != 0) return false;
  values.resize(count / sizeof(float));
  const auto bytes = std::as_writable_bytes(std::span(values));
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < base64.size(); ++i) {
    const char c = base64[i];
    std::uint32_t six = 0;
    if (c >= 'A' && c <= 'Z')
      six = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      six = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      six = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '+')
      six = 62;
    else if (c == '/')
      six = 63;
    else if (c != '=' || i < base64.size() - padding)
      return false;
    group = group << 6 | six;
    if (i % 4 != 3) continue;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t at = i / 4 * 3 + k;
      if (at < bytes.size()) bytes[at] = static_cast<std::byte>((group >> (16 - 8 * k)) & 255u);
    }
  }
  return true;
}

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t crc) {
  // Slicing by 8 (Kounavis and Berry 2005). The tables take 2048 steps to make: cheaper than to ship.
  std::array<std::array<std::uint32_t, 256>, 8> table;
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1u) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[0][i] = c;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t i = 0; i < 256; ++i)
      table[t][i] = table[0][table[t - 1][i] & 255u] ^ (table[t - 1][i] >> 8);
  }
  crc = ~crc;
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {
    const std::uint32_t low = load_as<std::uint32_t>(p) ^ crc, high = load_as<std::uint32_t>(p + 4);
    crc = table[7][low & 255u] ^ table[6][(low >> 8) & 255u] ^ table[5][(low >> 16) & 255u] ^
          table[4][low >> 24] ^ table[3][high & 255u] ^ table[2][(high >> 8) & 255u] ^
          table[1][(high >> 16) & 255u] ^ table[0][high >> 24];
  }
  for (; left > 0; --left, ++p)
    crc = table[0][(crc ^ std::to_integer<std::uint32_t>(*p)) & 255u] ^ (crc >> 8);
  return ~crc;
}

}  // namespace vae
