// Writes the table of bad files, and a good one, as CODE.NAME.bin into a folder, and the presets' model lines
// into its subfolder lines: the corpus of the fuzzers. The tests in Node and Chromium try the bad files too.
#include <filesystem>
#include <fstream>

#include "tests/bad_files.hpp"
#include "tests/models.hpp"

namespace {
void write(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
}  // namespace

int write_bad_files(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write(folder / "good.bin", vae::testing::sealed_file());
  for (const vae::testing::BadFile& bad : vae::testing::bad_files()) {
    if (bad.bytes.size() > (std::size_t{1} << 20)) continue;  // tests make their own huge file
    write(folder / (std::string(vae::code_name(bad.code)) + "." + bad.name + ".bin"), bad.bytes);
  }
  std::filesystem::create_directories(folder / "lines");
  int i = 0;
  for (const vae::ModelSpec& spec : {vae::mlp({1, 4, 4}, 3, 2), vae::mlp(), vae::aevb(), vae::tf_conv()}) {
    const std::string line = to_string(spec);
    write(folder / "lines" / (std::to_string(i++) + ".txt"),
          {reinterpret_cast<const std::byte*>(line.data()),
           reinterpret_cast<const std::byte*>(line.data() + line.size())});
  }
  return 0;
}

int main(int argc, char** argv) { return argc == 2 ? write_bad_files(argv[1]) : 2; }
