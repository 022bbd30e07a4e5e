// Known data sets, identified by the SHA-256 of their four files, and how to tell a damaged file from another
// data set of the same size. For native/data/dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace vae {

enum class DataFile { kTrainImages, kTrainLabels, kTestImages, kTestLabels };

/// A file of a data set, uncompressed.
struct FoundFile {
  std::filesystem::path path;
  DataFile kind;
  std::uint32_t count;  // of images or labels
  std::string sha256;
};

/// Returns whether the file has the count of the known data sets.
bool has_known_count(const FoundFile& file);

/// Returns "MNIST" or "Fashion-MNIST" when one of the files belongs to it, otherwise "". Then each file with
/// that data set's count must be known too: an unknown one is damaged or replaced. Throws Failure kBadData
/// for it unless `allow_modified`, which returns "".
std::string known_data_set(std::span<const FoundFile> files, bool allow_modified);

}  // namespace vae
