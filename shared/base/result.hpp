// Errors as values. The core neither throws nor prints: a function that can fail returns Result<T>. An
// Error's message is a sentence for the user: what was found, what was expected, what to do. The names of the
// codes are the same natively, in WebAssembly and in JavaScript.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// All of digit-vae in C++ but its programs: shared/ and native/.
namespace vae {

/// What kind of thing went wrong. The names are stable: files, pages and scripts know them.
enum class ErrorCode {
  kNotWeights,  // another kind of file
  kTruncated,   // shorter than its own header says
  kTrailing,    // longer than its own header says
  kTooLarge,    // over the size or tensor limit
  kHeader,      // header length or padding
  kJson,        // header text
  kVersion,     // made by a newer digit-vae
  kDtype,       // element type
  kShape,       // dimensions, or the length of an argument
  kOffsets,     // tensors overlap, leave holes or are out of order
  kCrc,         // checksum
  kModel,       // the model line
  kNames,       // tensor names or shapes are not those of the model
  kNonfinite,   // NaN or infinity
  kGolden,      // the model does not reproduce its own golden sample
  kMemory,      // allocation failed
};

/// Returns the stable, lower-case name of a code, e.g. "too-large".
constexpr std::string_view code_name(ErrorCode value) {
  switch (value) {
    case ErrorCode::kNotWeights:
      return "not-weights";
    case ErrorCode::kTruncated:
      return "truncated";
    case ErrorCode::kTrailing:
      return "trailing";
    case ErrorCode::kTooLarge:
      return "too-large";
    case ErrorCode::kHeader:
      return "header";
    case ErrorCode::kJson:
      return "json";
    case ErrorCode::kVersion:
      return "version";
    case ErrorCode::kDtype:
      return "dtype";
    case ErrorCode::kShape:
      return "shape";
    case ErrorCode::kOffsets:
      return "offsets";
    case ErrorCode::kCrc:
      return "crc";
    case ErrorCode::kModel:
      return "model";
    case ErrorCode::kNames:
      return "names";
    case ErrorCode::kNonfinite:
      return "nonfinite";
    case ErrorCode::kGolden:
      return "golden";
    case ErrorCode::kMemory:
      return "memory";
  }
  return {};
}

/// What went wrong, as a code for programs and a sentence for people.
struct Error {
  ErrorCode code;
  std::string message;
};

/// Either a T or an Error. Test with `if (result)` before `*result`.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::move(error)) {}  // NOLINT

  explicit operator bool() const { return std::holds_alternative<T>(state_); }
  T& operator*() & { return *std::get_if<T>(&state_); }
  const T& operator*() const& { return *std::get_if<T>(&state_); }
  T operator*() && { return std::move(*std::get_if<T>(&state_)); }  // by value: safe in a range-for
  T* operator->() { return std::get_if<T>(&state_); }
  const T* operator->() const { return std::get_if<T>(&state_); }
  const Error& error() const { return *std::get_if<Error>(&state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace vae
