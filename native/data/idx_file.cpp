#include "native/data/idx_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kImagesMagic = 0x803, kLabelsMagic = 0x801;  // unsigned bytes, 3 sizes and 1
constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30;

/// Reads gzipped or raw bytes (zlib detects which).
class GzReader {
 public:
  explicit GzReader(const fs::path& path) : path_(path), file_(gzopen(path.c_str(), "rb"), &gzclose) {
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
    bad_idx(path_, "damaged gzip data after byte " + std::to_string(at) + " (" + text + ")");
  }

  fs::path path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
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

IdxFile read_idx(const fs::path& path, std::uint32_t magic, std::size_t rank) {
  IdxFile file{{}, std::vector<std::uint32_t>(rank)};
  GzReader reader(path);
  reader.read(file.header(), file.bytes);
  const std::size_t got = file.bytes.size();
  if (got >= 4 && big_endian(file.bytes.data()) != magic) {
    bad_idx(path, formatted("starts with 0x%08x; expected the IDX magic number 0x%08x",
                            big_endian(file.bytes.data()), magic));
  }
  if (got < file.header()) {
    bad_idx(path, "ends after " + std::to_string(got) + " bytes, inside its header of " +
                      std::to_string(file.header()));
  }
  const std::uint64_t promised = read_sizes(path, file), total = file.header() + promised;
  reader.read(promised + 1, file.bytes);  // one more, to detect trailing bytes
  if (file.bytes.size() < total) {
    bad_idx(path, "ends after " + std::to_string(file.bytes.size()) + " bytes; its header promises " +
                      std::to_string(total));
  }
  if (file.bytes.size() > total)
    bad_idx(path, "has bytes after byte " + std::to_string(total) + ", where it should end");
  return file;
}

}  // namespace

std::optional<fs::path> find_idx(const fs::path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    const fs::path path = folder / (name + ending);
    std::error_code
        error;  // a name too long or a folder that may not be entered: not there, as far as we can see
    if (fs::is_directory(path, error))
      throw Failure(Exit::kBadData, path.string() + ": is a folder; expected a file");
    if (fs::exists(path, error)) return path;
  }
  return std::nullopt;
}

IdxFile read_idx_images(const fs::path& path) { return read_idx(path, kImagesMagic, 3); }
IdxFile read_idx_labels(const fs::path& path) { return read_idx(path, kLabelsMagic, 1); }

void bad_idx(const fs::path& path, const std::string& what) {
  throw Failure(Exit::kBadData, path.string() + ": " + what + "; fetch the file again (`make data` does)");
}

}  // namespace vae
