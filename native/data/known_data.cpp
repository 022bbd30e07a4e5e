#include "native/data/known_data.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "native/support/failure.hpp"

namespace vae {
namespace {

/// Each in the order of DataFile.
constexpr std::uint32_t kCounts[] = {60000, 60000, 10000, 10000};  // the same in both
struct KnownSet {
  const char* name;
  std::string_view sha256[4];
};
constexpr KnownSet kKnown[] = {
    {"MNIST",
     {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
    {"Fashion-MNIST",
     {"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}},
};

std::string_view expected(const KnownSet& set, const FoundFile& file) {
  return set.sha256[static_cast<std::size_t>(file.kind)];
}

}  // namespace

bool has_known_count(const FoundFile& file) {
  return file.count == kCounts[static_cast<std::size_t>(file.kind)];
}

std::string known_data_set(std::span<const FoundFile> files, bool allow_modified) {
  const auto known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const KnownSet& set) {
    return std::any_of(files.begin(), files.end(),
                       [&](const FoundFile& file) { return file.sha256 == expected(set, file); });
  });
  if (known == std::end(kKnown)) return "";
  for (const FoundFile& file : files) {
    if (file.sha256 == expected(*known, file) || !has_known_count(file)) continue;
    if (allow_modified) return "";
    throw Failure(Exit::kBadData,
                  file.path.string() + ": its SHA-256 is " + file.sha256 + ", " + known->name + "'s is " +
                      std::string(expected(*known, file)) +
                      "; fetch the file again (`make data` does for MNIST), or accept it with "
                      "--allow-modified-data");
  }
  return known->name;
}

}  // namespace vae
