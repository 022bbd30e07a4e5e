// Writes the table of bad files, and a good one, as CODE.NAME.bin into a folder, and encoders, the presets'
// model lines, snapshots and digits into its subfolders: the corpus of the fuzzers. The tests in Node and
// Chromium try the bad files too.
#include <filesystem>
#include <fstream>

#include "shared/file/digits_file.hpp"
#include "shared/model/weights_parts.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/bad_files.hpp"
#include "tests/models.hpp"
#include "tests/snapshot_files.hpp"

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
  std::filesystem::create_directories(folder / "encoders");
  const auto parts = vae::split_weights(vae::testing::sealed_file());
  const auto others = vae::split_weights(vae::testing::sealed_file(vae::testing::small_spec(), 2));
  write(folder / "encoders" / "good.bin", parts->encoder);
  write(folder / "encoders" / "another.bin", others->encoder);
  write(folder / "encoders" / "decoder.bin", parts->decoder);
  std::filesystem::create_directories(folder / "lines");
  std::vector<std::string> lines;
  for (const vae::ModelSpec& spec : {vae::mlp({1, 4, 4}, 3, 2), vae::mlp(), vae::aevb(), vae::tf_conv()}) {
    lines.push_back(to_string(spec));
  }
  lines.push_back(  // a height that wrapped around once
      "x image=1x28x28 latent=1 likelihood=bernoulli prior=normal encoder=linear:784:1 "
      "decoder=conv:1:1:1:1:4096:0:0:0,conv_transpose:1:1:1:1048576:29:0:0:0,conv:1:1:1:1:812:0:0:0,reshape:"
      "784x1x1");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto* text = reinterpret_cast<const std::byte*>(lines[i].data());
    write(folder / "lines" / (std::to_string(i) + ".txt"), {text, text + lines[i].size()});
  }
  std::filesystem::create_directories(folder / "snapshots");
  write(folder / "snapshots" / "f16.bin", vae::testing::snapshot_parts().file());
  const vae::ModelSpec gaussian = with_likelihood(vae::testing::small_spec(), vae::Likelihood::kGaussian);
  write(folder / "snapshots" / "int8.bin", vae::testing::snapshot_parts(gaussian, vae::Dtype::kI8).file());
  std::filesystem::create_directories(folder / "digits");
  const std::vector<vae::NamedTensor> digits = {
      {"images", {3, {2, 2, 2}}, {0, 1, 0, 0.5f, 1, 1, 0, 0}, vae::Dtype::kF16},
      {"labels", {1, {2}}, {4, 7}, vae::Dtype::kF32}};
  write(folder / "digits" / "two.bin", vae::write_weights({}, digits, vae::kDigitsLimits.format));
  return 0;
}

int main(int argc, char** argv) { return argc == 2 ? write_bad_files(argv[1]) : 2; }
