#include "native/data/dataset.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "native/data/idx_file.hpp"
#include "native/data/known_data.hpp"
#include "native/data/png_folder.hpp"
#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

const std::string kImages = "-images-idx3-ubyte", kLabels = "-labels-idx1-ubyte";

/// A pair of IDX files and their checksums.
struct IdxSet {
  ImageSet set;
  std::vector<FoundFile> files;  // the images, then the labels if they exist
};

void read_labels(const fs::path& path, bool train, IdxSet& idx) {
  const IdxFile file = read_idx_labels(path);
  const auto images = static_cast<std::uint32_t>(idx.set.count());
  if (file.sizes[0] != images) {
    bad_idx(path,
            "has " + std::to_string(file.sizes[0]) + " labels for " + std::to_string(images) + " images");
  }
  idx.set.labels.assign(file.bytes.begin() + 8, file.bytes.end());
  const std::vector<std::uint8_t>& labels = idx.set.labels;
  const auto odd = std::find_if(labels.begin(), labels.end(), [](std::uint8_t l) { return l > 9; });
  if (odd != labels.end()) {
    bad_idx(path, "has the label " + std::to_string(*odd) + " at byte " +
                      std::to_string(8 + (odd - labels.begin())) + "; expected 0 to 9");
  }
  idx.files.push_back(
      {path, train ? DataFile::kTrainLabels : DataFile::kTestLabels, images, sha256(file.bytes)});
}

IdxSet read_idx_set(const fs::path& directory, const fs::path& images, const std::string& prefix) {
  const bool train = prefix == "train";
  const IdxFile file = read_idx_images(images);
  IdxSet idx;
  idx.set.sha256 = sha256(file.bytes);
  idx.set.shape = {1, static_cast<int>(file.sizes[1]), static_cast<int>(file.sizes[2])};
  idx.set.pixels.assign(file.bytes.begin() + 16, file.bytes.end());
  idx.files.push_back(
      {images, train ? DataFile::kTrainImages : DataFile::kTestImages, file.sizes[0], idx.set.sha256});
  if (const auto labels = find_idx(directory, prefix + kLabels)) read_labels(*labels, train, idx);
  return idx;
}

/// Checks a set that is unknown although its count is that of a known set. All of its files may be damaged:
/// then the other pair is known, and known_data_set throws the Failure.
void check_beside_other_pair(const fs::path& directory, const std::string& prefix,
                             std::vector<FoundFile> files) {
  const std::string other = prefix == "train" ? "t10k" : "train";
  const auto images = find_idx(directory, other + kImages);
  if (!images) return;
  const IdxSet pair = read_idx_set(directory, *images, other);
  files.insert(files.end(), pair.files.begin(), pair.files.end());
  known_data_set(files, false);
}

}  // namespace

std::vector<float> ImageSet::gray(int first, int n) const {
  const auto size = static_cast<std::size_t>(shape.size());
  std::vector<float> floats(size * static_cast<std::size_t>(n));
  const std::uint8_t* from = pixels.data() + size * static_cast<std::size_t>(first);
  std::transform(from, from + floats.size(), floats.begin(),
                 [](std::uint8_t p) { return static_cast<float>(p) / 255; });
  return floats;
}

ImageSet read_image_set(const fs::path& directory, const std::string& prefix, bool allow_modified) {
  const auto images = find_idx(directory, prefix + kImages);
  if (!images && is_png_folder(directory)) return read_png_set(directory, prefix == "train");
  if (!images) {
    throw Failure(Exit::kMissingInput, (directory / (prefix + kImages)).string() +
                                           "[.gz] does not exist; `make data` puts MNIST into build/mnist, "
                                           "--data names another folder");
  }
  IdxSet idx = read_idx_set(directory, *images, prefix);
  idx.set.name = known_data_set(idx.files, allow_modified);
  if (idx.set.name.empty() && !allow_modified && has_known_count(idx.files.front()))
    check_beside_other_pair(directory, prefix, std::move(idx.files));
  return std::move(idx.set);
}

ImageData read_image_data(const fs::path& directory, bool allow_modified) {
  ImageData data{read_image_set(directory, "train", allow_modified),
                 read_image_set(directory, "t10k", allow_modified)};
  const auto differ = [&](const std::string& what, const std::string& train, const std::string& test) {
    if (train != test)
      throw Failure(Exit::kBadData, directory.string() + ": " + what + train + " in the training set and " +
                                        test + " in the test set");
  };
  differ("images are ", size_words(data.train.shape), size_words(data.test.shape));
  if (!data.train.name.empty() && !data.test.name.empty())
    differ("images are of ", data.train.name, data.test.name);
  return data;
}

std::string size_words(const Shape& image) { return formatted("%dx%d", image.height, image.width); }

void hold_out(ImageData& data, int validation, int skipped) {
  if (validation == 0 && skipped == 0) return;
  const std::int64_t kept = std::int64_t{data.train.count()} - skipped - validation;
  if (kept < 1) {
    std::string flags;
    if (skipped > 0) flags = "--skip-images " + std::to_string(skipped);
    if (validation > 0)
      flags += (flags.empty() ? "" : " and ") + ("--validation " + std::to_string(validation));
    throw Failure(Exit::kUsage,
                  flags + ": there are only " + std::to_string(data.train.count()) + " training images");
  }
  std::vector<int> indices(static_cast<std::size_t>(data.train.count()));
  std::iota(indices.begin(), indices.end(), 0);
  const std::span<const int> all = std::span<const int>(indices).subspan(static_cast<std::size_t>(skipped));
  if (validation > 0) data.validation = select(data.train, all.last(static_cast<std::size_t>(validation)));
  data.train = select(data.train, all.first(static_cast<std::size_t>(kept)));
}

ImageSet select(const ImageSet& set, std::span<const int> indices) {
  const auto size = static_cast<std::ptrdiff_t>(set.shape.size());
  ImageSet chosen = {set.shape, {}, {}, set.sha256, set.name, set.held_out};
  for (int i : indices) {
    const auto first = set.pixels.begin() + i * size;
    chosen.pixels.insert(chosen.pixels.end(), first, first + size);
    if (!set.labels.empty()) chosen.labels.push_back(set.labels[static_cast<std::size_t>(i)]);
  }
  return chosen;
}

std::string sha256(const std::vector<std::uint8_t>& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += formatted("%02x", digest[i]);
  return text;
}

}  // namespace vae
