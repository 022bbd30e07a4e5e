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

constexpr const char *kImages = "images-idx3", *kLabels = "labels-idx1";

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
  if (const auto labels = find_idx(directory, prefix, kLabels)) read_labels(*labels, train, idx);
  return idx;
}

/// Checks a set that is unknown although its count is that of a known set. All of its files may be damaged:
/// then the other pair is known, and known_data_set throws the Failure.
void check_beside_other_pair(const fs::path& directory, const std::string& prefix,
                             std::vector<FoundFile> files) {
  const std::string other = prefix == "train" ? "t10k" : "train";
  const auto images = find_idx(directory, other, kImages);
  if (!images) return;
  const IdxSet pair = read_idx_set(directory, *images, other);
  files.insert(files.end(), pair.files.begin(), pair.files.end());
  known_data_set(files, false);
}

/// Returns "; there are a, b, c, ..." of a folder, or "".
std::string what_is_there(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    names.push_back(at->path().filename().string());
  if (names.empty()) return "";
  std::sort(names.begin(), names.end());
  constexpr std::size_t kShown = 4;
  std::string text = "; there " + std::string(names.size() == 1 ? "is " : "are ");
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > kShown ? ", ..." : "");
}

/// Returns whether images are dark ink on white paper: nearly all of their borders are white, and most of
/// what is inside.
bool is_dark_on_white(const ImageSet& set) {
  const auto height = static_cast<std::size_t>(set.shape.height),
             width = static_cast<std::size_t>(set.shape.width);
  std::size_t border = 0, white = 0;
  double sum = 0;
  for (std::size_t i = 0; i < set.pixels.size(); ++i) {
    const std::size_t x = i % width, y = i / width % height;
    sum += set.pixels[i];
    if (x != 0 && y != 0 && x + 1 != width && y + 1 != height) continue;
    ++border;
    if (set.pixels[i] >= 240) ++white;
  }
  return border > 0 && static_cast<double>(white) > 0.9 * static_cast<double>(border) &&
         sum > 128.0 * static_cast<double>(set.pixels.size()) &&
         sum < 255.0 * static_cast<double>(set.pixels.size());
}

/// Turns dark ink on white around, and notes what is odd about a set that is not a known one.
void look_at(ImageSet& set) {
  if (is_dark_on_white(set)) {
    for (std::uint8_t& p : set.pixels) p = static_cast<std::uint8_t>(255 - p);
    set.notes.emplace_back("the images are dark on white and were turned around: here 0 is background");
  }
  const auto size = static_cast<std::ptrdiff_t>(set.shape.size());
  const auto same = [&](std::ptrdiff_t i) {
    return std::equal(set.pixels.begin(), set.pixels.begin() + size, set.pixels.begin() + i * size);
  };
  std::ptrdiff_t equal = 1;
  while (equal < set.count() && same(equal)) ++equal;
  if (std::ranges::all_of(set.pixels, [&](std::uint8_t p) { return p == set.pixels.front(); }))
    set.notes.push_back("every pixel of every image is " + std::to_string(set.pixels.front()) +
                        ": there is nothing to learn");
  else if (equal == set.count() && equal > 1)
    set.notes.emplace_back("all images are the same");
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
  const fs::path folder = find_idx_folder(directory);
  const auto images = folder.empty() ? std::nullopt : find_idx(folder, prefix, kImages);
  if (!images && !is_png_folder(directory)) {
    throw Failure(
        Exit::kMissingInput,
        (directory / (prefix + "-images-idx3-ubyte")).string() + "[.gz] does not exist" +
            what_is_there(directory) +
            "; `make data` puts MNIST into build/mnist, --data names another folder, with IDX files "
            "or folders of PNGs");
  }
  if (!images) {
    ImageSet set = read_png_set(directory, prefix == "train");
    look_at(set);
    return set;
  }
  IdxSet idx = read_idx_set(folder, *images, prefix);
  idx.set.name = known_data_set(idx.files, allow_modified);
  if (idx.set.name.empty() && !allow_modified && has_known_count(idx.files.front()))
    check_beside_other_pair(folder, prefix, std::move(idx.files));
  if (idx.set.name.empty()) look_at(idx.set);
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
  ImageSet chosen = {set.shape, {}, {}, set.sha256, set.name, set.held_out, set.notes};
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
