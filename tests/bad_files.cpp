#include "tests/bad_files.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include "shared/spec/model_line.hpp"
#include "tests/models.hpp"

namespace vae::testing {
namespace {

using Bytes = std::vector<std::byte>;

Bytes to_bytes(const std::string& text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

/// A file around any header text, with a right checksum where there is one: `data` zero bytes follow.
Bytes around(std::string header, std::size_t data = 0, bool pad = true) {
  while (pad && (8 + header.size()) % 64 != 0) header += ' ';
  Bytes file(8);
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  const Bytes text = to_bytes(header);
  file.insert(file.end(), text.begin(), text.end());
  file.resize(file.size() + data);
  const std::size_t at = header.find("\"crc32\":\"00000000\"");
  if (at != std::string::npos) std::memcpy(file.data() + 8 + at + 9, hex8(crc32(file)).data(), 8);
  return file;
}

const std::string kMeta = R"("__metadata__":{"format":"digit-vae","version":"1","crc32":"00000000"})";

/// One tensor of 2 floats; `entry` replaces its description.
Bytes with_entry(const std::string& entry, std::size_t data = 8) {
  return around("{" + kMeta + "," + entry + "}", data);
}

/// A good file whose header text was edited and whose checksum is right again.
Bytes edited(const std::string& from, const std::string& to) {
  Bytes file = sealed_file();
  std::uint64_t length;
  std::memcpy(&length, file.data(), 8);
  std::string header(reinterpret_cast<const char*>(file.data()) + 8, length);
  const Bytes data(file.begin() + 8 + static_cast<std::ptrdiff_t>(length), file.end());
  header.erase(header.find_last_not_of(' ') + 1);
  header.replace(header.find(from), from.size(), to);
  header.replace(header.find("\"crc32\":\"") + 9, 8, "00000000");
  while ((8 + header.size()) % 64 != 0) header += ' ';
  length = header.size();
  std::memcpy(file.data(), &length, 8);
  file.resize(8);
  const Bytes text = to_bytes(header);
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), data.begin(), data.end());
  const std::string crc = hex8(crc32(file));
  std::memcpy(file.data() + 8 + header.find("\"crc32\":\"") + 9, crc.data(), 8);
  return file;
}

/// A good file but for what `change` does to its tensors and metadata before it is sealed.
template <class Change>
Bytes resealed(Change change) {
  const ModelSpec spec = small_spec();
  std::vector<NamedTensor> tensors = random_tensors(spec);
  Metadata metadata = sealed_metadata(spec, tensors);
  change(tensors, metadata);
  return write_weights(metadata, tensors);
}

Bytes with_fact(const std::string& key, const std::string& value) {
  return resealed([&](auto&, Metadata& metadata) {
    for (auto& [k, v] : metadata) {
      if (k == key) v = value;
    }
  });
}

Bytes with_length(std::uint64_t length) {
  Bytes file = sealed_file();
  std::memcpy(file.data(), &length, 8);
  return file;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

void add_containers(std::vector<BadFile>& all) {
  using enum ErrorCode;
  all.push_back({"empty", kTruncated, {}});
  all.push_back({"one-byte", kTruncated, Bytes(1)});
  all.push_back({"zeros", kNotWeights, Bytes(4096)});
  all.push_back({"html", kNotWeights, to_bytes("<!DOCTYPE html><html><body>404 Not Found</body></html>")});
  all.push_back({"png", kNotWeights, to_bytes("\x89PNG\r\n\x1a\n....IHDR................")});
  all.push_back({"pickle", kNotWeights, to_bytes("PK\x03\x04 a PyTorch zip archive, not ours")});
  all.push_back({"json", kNotWeights, to_bytes("{\"weights\": [1, 2, 3]}")});
  all.push_back({"plain-safetensors", kNotWeights,
                 around(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8)});
  all.push_back({"other-format", kNotWeights, edited("\"format\":\"digit-vae\"", "\"format\":\"pt\"")});
  all.push_back(
      {"checkpoint", kNotWeights, edited("\"format\":\"digit-vae\"", "\"format\":\"digit-vae-checkpoint\"")});
  all.push_back({"length-zero", kHeader, with_length(0)});
  all.push_back({"length-unaligned", kHeader, with_length(57)});
  all.push_back({"length-above-64k", kHeader, with_length(64 * 1025 - 8)});
  all.push_back({"length-huge", kHeader, with_length(std::numeric_limits<std::uint64_t>::max())});
  all.push_back({"length-wraps", kHeader, with_length(std::numeric_limits<std::uint64_t>::max() - 7)});
  all.push_back({"length-beyond-file", kTruncated, with_length(64 * 1024 - 8)});
  all.push_back({"header-unpadded", kHeader, around("{" + kMeta + "}  ", 0, false)});
  std::string many = "{" + kMeta;
  for (int i = 0; i < 257; ++i) {
    const std::string begin = std::to_string(4 * i), end = std::to_string(4 * i + 4);
    many += ",\"t" + std::to_string(i) + R"(":{"dtype":"F32","shape":[1],"data_offsets":[)" + begin + "," +
            end + "]}";
  }
  all.push_back({"too-many-tensors", kTooLarge, around(many + "}", 4 * 257)});
  all.push_back({"over-64-mib", kTooLarge, Bytes((std::size_t{64} << 20) + 1)});
}

void add_json(std::vector<BadFile>& all) {
  const auto add = [&](const char* name, Bytes bytes) {
    all.push_back({name, ErrorCode::kJson, std::move(bytes)});
  };
  add("json-not-closed", around("{" + kMeta));
  add("json-text-after", around("{" + kMeta + "} x"));
  add("json-trailing-comma", around("{" + kMeta + ",}"));
  add("json-ends-at-colon", around("{\"a\":"));
  add("json-no-colon", around("{\"a\" 1}"));
  add("json-number-value", around("{\"a\":1}"));
  add("json-string-open", around("{\"a"));
  add("json-escape", edited("\"version\":\"1\"", "\"version\":\"\\u0031\""));
  add("json-control-character", edited("\"version\":\"1\"", "\"version\":\"1\n\""));
  add("json-utf8", edited("\"version\":\"1\"", "\"version\":\"\xc2\xb9\""));
  add("json-nested-metadata", edited("\"version\":\"1\"", "\"version\":{\"a\":\"1\"}"));
  add("json-metadata-number", edited("\"version\":\"1\"", "\"version\":1"));
  add("json-metadata-twice", around("{" + kMeta + "," + kMeta + "}"));
  add("json-metadata-again", around("{" + kMeta + ",\"__metadata__\":{}}"));
  add("json-metadata-key-twice", edited("\"version\":\"1\"", "\"version\":\"1\",\"version\":\"1\""));
  std::string keys = "{\"__metadata__\":{\"a\":\"\"";
  for (int i = 0; i < 200; ++i) keys += ",\"k" + std::to_string(i) + "\":\"\"";
  add("json-metadata-too-many", around(keys + "}}"));
  add("json-empty-name", with_entry(R"("":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})"));
  add("json-duplicate-tensor", with_entry(R"("w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                          R"("w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})"));
  add("json-dtype-twice",
      with_entry(R"("w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]})"));
  add("json-shape-twice", with_entry(R"("w":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,8]})"));
  add("json-unknown-key", with_entry(R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":"y"})"));
  add("json-no-shape", with_entry(R"("w":{"dtype":"F32","data_offsets":[0,8]})"));
  add("json-one-offset", with_entry(R"("w":{"dtype":"F32","shape":[2],"data_offsets":[8]})"));
  add("json-three-offsets", with_entry(R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]})"));
  add("json-float", with_entry(R"("w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})"));
  add("json-negative", with_entry(R"("w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"));
  add("json-leading-zero", with_entry(R"("w":{"dtype":"F32","shape":[02],"data_offsets":[0,8]})"));
  add("json-above-2-53",
      with_entry(R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,9007199254740992]})"));
  add("json-number-overflow",
      with_entry(R"("w":{"dtype":"F32","shape":[99999999999999999999999],"data_offsets":[0,8]})"));
  add("json-string-shape", with_entry(R"("w":{"dtype":"F32","shape":"2","data_offsets":[0,8]})"));
  add("json-deep", around("{\"a\":" + std::string(40000, '[')));
}

void add_tensors(std::vector<BadFile>& all) {
  using enum ErrorCode;
  const auto entry = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return "\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + offsets + "]}";
  };
  all.push_back({"version-2", kVersion, edited("\"version\":\"1\"", "\"version\":\"2\"")});
  all.push_back({"version-10.3", kVersion, edited("\"version\":\"1\"", "\"version\":\"10.3\"")});
  all.push_back({"version-empty", kVersion, edited("\"version\":\"1\"", "\"version\":\"\"")});
  all.push_back({"version-word", kVersion, edited("\"version\":\"1\"", "\"version\":\"one\"")});
  all.push_back(
      {"version-before-dtype", kVersion,
       around("{" + replaced(kMeta, "\"1\"", "\"9\"") + "," + entry("F8_E4M3", "8", "0,8") + "}", 8)});
  all.push_back({"dtype-f64", kDtype, with_entry(entry("F64", "1", "0,8"))});
  all.push_back({"dtype-bf16", kDtype, with_entry(entry("BF16", "4", "0,8"))});
  all.push_back({"dtype-empty", kDtype, with_entry(entry("", "2", "0,8"))});
  all.push_back({"shape-empty", kShape, with_entry(entry("F32", "", "0,4"), 4)});
  all.push_back({"shape-zero", kShape, with_entry(entry("F32", "2,0", "0,0"), 0)});
  all.push_back({"shape-five-dims", kShape, with_entry(entry("F32", "1,1,1,1,2", "0,8"))});
  all.push_back({"shape-overflow-64", kShape,
                 with_entry(entry("F32", "2147483647,2147483647,2147483647,2147483647", "0,8"))});
  all.push_back({"shape-overflow-to-8", kShape, with_entry(entry("F32", "65536,65536,65536,65536", "0,8"))});
  all.push_back({"shape-largest-int", kTruncated, with_entry(entry("I8", "2147483647", "0,2147483647"))});
  all.push_back({"shape-above-int", kShape, with_entry(entry("F32", "4294967298", "0,8"))});
  all.push_back({"offsets-too-short", kOffsets, with_entry(entry("F32", "2", "0,4"))});
  all.push_back({"offsets-too-long", kOffsets, with_entry(entry("F32", "1", "0,8"))});
  all.push_back({"offsets-backwards", kOffsets, with_entry(entry("F32", "2", "8,0"))});
  all.push_back({"offsets-hole-first", kOffsets, with_entry(entry("F32", "1", "4,8"))});
  all.push_back(
      {"offsets-overlap", kOffsets,
       with_entry(entry("F32", "2", "0,8") + R"(,"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})")});
  all.push_back(
      {"offsets-hole", kOffsets,
       with_entry(entry("F32", "1", "0,4") + R"(,"v":{"dtype":"F32","shape":[1],"data_offsets":[8,12]})",
                  12)});
  all.push_back(
      {"order-f16-before-f32", kOffsets,
       with_entry(entry("F16", "2", "0,4") + R"(,"v":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})")});
  all.push_back({"data-short", kTruncated, with_entry(entry("F32", "2", "0,8"), 7)});
  all.push_back({"data-missing", kTruncated, with_entry(entry("F32", "400,784", "0,1254400"), 0)});
  all.push_back({"data-long", kTrailing, with_entry(entry("F32", "2", "0,8"), 9)});
  Bytes flipped = sealed_file();
  flipped.back() ^= std::byte{1};
  all.push_back({"crc-flipped-weight", kCrc, flipped});
  all.push_back({"crc-missing", kCrc, around("{" + replaced(kMeta, ",\"crc32\":\"00000000\"", "") + "}")});
  all.push_back({"crc-short", kCrc, around("{" + replaced(kMeta, "00000000", "0000000") + "}")});
}

