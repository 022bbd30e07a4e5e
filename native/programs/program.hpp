// What the main functions share: signals, and a failure as one line and an exit code. No LibTorch here.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "native/support/failure.hpp"

namespace CLI {
class App;
}

namespace vae {

/// The signal that asked the program to end, 0 if none. A second one ends the process at once.
extern std::atomic<int> interrupted;

/// Thrown after a signal by programs whose partial results are worthless.
struct Interrupted {};
/// Throws Interrupted after a signal.
void throw_if_interrupted();

/// Makes SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGXCPU set `interrupted`, and turns writes to a
/// closed pipe or beyond a size limit into errors of write() instead of signals.
void handle_signals();

/// Returns the first line; LibTorch's messages continue with a stack trace.
std::string first_line(const std::string& text);

/// Prints "PROGRAM: message" to stderr and returns the exit code.
int fail(const char* program, Exit code, const std::string& message);

/// The body of a main(): handles signals, parses the command line, answers --help and --version, calls run()
/// and returns the exit code.
int run_program(const char* program, CLI::App& app, int argc, char** argv, const std::function<void()>& run);

/// Reports the current exception and returns its exit code; to be called in a catch block. (CLI::Success,
/// which --help throws, is left to the caller.)
int report_exception(const char* program);

}  // namespace vae
