// split_weights WEIGHTS.bin OUT: writes OUT.decoder.bin and OUT.encoder.bin, with which a page shows its
// first digit for half the download. Runs on the machine that builds: a program of its own natively, under
// Node in the web's build.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "shared/model/weights_parts.hpp"

namespace {

bool write(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) std::fprintf(stderr, "split_weights: cannot write %s\n", path.c_str());
  return static_cast<bool>(out);
}

}  // namespace

#ifdef __EMSCRIPTEN__
// clang 15 and newer call a main with arguments __main_argc_argv in WebAssembly; Ubuntu 24.04's
// Emscripten 3.1.6 looks for main.
int main(int argc, char** argv) asm("main");
#endif
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr,
                 "usage: split_weights WEIGHTS.bin OUT    writes OUT.decoder.bin and OUT.encoder.bin\n");
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::vector<char> file{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) {
    std::fprintf(stderr, "split_weights: cannot read %s\n", argv[1]);
    return 1;
  }
  const auto parts = vae::split_weights(std::as_bytes(std::span(file)));
  if (!parts) {
    std::fprintf(stderr, "split_weights: %s: %s\n", argv[1], parts.error().message.c_str());
    return 1;
  }
  const std::string out = argv[2];
  return write(out + ".decoder.bin", parts->decoder) && write(out + ".encoder.bin", parts->encoder) ? 0 : 1;
}
