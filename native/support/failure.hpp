// How our programs fail: one line for the user and an exit code for scripts. Thrown anywhere in native,
// caught once in each main().
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "shared/base/result.hpp"

namespace vae {

/// The exit codes; those of sysexits.h where it has the case.
enum class Exit {
  kOk = 0,
  kUsage = 2,          // wrong command line
  kBadData = 65,       // a file is damaged or of another kind
  kMissingInput = 66,  // a file does not exist
  kDevice = 69,        // no such device, or out of its memory
  kDiverged = 70,      // a loss or gradient is not finite, or the trained file fails its own check
  kIo = 74,            // cannot read or write
  kLocked = 75,        // another run writes the same output
};

struct Failure : std::runtime_error {
  Failure(Exit exit_code, const std::string& message) : std::runtime_error(message), code(exit_code) {}
  Exit code;
};

/// Returns the core's value, or throws its error, which the user's data caused, as a Failure kBadData.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(Exit::kBadData, result.error().message);
  return std::move(*result);
}

/// Returns the Failure of a file that the core refuses: "FILE: message [code]".
inline Failure bad_file(const std::string& file, const Error& error) {
  return {Exit::kBadData, file + ": " + error.message + " [" + std::string(code_name(error.code)) + "]"};
}
template <class T>
T value_or_throw(Result<T> result, const std::string& file) {
  if (!result) throw bad_file(file, result.error());
  return std::move(*result);
}

}  // namespace vae
