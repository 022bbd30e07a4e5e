#include "native/data/png_folder.hpp"

#include <png.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "native/support/failure.hpp"
#include "native/support/output_file.hpp"
#include "shared/base/numbers.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{16} << 20;
constexpr std::size_t kHeldOut = 10;             // every tenth image, where there is no test set
constexpr char kEnd[] = "IEND\xae\x42\x60\x82";  // the last chunk of every PNG

/// Files that people and systems leave beside pictures.
constexpr std::string_view kBeside[] = {".txt", ".md",  ".csv",  ".json", ".db",  ".ini", ".html",
                                        ".xml", ".yml", ".yaml", ".pdf",  ".zip", ".py",  ".log"};

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

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_png(const fs::path& path) { return lower(path.extension().string()) == ".png"; }

/// What is in a folder, sorted.
struct Entries {
  std::vector<fs::path> folders, files;
};

/// Lists a folder without hidden files and without those beside the pictures, which go to `skipped`.
Entries entries_of(const fs::path& folder, std::vector<std::string>& skipped) {
  Entries entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with('.')) continue;
    const std::string extension = lower(at->path().extension().string());
    if (is_folder(at->path())) {
      entries.folders.push_back(at->path());
    } else if (std::ranges::find(kBeside, extension) != std::end(kBeside)) {
      skipped.push_back(name);
    } else {
      entries.files.push_back(at->path());
    }
  }
  if (error) throw Failure(Exit::kIo, folder.string() + ": cannot be read: " + error.message());
  std::sort(entries.folders.begin(), entries.folders.end());
  std::sort(entries.files.begin(), entries.files.end());
  return entries;
}

/// Returns the folder of a set by one of these names, in any case; empty if there is none.
fs::path find_folder(const fs::path& directory, std::initializer_list<std::string_view> names) {
  std::error_code error;
  for (const std::string_view name : names) {
    for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
      if (lower(at->path().filename().string()) == name && is_folder(at->path())) return at->path();
    }
  }
  return {};
}
fs::path training_folder(const fs::path& directory) { return find_folder(directory, {"train", "training"}); }
fs::path test_folder(const fs::path& directory) {
  return find_folder(directory, {"test", "testing", "t10k", "val", "valid", "validation"});
}

/// The classes of a set: the numbers that their folders are named after, or counted by the names in order.
struct Classes {
  std::map<std::string, int> counted;  // empty: numbers

  /// Returns the label of a folder's name; nothing for a class that there is not.
  std::optional<int> label(const std::string& name) const {
    if (const auto found = counted.find(name); found != counted.end()) return found->second;
    const auto number = parse_whole(name);
    if (!counted.empty() || !number || *number > 255) return std::nullopt;
    return static_cast<int>(*number);
  }
};

Classes classes_of(const fs::path& training, std::vector<std::string>& skipped) {
  Classes classes;
  const std::vector<fs::path> folders = entries_of(training, skipped).folders;
  if (folders.size() > 256)
    bad_data(training, "has " + std::to_string(folders.size()) + " classes, above 256");
  if (std::ranges::all_of(
          folders, [&](const fs::path& f) { return classes.label(f.filename().string()).has_value(); }))
    return classes;
  for (int next = 0; const fs::path& folder : folders) classes.counted[folder.filename().string()] = next++;
  return classes;
}

/// Lists all images of a folder, labeled by its folders.
std::vector<PngFile> list(const fs::path& folder, const Classes& classes, std::vector<std::string>& skipped) {
  std::vector<PngFile> files;
  const Entries entries = entries_of(folder, skipped);
  if (entries.folders.empty() && entries.files.empty()) bad_data(folder, "is empty; expected PNGs");
  if (!entries.folders.empty() && !entries.files.empty())
    bad_data(folder, "has both folders and files, " + entries.files.front().filename().string() +
                         " say; expected PNGs, or a folder of PNGs for each class");
  for (const fs::path& file : entries.files) files.push_back({file, -1});
  for (const fs::path& entry : entries.folders) {
    const std::optional<int> label = classes.label(entry.filename().string());
    if (!label) bad_data(entry, "is a class that the training images do not have");
    const Entries inside = entries_of(entry, skipped);
    if (!inside.folders.empty()) bad_data(entry, "is a class and has folders; expected PNGs");
    if (inside.files.empty()) bad_data(entry, "is empty; expected PNGs");
    for (const fs::path& file : inside.files) files.push_back({file, *label});
  }
  return files;
}

/// Keeps every tenth image, or all others.
std::vector<PngFile> split(const fs::path& folder, const std::vector<PngFile>& all, bool train) {
  std::vector<PngFile> part;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i % kHeldOut == kHeldOut - 1) != train) part.push_back(all[i]);
  }
  if (part.empty())
    bad_data(folder, "has " + std::to_string(all.size()) +
                         " images, too few to hold out every tenth; add a folder named test");
  return part;
}

