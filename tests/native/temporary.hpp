// A folder for one test, and IDX files to put into it.
#pragma once

#include <stdlib.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "shared/base/rng.hpp"

namespace vae::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "digit-vae-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::recursive_directory_iterator(path_),
                                                  std::filesystem::recursive_directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

using Bytes = std::vector<std::uint8_t>;

inline void write_bytes(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_gz(const std::filesystem::path& path, const Bytes& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

inline Bytes idx_header(std::uint32_t magic, const std::vector<std::uint32_t>& dims) {
  Bytes bytes;
  const auto add = [&](std::uint32_t v) {
    for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(v >> shift));
  };
  add(magic);
  for (std::uint32_t d : dims) add(d);
  return bytes;
}

/// Images of two kinds, a bar that stands and a bar that lies, at random places with random ink.
inline Bytes idx_images(std::uint32_t count, std::uint32_t size, std::uint64_t seed) {
  Bytes bytes = idx_header(0x803, {count, size, size});
  Rng rng(seed, Stream::kSample);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t at = rng.below(size - 1), ink = 150 + rng.below(100);
    for (std::uint32_t p = 0; p < size * size; ++p) {
      const std::uint32_t across = i % 2 == 0 ? p % size : p / size;
      bytes.push_back(static_cast<std::uint8_t>(across == at || across == at + 1 ? ink : 0));
    }
  }
  return bytes;
}

inline Bytes idx_labels(std::uint32_t count) {
  Bytes bytes = idx_header(0x801, {count});
  for (std::uint32_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(i % 2));
  return bytes;
}

/// A complete small data set.
inline void write_bars(const std::filesystem::path& folder, std::uint32_t train = 640,
                       std::uint32_t test = 200, std::uint32_t size = 12) {
  write_bytes(folder / "train-images-idx3-ubyte", idx_images(train, size, 1));
  write_bytes(folder / "train-labels-idx1-ubyte", idx_labels(train));
  write_bytes(folder / "t10k-images-idx3-ubyte", idx_images(test, size, 2));
  write_bytes(folder / "t10k-labels-idx1-ubyte", idx_labels(test));
}

}  // namespace vae::testing
