#include "native/data/idx_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <system_error>

#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kImagesMagic = 0x803, kLabelsMagic = 0x801;  // unsigned bytes, 3 sizes and 1
constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30;

/// Throws for a file that another copy may cure.
[[noreturn]] void damaged(const fs::path& path, const std::string& what) {
  bad_idx(path, what + "; fetch the file again (`make data` does for MNIST)");
}

/// Reads gzipped or raw bytes (zlib detects which).
class GzReader {
 public:
  explicit GzReader(const fs::path& path) : path_(path) {
    std::error_code none;  // opening it tells; a pipe would be waited for
    if (fs::exists(path, none) && !fs::is_regular_file(path, none)) bad_idx(path, "is not a regular file");
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_)
      throw Failure(Exit::kMissingInput, path.string() + ": cannot be opened: " + std::strerror(errno));
    gzbuffer(file_.get(), 1 << 17);
  }

  /// Appends up to `count` bytes, fewer only at the end of the file. Allocates for what is read, not for what
  /// the header promises.
  void read(std::uint64_t count, std::vector<std::uint8_t>& bytes) {
    constexpr std::uint64_t kPart = 16 << 20;
    while (count > 0) {
      const std::size_t before = bytes.size();
      bytes.resize(before + std::min(count, kPart));
      const int got =
          gzread(file_.get(), bytes.data() + before, static_cast<unsigned>(bytes.size() - before));
      bytes.resize(before + static_cast<std::size_t>(std::max(got, 0)));
      check(bytes.size());
      if (got <= 0) return;
      count -= static_cast<std::uint64_t>(got);
    }
  }

 private:
  void check(std::size_t at) const {
    int code = 0;
    const char* text = gzerror(file_.get(), &code);
    if (code == Z_OK) return;
    if (code == Z_ERRNO)
      throw Failure(Exit::kIo, path_.string() + ": cannot be read: " + std::strerror(errno));
    damaged(path_, "damaged gzip data after byte " + std::to_string(at) + " (" + text + ")");
  }

  fs::path path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_{nullptr, &gzclose};
};

std::uint32_t big_endian(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 |
         std::uint32_t{p[3]};
}

/// Reads the sizes in the header; returns the number of bytes that must follow.
std::uint64_t read_sizes(const fs::path& path, IdxFile& file) {
  std::uint64_t promised = 1;
  for (std::size_t i = 0; i < file.sizes.size(); ++i) {
    const std::uint32_t size = file.sizes[i] = big_endian(file.bytes.data() + 4 + 4 * i);
    if (size == 0 || size > (i == 0 ? 100'000'000u : 1024u)) {
      bad_idx(path, "its header at byte " + std::to_string(4 + 4 * i) + " gives a dimension of " +
                        std::to_string(size));
    }
    promised *= size;
  }
  if (promised > kMaxBytes)
    bad_idx(path, "its header promises " + std::to_string(promised) + " bytes, above 4 GiB");
  return promised;
}

/// Lists what is in a folder, sorted; nothing where it cannot be read or is none.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    entries.push_back(at->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// Returns whether a file is named "train-images-idx3-ubyte", or with a dot before idx3, or with something
/// in front.
bool is_idx_name(const std::string& name, const std::string& set, const std::string& kind) {
  std::string dotted = kind;
  std::ranges::replace(dotted, '-', '.');
  for (const std::string& first : {set, std::string(set == "t10k" ? "test" : set)}) {
    for (const std::string& middle : {kind, dotted}) {
      std::string end = first;
      end.append(1, '-').append(middle).append("-ubyte");
      if (!name.ends_with(end)) continue;
      const std::size_t before = name.size() - end.size();
      if (before == 0 || name[before - 1] == '-' || name[before - 1] == '_') return true;
    }
  }
  return false;
}

IdxFile read_idx(const fs::path& path, std::uint32_t magic, std::size_t rank) {
  IdxFile file{{}, std::vector<std::uint32_t>(rank)};
  GzReader reader(path);
  reader.read(file.header(), file.bytes);
  const std::size_t got = file.bytes.size();
  if (got >= 4 && big_endian(file.bytes.data()) != magic) {
    damaged(path, formatted("starts with 0x%08x; expected the IDX magic number 0x%08x",
                            big_endian(file.bytes.data()), magic));
  }
  if (got < file.header()) {
    damaged(path, "ends after " + std::to_string(got) + " bytes, inside its header of " +
                      std::to_string(file.header()));
  }
  const std::uint64_t promised = read_sizes(path, file), total = file.header() + promised;
  reader.read(promised + 1, file.bytes);  // one more, to detect trailing bytes
  if (file.bytes.size() < total) {
    damaged(path, "ends after " + std::to_string(file.bytes.size()) + " bytes; its header promises " +
                      std::to_string(total));
  }
  if (file.bytes.size() > total)
    damaged(path, "has bytes after byte " + std::to_string(total) + ", where it should end");
  return file;
}

}  // namespace

fs::path find_idx_folder(const fs::path& folder) {
  std::vector<fs::path> deep;
  for (const fs::path& entry : entries_of(folder)) deep.push_back(entry / "raw");
  for (const std::vector<fs::path>& places : {std::vector{folder}, std::vector{folder / "raw"}, deep}) {
    std::vector<fs::path> found;
    for (const fs::path& place : places) {
      if (find_idx(place, "train", "images-idx3") || find_idx(place, "t10k", "images-idx3"))
        found.push_back(place);
    }
    if (found.size() > 1)
      bad_idx(folder,
              "has data sets in " + found[0].string() + " and " + found[1].string() + "; name one of them");
    if (!found.empty()) return found[0];
  }
  return {};
}

std::optional<fs::path> find_idx(const fs::path& folder, const std::string& set, const std::string& kind) {
  std::map<std::string, fs::path> found;  // by name without .gz, the raw file first
  const auto add = [&](const fs::path& path) {
    std::string name = path.filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    std::error_code error;
    if (is_idx_name(name, set, kind) && !fs::is_directory(path, error)) found.try_emplace(name, path);
  };
  for (const fs::path& entry : entries_of(folder)) {
    add(entry);
    if (is_idx_name(entry.filename().string(), set, kind)) {
      for (const fs::path& inner : entries_of(entry)) add(inner);
    }
  }
  if (found.size() > 1)
    bad_idx(folder, "has " + found.begin()->first + " and " + std::next(found.begin())->first +
                        "; leave one of the two sets in it");
  if (found.empty()) return std::nullopt;
  return found.begin()->second;
}

IdxFile read_idx_images(const fs::path& path) { return read_idx(path, kImagesMagic, 3); }
IdxFile read_idx_labels(const fs::path& path) { return read_idx(path, kLabelsMagic, 1); }

void bad_idx(const fs::path& path, const std::string& what) {
  throw Failure(Exit::kBadData, path.string() + ": " + what);
}

}  // namespace vae
