// native_eval's flags.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace vae {

struct EvalOptions {
  std::string weights, data = "build/mnist", json, per_image, latents, png, sheets;
  std::string pixels;                    // empty: as the file says
  std::string precision;                 // empty: no other than the file's
  int nll = 0, images = 0, threads = 0;  // 0: no NLL, all images, all cores
  int draws = 0;                         // as default_draws() has it
  std::uint64_t seed = 1;
  bool allow_modified_data = false;
};

void add_options(CLI::App& app, EvalOptions& options);

}  // namespace vae
