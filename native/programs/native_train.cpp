// native_train: main() with the handling of LibTorch's exceptions.
#include <torch/torch.h>

#include <cstdio>

#include "native/programs/program.hpp"
#include "native/run/train_options.hpp"
#include "native/run/training_run.hpp"
#include "native/support/progress.hpp"
#include "native/train/process_group.hpp"

int main(int argc, char** argv) {
  using namespace vae;
  constexpr const char* kName = "native_train";
  constexpr const char* kNoMemory =
      "out of memory; try a smaller --batch-size, --samples, --hidden or --latent";
  handle_signals();  // a reader of our output may leave; training continues
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
      return fail(kName, Exit::kUsage, "--out FILE is required; see native_train --help");
    return run_training(command, interrupted);
  } catch (const PeerLost& e) {  // or a signal broke the connection
    return fail(kName, interrupted != 0 ? static_cast<Exit>(128 + interrupted) : e.code, e.what());
  } catch (const c10::Error& e) {
    const std::string text = first_line(e.what_without_backtrace());
    if (text.find("can't allocate memory") != std::string::npos) return fail(kName, Exit::kDevice, kNoMemory);
    if (text.find("out of memory") == std::string::npos) return fail(kName, Exit::kDiverged, text);
    return fail(kName, Exit::kDevice,
                "the device is out of memory; try a smaller --batch-size or --device cpu");
  } catch (const std::bad_alloc&) {
    return fail(kName, Exit::kDevice, kNoMemory);
  } catch (...) {
    return report_exception(kName);
  }
}
