// Reads IDX, the format of MNIST's files: a magic number, sizes, bytes; raw or gzipped. LibTorch's own reader
// silently accepts truncated files; this one checks every size. For native/data/dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vae {

struct IdxFile {
  std::vector<std::uint8_t> bytes;   // the whole file, uncompressed
  std::vector<std::uint32_t> sizes;  // sizes[0] is the count
  std::size_t header() const { return 4 + 4 * sizes.size(); }
};

/// Returns the path of `name` or `name`.gz in a folder if it exists. Throws Failure kBadData when it is a
/// folder.
std::optional<std::filesystem::path> find_idx(const std::filesystem::path& folder, const std::string& name);

/// Reads images, sizes (count, height, width), or labels, sizes (count). Throws Failure kMissingInput, kIo,
/// or kBadData (magic number, sizes, length, gzip), which names the place in the file.
IdxFile read_idx_images(const std::filesystem::path& path);
IdxFile read_idx_labels(const std::filesystem::path& path);

/// Throws Failure kBadData: the file, what is wrong with it, and the advice to fetch it again.
[[noreturn]] void bad_idx(const std::filesystem::path& path, const std::string& what);

}  // namespace vae
