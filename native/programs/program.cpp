#include "native/programs/program.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <new>

#include "native/support/arguments.hpp"
#include "native/support/output_file.hpp"
#include "native/support/progress.hpp"
#include "native/support/version.hpp"

namespace vae {

std::atomic<int> interrupted = 0;

namespace {

extern "C" void on_signal(int signal) {
  if (interrupted.exchange(signal) == 0) return;
  remove_lock_files();
  _exit(128 + signal);
}

/// Handles a signal unless whoever started the program has it ignored, as nohup does.
void handle(int signal) {
  if (std::signal(signal, on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);
}

}  // namespace

void throw_if_interrupted() {
  if (interrupted != 0) throw Interrupted();
}

void handle_signals() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  for (const int signal : {SIGHUP, SIGQUIT, SIGUSR1, SIGXCPU}) handle(signal);  // terminals, batch systems
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int fail(const char* program, Exit code, const std::string& message) {
  std::fflush(stdout);
  std::string line = message;  // names of files may hold anything
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, '?');
  std::fprintf(stderr, "%s: %s\n", program, line.c_str());
  return static_cast<int>(code);
}

int run_program(const char* program, CLI::App& app, int argc, char** argv, const std::function<void()>& run) {
  handle_signals();
  app.set_version_flag("--version", kVersion);
  try {
    parse_arguments(app, argc, argv);
    run();
    flush_output();
    return 0;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (...) {
    return report_exception(program);
  }
}

int report_exception(const char* program) {
  try {
    throw;
  } catch (const CLI::FileError& e) {
    return fail(program, Exit::kMissingInput, "--config: " + first_line(e.what()));
  } catch (const CLI::ParseError& e) {
    return fail(program, Exit::kUsage, first_line(e.what()) + "; see " + program + " --help");
  } catch (const Interrupted&) {
    return fail(program, static_cast<Exit>(128 + interrupted), "interrupted; nothing was written");
  } catch (const Failure& e) {
    return fail(program, e.code, e.what());
  } catch (const std::filesystem::filesystem_error& e) {
    return fail(program, Exit::kIo, e.path1().string() + ": " + e.code().message());
  } catch (const std::bad_alloc&) {
    return fail(program, Exit::kDevice, "out of memory");
  } catch (const std::exception& e) {
    return fail(program, Exit::kDiverged, first_line(e.what()));
  }
}

}  // namespace vae
