// The data sets that we know by the SHA-256 of their four files, and how a damaged one is told from another
// data set of the same size. For native/data/dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace vae {

enum class DataFile { kTrainImages, kTrainLabels, kTestImages, kTestLabels };

/// A file of a data set as it was found, uncompressed.
struct FoundFile {
  std::filesystem::path path;
  DataFile kind;
  std::uint32_t count;  // of images or labels
  std::string sha256;
};

/// Could the file be one of a known data set, by its count?
bool has_known_count(const FoundFile& file);

/// "MNIST" or "Fashion-MNIST" when one of the files is that data set's; empty when none is: another data set.
/// Beside a file that is known, each file of that data set's count must be known as well: a file that is not
/// is damaged or exchanged. Throws Failure kBadData then, unless `allow_modified`, which makes it another
/// data set.
std::string known_data_set(std::span<const FoundFile> files, bool allow_modified);

}  // namespace vae
