// native_train: argv in, text out. The only catch of the trainer.
#include <torch/torch.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "native/support/failure.hpp"
#include "native/train/process_group.hpp"
#include "native/support/progress.hpp"
#include "native/run/train_options.hpp"
#include "native/run/training_run.hpp"

namespace {

using namespace vae;

constexpr const char* kNoMemory =
    "out of memory; try a smaller --batch-size, --samples, --hidden or --latent";

std::atomic<int> interrupted = 0;

/// The first signal asks the loop to end after its step; the second ends the process at once.
extern "C" void on_signal(int signal) {
  if (interrupted.exchange(signal) != 0) _exit(128 + signal);
}

/// The first line of what LibTorch throws: the rest is a stack of its own.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int fail(Exit code, const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "native_train: %s\n", message.c_str());
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);  // who reads our output may go; the training stays
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of write(), not the end
  try {
    TrainCommand command(argc, argv);
    try {
      command.parse();
    } catch (const CLI::Success& help) {
      return command.app().exit(help);
    }
    if (command.options().print_config) {
      std::fputs(command.config_file().c_str(), stdout);
      flush_output();
      return 0;
    }
    if (command.options().out.empty())
      return fail(Exit::kUsage, "--out FILE is required; see native_train --help");
    return run_training(command, interrupted);
  } catch (const CLI::FileError& e) {
    return fail(Exit::kMissingInput, "--config: " + first_line(e.what()));
  } catch (const CLI::ParseError& e) {
    return fail(Exit::kUsage, first_line(e.what()) + "; see native_train --help");
  } catch (const PeerLost& e) {  // or a signal broke the connection
    return fail(interrupted != 0 ? static_cast<Exit>(128 + interrupted) : e.code, e.what());
  } catch (const Failure& e) {
    return fail(e.code, e.what());
  } catch (const std::filesystem::filesystem_error& e) {
    return fail(Exit::kIo, e.path1().string() + ": " + e.code().message());
  } catch (const c10::Error& e) {
    const std::string text = first_line(e.what_without_backtrace());
    if (text.find("can't allocate memory") != std::string::npos) return fail(Exit::kDevice, kNoMemory);
    if (text.find("out of memory") == std::string::npos) return fail(Exit::kDiverged, text);
    return fail(Exit::kDevice, "the device is out of memory; try a smaller --batch-size or --device cpu");
  } catch (const std::bad_alloc&) {
    return fail(Exit::kDevice, kNoMemory);
  } catch (const std::exception& e) {
    return fail(Exit::kDiverged, first_line(e.what()));
  }
}
