#include "native/data/png_folder.hpp"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "native/support/failure.hpp"
#include "native/support/output_file.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{16} << 20;
constexpr std::size_t kHeldOut = 10;             // every tenth image, where there is no test set
constexpr char kEnd[] = "IEND\xae\x42\x60\x82";  // the last chunk of every PNG

struct PngFile {
  fs::path path;
  int label;  // -1: none
};

[[noreturn]] void bad_data(const fs::path& path, const std::string& what) {
  throw Failure(Exit::kBadData, path.string() + ": " + what);
}

bool is_folder(const fs::path& path) {
  std::error_code error;  // an unreadable path is not a folder of images
  return fs::is_directory(path, error);
}

/// Lists a folder, sorted.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().string().starts_with('.')) entries.push_back(at->path());
  }
  if (error) throw Failure(Exit::kIo, folder.string() + ": cannot be read: " + error.message());
  if (entries.empty()) bad_data(folder, "is empty; expected PNGs");
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// Lists all images of train/ or test/.
std::vector<PngFile> list(const fs::path& folder) {
  std::vector<PngFile> files;
  const std::vector<fs::path> entries = entries_of(folder);
  const bool labeled = is_folder(entries.front());
  for (const fs::path& entry : entries) {
    if (is_folder(entry) != labeled)
      bad_data(folder, "has both files and folders; expected PNGs, or folders named 0 to 9");
    if (!labeled) {
      files.push_back({entry, -1});
      continue;
    }
    const std::string name = entry.filename().string();
    if (name.size() != 1 || name[0] < '0' || name[0] > '9')
      bad_data(entry, "is not a label; folders of images must be named 0 to 9");
    for (const fs::path& file : entries_of(entry)) files.push_back({file, name[0] - '0'});
  }
  return files;
}

/// Lists every tenth image, or all others.
std::vector<PngFile> split(const fs::path& folder, bool train) {
  std::vector<PngFile> part;
  const std::vector<PngFile> all = list(folder);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i % kHeldOut == kHeldOut - 1) != train) part.push_back(all[i]);
  }
  if (part.empty())
    bad_data(folder, "has " + std::to_string(all.size()) +
                         " images, too few to hold out every tenth; add a folder named test");
  return part;
}

/// Appends an image's pixels and returns its size.
Shape decode(const fs::path& path, std::vector<std::uint8_t>& pixels) {
  const std::vector<std::byte> file = read_file(path, kMaxFile);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&png, png_image_free);
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0)
    bad_data(path, std::string("is not a PNG (") + png.message + ')');
  if (png.width > 1024 || png.height > 1024)
    bad_data(path,
             "is " + std::to_string(png.height) + 'x' + std::to_string(png.width) + ", above 1024x1024");
  constexpr std::size_t kEndSize = sizeof kEnd - 1;
  if (std::memcmp(file.data() + file.size() - kEndSize, kEnd, kEndSize) != 0)
    bad_data(path, "has " + std::to_string(file.size()) +
                       " bytes, but does not end like a PNG: it is truncated, or something follows");
  png.format = PNG_FORMAT_GRAY;
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  const std::size_t before = pixels.size();
  pixels.resize(before + PNG_IMAGE_SIZE(png));
  const png_color black{};
  if (png_image_finish_read(&png, &black, pixels.data() + before, 0, nullptr) == 0)
    bad_data(path, std::string("is a damaged PNG (") + png.message + ')');
  return {1, static_cast<int>(png.height), static_cast<int>(png.width)};
}

}  // namespace

bool is_png_folder(const fs::path& directory) {
  return is_folder(directory / "train") || is_folder(directory / "test") || is_folder(directory / "t10k");
}

ImageSet read_png_set(const fs::path& directory, bool train) {
  const fs::path training = directory / "train",
                 test = directory / (is_folder(directory / "test") ? "test" : "t10k");
  const bool has_test = is_folder(test);
  if ((train || !has_test) && !is_folder(training))
    throw Failure(Exit::kMissingInput,
                  training.string() + " does not exist; it should hold the training images");
  ImageSet set;
  set.held_out = !train && !has_test;
  for (const PngFile& file : has_test ? list(train ? training : test) : split(training, train)) {
    const Shape shape = decode(file.path, set.pixels);
    if (set.pixels.size() == static_cast<std::size_t>(shape.size())) set.shape = shape;  // the first
    if (shape != set.shape)
      bad_data(file.path, "is " + size_words(shape) + "; the images before it are " + size_words(set.shape));
    if (file.label >= 0) set.labels.push_back(static_cast<std::uint8_t>(file.label));
  }
  set.sha256 = sha256(set.pixels);
  return set;
}

}  // namespace vae