void add_models(std::vector<BadFile>& all) {
  using enum ErrorCode;
  const std::string line = to_string(small_spec());
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const auto set_last = [](float value, Dtype dtype = Dtype::kF32) {
    return resealed([&](std::vector<NamedTensor>& t, Metadata&) {
      t.back().values.back() = value;
      t.back().dtype = dtype;
    });
  };
  all.push_back({"model-missing", kModel, with_fact("model", "")});
  all.push_back({"model-rubbish", kModel, with_fact("model", "hello world")});
  all.push_back({"model-unknown-layer", kModel, with_fact("model", replaced(line, "relu", "gelu"))});
  all.push_back(
      {"model-does-not-fit", kModel, with_fact("model", replaced(line, "linear:2:5", "linear:3:5"))});
  all.push_back({"model-too-slow", kModel,
                 with_fact("model", replaced(line, "linear:2:5,relu,linear:5:16",
                                             "linear:2:1048576,linear:1048576:1048576,linear:1048576:16"))});
  all.push_back({"model-height-wraps", kModel,
                 with_fact("model", replaced(line, "linear:2:5,relu,linear:5:16",
                                             "conv:2:1:1:1:4096:0:0:0,conv_transpose:1:1:1:1048576:29:0:0:0,"
                                             "conv:1:1:1:1:44:0:0:0,reshape:16x1x1"))});
  all.push_back({"names-other-architecture", kNames, with_fact("model", to_string(small_spec(6)))});
  all.push_back({"names-missing", kNames, resealed([](auto& t, Metadata&) { t.pop_back(); })});
  all.push_back(
      {"names-extra", kNames, resealed([](auto& t, Metadata&) { t.push_back({"x", {1, {1}}, {1}}); })});
  all.push_back(
      {"names-renamed", kNames, resealed([](auto& t, Metadata&) { t[0].name = "encoder.1.weight"; })});
  all.push_back({"names-transposed", kNames,
                 resealed([](auto& t, Metadata&) { std::swap(t[0].shape.size[0], t[0].shape.size[1]); })});
  all.push_back({"names-flat", kNames, resealed([](auto& t, Metadata&) { t[0].shape = {1, {80}}; })});
  all.push_back({"model-line-absent", kModel,
                 with_entry("\"x\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0,8]}", 8)});
  all.push_back({"int8-without-scale", kNames,
                 resealed([](auto& t, Metadata&) { t[0].dtype = Dtype::kI8, t[0].name = "q"; })});
  all.push_back({"int8-bias-scale-missing", kNames,
                 edited("decoder.2.bias\":{\"dtype\":\"F32\",\"shape\":[16]",
                        "decoder.2.bias_scale\":{\"dtype\":\"F32\",\"shape\":[16]")});
  all.push_back({"nan", kNonfinite, set_last(nan)});
  all.push_back({"infinity", kNonfinite, set_last(inf)});
  all.push_back({"minus-infinity", kNonfinite, set_last(-inf)});
  all.push_back({"f16-infinity", kNonfinite, set_last(1e6f, Dtype::kF16)});
  all.push_back({"int8-scale-infinity", kNonfinite, set_last(inf, Dtype::kI8)});
  all.push_back({"golden-missing", kGolden, with_fact("golden_z", "")});
  all.push_back({"golden-not-base64", kGolden, with_fact("golden_x", "!!!!")});
  all.push_back({"golden-short", kGolden, with_fact("golden_x", encode_floats(std::vector<float>(15)))});
  all.push_back(
      {"golden-wrong-image", kGolden, with_fact("golden_x", encode_floats(std::vector<float>(16, 0.9f)))});
  all.push_back({"golden-nan", kGolden, with_fact("golden_x", encode_floats(std::vector<float>(16, nan)))});
  all.push_back({"golden-z-nan", kGolden, with_fact("golden_z", encode_floats(std::vector<float>(2, nan)))});
  all.push_back(
      {"golden-wrong-weights", kGolden, resealed([](auto& t, Metadata&) { t.back().values[3] += 0.1f; })});
}

}  // namespace

std::vector<BadFile> bad_files() {
  std::vector<BadFile> all;
  add_containers(all);
  add_json(all);
  add_tensors(all);
  add_models(all);
  return all;
}

}  // namespace vae::testing
