// Parses the JSON header of a safetensors file, and only the subset that safetensors writes: one object of
// objects, strings and lists of integers, of fixed depth, without escapes or floats. A general JSON library
// costs 70 KB of WebAssembly and accepts what a weights file must not hold. The parsed values are untrusted;
// weights_reader checks them. Files of other programs may have strings with escapes and any UTF-8, and any
// number of metadata keys: ForeignHeaderParser, which is compiled only where it is used, lets them pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/concat.hpp"
#include "shared/base/numbers.hpp"
#include "shared/spec/layers.hpp"

namespace vae {

/// Parses one header into its entries and metadata, which point into the text; with `foreign`, escapes in
/// strings stay as they are.
template <bool foreign>
class BasicHeaderParser {
 public:
  static constexpr std::size_t kMaxMetadata = 128;  // keys, of files that are not foreign

  /// A tensor's entry as the header has it, unchecked.
  struct Entry {
    std::string_view name, dtype;
    Dims shape;
    bool too_many_dims = false, zero_dim = false;
    std::uint64_t begin = 0, end = 0;
  };

  /// `text` must outlive this; more than `max_tensors` are refused.
  BasicHeaderParser(std::string_view text, std::size_t max_tensors)
      : text_(text), max_tensors_(max_tensors) {}

  /// Returns false when the text is outside the subset; problem() then says what is wrong, and where.
  bool parse() {
    const bool ok = object([this](std::string_view key) {
      return key == "__metadata__" ? parse_metadata() : parse_tensor(key);
    });
    if (!ok) return false;
    skip_space();
    return at_ == text_.size() || fail("text after the end of the header");
  }

  /// Returns why parse() failed, with the place in the file.
  std::string problem() const { return concat({problem_, " (byte ", 8 + at_, ")"}); }
  /// Returns whether parse() failed because of max_tensors.
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
      if constexpr (foreign) {
        at_ += text_[at_] == '\\' ? 2 : 1;
        continue;
      }
      if (text_[at_] < ' ' || text_[at_] > '~' || text_[at_] == '\\')
        return fail("only plain ASCII without escapes");
      ++at_;
    }
    if (at_ >= text_.size()) return fail("unterminated string");
    value = text_.substr(begin, at_++ - begin);
    return true;
  }
  bool number(std::uint64_t& value) {
    skip_space();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (at_ == begin) return fail("expected an integer");
    const auto number = parse_whole(text_.substr(begin, at_ - begin));
    if (!number || *number >> 53) return fail("number above 2^53");
    value = *number;
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
      if constexpr (!foreign) {
        for (const auto& [other, value] : metadata) {
          if (other == key) return fail("metadata key appears twice");
        }
        if (metadata.size() == kMaxMetadata) return fail("too many metadata keys");
      }
      std::string_view value;
      if (!string(value)) return false;
      metadata.emplace_back(key, value);
      return true;
    });
  }

  bool parse_tensor(std::string_view name) {
    if (name.empty()) return fail("a tensor has no name");
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
    if (!dtype || !shape || !offsets) return fail("a tensor needs dtype, shape and data_offsets");
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

using HeaderParser = BasicHeaderParser<false>;
using ForeignHeaderParser = BasicHeaderParser<true>;

}  // namespace vae
