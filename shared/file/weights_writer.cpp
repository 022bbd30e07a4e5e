// Writes what weights_reader reads. A separate file, because browsers need only the reader.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "shared/base/encoding.hpp"
#include "shared/file/weights_reader.hpp"

namespace vae {
namespace {

/// A tensor as the file holds it.
struct Stored {
  std::string name;
  Dims shape;
  Dtype dtype;
  std::vector<std::byte> bytes;
};

template <class T>
void append(std::vector<std::byte>& bytes, const T& value) {
  for (std::byte b : bit_cast<std::array<std::byte, sizeof(T)>>(value)) bytes.push_back(b);
}

/// Quantizes to symmetric int8 with a scale per row: that of the tensor or, by default, max|row| / 127; 1 for
/// a row of zeros.
void store_int8(const NamedTensor& tensor, std::vector<Stored>& all) {
  const std::size_t rows = static_cast<std::size_t>(tensor.shape.size[0]),
                    columns = tensor.values.size() / rows;
  Stored weight{tensor.name, tensor.shape, Dtype::kI8, {}};
  Stored scales{tensor.name + "_scale", {1, {tensor.shape.size[0]}}, Dtype::kF32, {}};
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> row(tensor.values.data() + r * columns, columns);
    float largest = 0;
    for (float x : row) largest = std::max(largest, std::fabs(x));
    const float scale = !tensor.scale.empty() ? tensor.scale[r] : largest > 0 ? largest / 127 : 1;
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
    if (tensor.dtype == Dtype::kF32) {
      const auto bytes = std::as_bytes(std::span(tensor.values));
      stored.bytes.assign(bytes.begin(), bytes.end());
    } else {
      for (float x : tensor.values) append(stored.bytes, float_to_half(x));
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
    json += ',' + json_string(tensor.name) + ":{\"dtype\":\"" + std::string(name_of(tensor.dtype)) +
            "\",\"shape\":[";
    for (int i = 0; i < tensor.shape.rank; ++i) {
      json += (i > 0 ? "," : "") + std::to_string(tensor.shape.size[static_cast<std::size_t>(i)]);
    }
    json += "],\"data_offsets\":[" + std::to_string(offset) + ',' +
            std::to_string(offset + tensor.bytes.size()) + "]}";
    offset += tensor.bytes.size();
  }
  json += '}';
  json.append((kDataAlignment - (8 + json.size()) % kDataAlignment) % kDataAlignment, ' ');
  return json;
}

}  // namespace

NamedTensor named_tensor(const WeightsView& view, const std::string& name) {
  const TensorView& tensor = *view.find(name);
  NamedTensor copy{name, tensor.shape, {}, tensor.dtype};
  copy.values.resize(static_cast<std::size_t>(tensor.shape.count()));
  const TensorView* scale = view.find(name + "_scale");
  dequantize(tensor, scale, copy.values);
  if (tensor.dtype == Dtype::kI8) {
    copy.scale.resize(static_cast<std::size_t>(tensor.shape.size[0]));
    dequantize(*scale, nullptr, copy.scale);
  }
  return copy;
}

Metadata copy_metadata(const WeightsView& view) {
  Metadata metadata;
  for (const auto& [key, value] : view.metadata) {
    if (key != "format" && key != "version" && key != "crc32") metadata.emplace_back(key, value);
  }
  return metadata;
}

std::vector<std::byte> write_weights(const Metadata& metadata, const std::vector<NamedTensor>& tensors,
                                     std::string_view format) {
  Metadata all = {
      {"format", std::string(format)}, {"version", std::to_string(kFormatMajor)}, {"crc32", "00000000"}};
  all.insert(all.end(), metadata.begin(), metadata.end());
  const std::vector<Stored> stored = store(tensors);
  const std::string header = json_header(all, stored);
  std::size_t size = 8 + header.size();
  for (const Stored& tensor : stored) size += tensor.bytes.size();
  std::vector<std::byte> file;
  file.reserve(size);
  append(file, static_cast<std::uint64_t>(header.size()));
  const auto header_bytes = std::as_bytes(std::span(header));
  file.insert(file.end(), header_bytes.begin(), header_bytes.end());
  for (const Stored& tensor : stored) file.insert(file.end(), tensor.bytes.begin(), tensor.bytes.end());

  const std::string crc = hex8(crc32(file));  // computed while its digits are zeros
  const std::size_t position = 8 + header.find("\"crc32\":\"") + 9;
  std::memcpy(file.data() + position, crc.data(), crc.size());
  return file;
}

}  // namespace vae
