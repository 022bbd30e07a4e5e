// The programs as people run them: a command line in, exit code and texts out.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

namespace vae::testing {

inline const std::string kTrain = PROGRAMS "/native_train", kEval = PROGRAMS "/native_eval",
                         kDigits = PROGRAMS "/native_digits";

struct Outcome {
  int code;
  std::string out, err;
};

/// Runs a shell command line.
inline Outcome run(const TemporaryFolder& folder, const std::string& command) {
  const std::string out = folder / ".out", err = folder / ".err";
  const int status = std::system(("(" + command + ") >" + out + " 2>" + err + " </dev/null").c_str());
  const auto text = [](const std::string& path) {
    const Bytes bytes = read_bytes(path);
    std::filesystem::remove(path);
    return std::string(bytes.begin(), bytes.end());
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text(out), text(err)};
}

/// The contract of every error: this code, one line on stderr that holds `word`.
inline void check_failure(const Outcome& o, int code, const std::string& word) {
  CAPTURE(o.out, o.err);
  CHECK(o.code == code);
  CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
  CHECK(o.err.find(word) != std::string::npos);
}

inline std::string train(const TemporaryFolder& folder, const std::string& arguments) {
  return kTrain + " --data " + folder.path().string() + " --hidden 32 --latent 3 " + arguments;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace vae::testing
