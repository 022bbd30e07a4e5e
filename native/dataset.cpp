#include "native/dataset.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "native/failure.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// SHA-256 of MNIST's four original files, uncompressed.
struct KnownFile {
  const char* name;
  int count;
  const char* sha256;
};
constexpr KnownFile kMnist[] = {
    {"train-images-idx3-ubyte", 60000, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"train-labels-idx1-ubyte", 60000, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"t10k-images-idx3-ubyte", 10000, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"t10k-labels-idx1-ubyte", 10000, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
};
constexpr std::uint32_t kImagesMagic = 0x803, kLabelsMagic = 0x801;
constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30;

[[noreturn]] void bad_data(const fs::path& path, const std::string& what) {
  throw Failure(Exit::kBadData, path.string() + ": " + what + "; get the file again (`make data` does)");
}

fs::path find_file(const fs::path& directory, const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    const fs::path path = directory / (name + ending);
    std::error_code
        error;  // a name too long or a folder that may not be entered: not there, as far as we can see
    if (fs::is_directory(path, error))
      throw Failure(Exit::kBadData, path.string() + ": is a folder, expected a file");
    if (fs::exists(path, error)) return path;
  }
  throw Failure(Exit::kMissingInput, (directory / name).string() +
                                         "[.gz] is not there; `make data` puts MNIST into "
                                         "build/mnist, --data names another folder");
}

/// Reads on through gzip or raw bytes (zlib tells them apart).
class GzReader {
 public:
  explicit GzReader(const fs::path& path) : path_(path), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (!file_)
      throw Failure(Exit::kMissingInput, path.string() + ": cannot be opened: " + std::strerror(errno));
    gzbuffer(file_.get(), 1 << 17);
  }

  /// Appends up to `count` bytes; fewer only at the end of the file. Memory grows with what is there, not
  /// with what was promised.
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
    bad_data(path_, "damaged gzip data after byte " + std::to_string(at) + " (" + text + ")");
  }

  fs::path path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

std::uint32_t big_endian(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 |
         std::uint32_t{p[3]};
}

std::string hex(std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", value);
  return text;
}

/// A whole IDX file with `rank` dimensions after the magic number; dims[0] is the count.
std::vector<std::uint8_t> read_idx(const fs::path& path, std::uint32_t magic, int rank,
                                   std::uint32_t (&dims)[3]) {
  const std::size_t header = 4 + 4 * static_cast<std::size_t>(rank);
  GzReader reader(path);
  std::vector<std::uint8_t> bytes;
  reader.read(header, bytes);
  if (bytes.size() >= 4 && big_endian(bytes.data()) != magic) {
    bad_data(path, "starts with " + hex(big_endian(bytes.data())) + ", expected the IDX magic number " +
                       hex(magic));
  }
  if (bytes.size() < header) {
    bad_data(path, "ends after " + std::to_string(bytes.size()) + " bytes, inside its header of " +
                       std::to_string(header));
  }
  std::uint64_t expected = 1;
  for (int i = 0; i < rank; ++i) {
    dims[i] = big_endian(bytes.data() + 4 + 4 * i);
    if (dims[i] == 0 || dims[i] > (i == 0 ? 100'000'000u : 1024u)) {
      bad_data(path, "its header at byte " + std::to_string(4 + 4 * i) + " gives a dimension of " +
                         std::to_string(dims[i]));
    }
    expected *= dims[i];
  }
  if (expected > kMaxBytes)
    bad_data(path, "its header promises " + std::to_string(expected) + " bytes, above 4 GiB");
  reader.read(expected + 1, bytes);  // one more, to notice what trails
  const std::uint64_t total = header + expected;
  if (bytes.size() < total) {
    bad_data(path, "ends after " + std::to_string(bytes.size()) + " bytes; its header promises " +
                       std::to_string(total));
  }
  if (bytes.size() > total)
    bad_data(path, "goes on after byte " + std::to_string(total) + ", where it should end");
  return bytes;
}

void check_known(const fs::path& path, const std::string& name, std::uint32_t count, const std::string& sha,
                 bool allow_modified) {
  for (const KnownFile& known : kMnist) {
    if (name != known.name || count != static_cast<std::uint32_t>(known.count) || sha == known.sha256)
      continue;
    if (allow_modified) continue;
    throw Failure(Exit::kBadData, path.string() + ": its SHA-256 is " + sha + ", MNIST's is " + known.sha256 +
                                      "; get the file again (`make data` does), or accept it with "
                                      "--allow-modified-data");
  }
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

ImageSet read_image_set(const std::filesystem::path& directory, const std::string& prefix,
                        bool allow_modified) {
  std::uint32_t dims[3] = {}, label_dims[3] = {};
  const std::string images_name = prefix + "-images-idx3-ubyte", labels_name = prefix + "-labels-idx1-ubyte";
  const fs::path images_path = find_file(directory, images_name),
                 labels_path = find_file(directory, labels_name);

  ImageSet set;
  std::vector<std::uint8_t> images = read_idx(images_path, kImagesMagic, 3, dims);
  set.sha256 = sha256(images);
  check_known(images_path, images_name, dims[0], set.sha256, allow_modified);
  set.shape = {1, static_cast<int>(dims[1]), static_cast<int>(dims[2])};
  set.pixels.assign(images.begin() + 16, images.end());

  std::vector<std::uint8_t> labels = read_idx(labels_path, kLabelsMagic, 1, label_dims);
  if (label_dims[0] != dims[0]) {
    bad_data(labels_path,
             "has " + std::to_string(label_dims[0]) + " labels for " + std::to_string(dims[0]) + " images");
  }
  set.labels.assign(labels.begin() + 8, labels.end());
  const auto odd = std::find_if(set.labels.begin(), set.labels.end(), [](std::uint8_t l) { return l > 9; });
  if (odd != set.labels.end()) {
    bad_data(labels_path, "has the label " + std::to_string(*odd) + " at byte " +
                              std::to_string(8 + (odd - set.labels.begin())) + ", expected 0 to 9");
  }
  check_known(labels_path, labels_name, label_dims[0], sha256(labels), allow_modified);
  return set;
}

std::string sha256(const std::vector<std::uint8_t>& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

}  // namespace vae