/// Replaces an image's pixels, which are all the same, by its transparency.
void take_alpha(const std::vector<std::byte>& file, std::span<std::uint8_t> pixels) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&png, png_image_free);
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0) return;
  png.format = PNG_FORMAT_GA;
  std::vector<std::uint8_t> both(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, both.data(), 0, nullptr) == 0) return;
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = both[2 * i + 1];
}

/// Appends an image's pixels and returns its size; `alpha`: whether its ink was its transparency.
Shape decode(const fs::path& path, std::vector<std::uint8_t>& pixels, bool& alpha) {
  const std::vector<std::byte> file = read_file(path, kMaxFile);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&png, png_image_free);
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0)
    bad_data(path, std::string("is not a PNG (") + png.message + "); convert it, or move it elsewhere");
  if (png.width > 1024 || png.height > 1024)
    bad_data(path,
             "is " + std::to_string(png.height) + 'x' + std::to_string(png.width) + ", above 1024x1024");
  constexpr std::size_t kEndSize = sizeof kEnd - 1;
  if (std::memcmp(file.data() + file.size() - kEndSize, kEnd, kEndSize) != 0)
    bad_data(path, "has " + std::to_string(file.size()) +
                       " bytes, but does not end like a PNG: it is truncated, or something follows");
  const bool transparent = (png.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  png.format = PNG_FORMAT_GRAY;
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  const std::size_t before = pixels.size();
  pixels.resize(before + PNG_IMAGE_SIZE(png));
  const png_color black{};
  if (png_image_finish_read(&png, &black, pixels.data() + before, 0, nullptr) == 0)
    bad_data(path, std::string("is a damaged PNG (") + png.message + ')');
  const std::span<std::uint8_t> read = std::span(pixels).subspan(before);
  alpha = transparent && std::ranges::all_of(read, [](std::uint8_t p) { return p == 0; });
  if (alpha) take_alpha(file, read);
  return {1, static_cast<int>(png.height), static_cast<int>(png.width)};
}

}  // namespace

bool is_png_folder(const fs::path& directory) {
  if (!training_folder(directory).empty() || !test_folder(directory).empty()) return true;
  if (!is_folder(directory)) return false;
  std::vector<std::string> skipped;
  const Entries entries = entries_of(directory, skipped);
  return std::ranges::any_of(entries.files, is_png) ||
         std::ranges::any_of(entries.folders, [&](const fs::path& folder) {
           std::error_code error;
           for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
             if (is_png(at->path())) return true;
           return false;
         });
}

ImageSet read_png_set(const fs::path& directory, bool train) {
  fs::path training = training_folder(directory);
  const fs::path test = test_folder(directory);
  if (training.empty() && test.empty()) training = directory;  // the classes, or the images themselves
  if (training.empty())
    throw Failure(Exit::kMissingInput,
                  test.string() + ": there is no folder train beside it, with the training images");
  std::vector<std::string> skipped;
  const Classes classes = classes_of(training, skipped);
  skipped.clear();
  ImageSet set;
  set.held_out = !train && test.empty();
  std::vector<PngFile> files = list(train || test.empty() ? training : test, classes, skipped);
  if (test.empty()) files = split(training, files, train);
  int from_alpha = 0;
  for (const PngFile& file : files) {
    bool alpha = false;
    const Shape shape = decode(file.path, set.pixels, alpha);
    from_alpha += alpha ? 1 : 0;
    if (set.pixels.size() == static_cast<std::size_t>(shape.size())) set.shape = shape;  // the first
    if (shape != set.shape)
      bad_data(file.path, "is " + size_words(shape) + "; the images before it are " + size_words(set.shape));
    if (file.label >= 0) set.labels.push_back(static_cast<std::uint8_t>(file.label));
  }
  if (!skipped.empty())
    set.notes.push_back("skipped " + skipped.front() +
                        (skipped.size() > 1 ? " and " + std::to_string(skipped.size() - 1) + " more" : "") +
                        " beside the pictures");
  std::vector<std::string> beside;
  if (training != directory) {
    for (const fs::path& folder : entries_of(directory, beside).folders) {
      if (folder != training && folder != test)
        set.notes.push_back("did not read the folder " + folder.filename().string());
    }
  }
  if (from_alpha > 0)
    set.notes.push_back("of " + std::to_string(from_alpha) + " images the ink is their transparency");
  if (!classes.counted.empty())
    set.notes.push_back("the classes are counted in the order of their names, " +
                        classes.counted.begin()->first + " is 0");
  set.sha256 = sha256(set.pixels);
  return set;
}

}  // namespace vae
