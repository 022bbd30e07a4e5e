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

/// Returns the folder with a data set's files: `folder`, raw/ or X/raw/ in it (torchvision's MNIST/raw);
/// empty if there are none. Throws Failure kBadData when there are several sets.
std::filesystem::path find_idx_folder(const std::filesystem::path& folder);

/// Returns the path of a file of a set in such a folder, `set` "train" or "t10k" and `kind` "images-idx3"
/// say, if it exists: named as MNIST's, with a dot for the hyphen before idx3, "test" for "t10k", gzipped or
/// not, with something before (emnist-letters-), also in a folder of its own name. Throws Failure kBadData
/// when several files could be meant.
std::optional<std::filesystem::path> find_idx(const std::filesystem::path& folder, const std::string& set,
                                              const std::string& kind);

/// Reads images, sizes (count, height, width), or labels, sizes (count). Throws Failure kMissingInput, kIo,
/// or kBadData (magic number, sizes, length, gzip), which names the place in the file.
IdxFile read_idx_images(const std::filesystem::path& path);
IdxFile read_idx_labels(const std::filesystem::path& path);

/// Throws Failure kBadData: the file, and what is wrong with it.
[[noreturn]] void bad_idx(const std::filesystem::path& path, const std::string& what);

}  // namespace vae
