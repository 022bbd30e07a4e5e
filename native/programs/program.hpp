// What the mains of our programs share: signals, and a failure as one line and an exit code. No
// LibTorch here.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "native/support/failure.hpp"

namespace CLI {
class App;
}

namespace vae {

/// The signal that asked the program to end, 0 before. A second one ends the process at once.
extern std::atomic<int> interrupted;

/// What ends a program whose work is worth nothing unless it is complete.
struct Interrupted {};
/// Throws Interrupted after a signal.
void throw_if_interrupted();

/// Lets SIGINT and SIGTERM set `interrupted`, and makes a write that a closed pipe or a size limit stops an
/// error of write() instead of the end.
void handle_signals();

/// The first line: what LibTorch throws continues with a stack.
std::string first_line(const std::string& text);

/// Prints one line after the program's name on stderr and returns the exit code.
int fail(const char* program, Exit code, const std::string& message);

/// The whole of a main: handles signals, parses the command line, answers --help and --version, calls run()
/// and returns the exit code.
int run_program(const char* program, CLI::App& app, int argc, char** argv, const std::function<void()>& run);

/// Inside a catch block: tells what was thrown and returns the exit code. (CLI::Success, which --help throws,
/// is the caller's.)
int report_exception(const char* program);

}  // namespace vae
