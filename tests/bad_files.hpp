// Weights files that must be refused, each with the one code that says why. The table is shared by the
// core's tests and, written to disk by write_bad_files, by the tests in Node and Chromium: same file, same
// code everywhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace vae::testing {

struct BadFile {
  std::string name;
  ErrorCode code;
  std::vector<std::byte> bytes;
};

std::vector<BadFile> bad_files();

}  // namespace vae::testing
