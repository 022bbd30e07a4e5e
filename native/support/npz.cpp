#include "native/support/npz.hpp"

#include <algorithm>

#include "shared/base/encoding.hpp"

namespace vae {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50, kDirectoryEntry = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint16_t kVersion = 20;           // 2.0
constexpr std::uint16_t kFirstOfJanuary = 0x21;  // 1980, the first day that a zip can say

class Bytes {
 public:
  template <class Integer>
  void number(Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) all_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  void text(const std::string& text) { block(std::as_bytes(std::span(text))); }
  void block(std::span<const std::byte> bytes) { all_.insert(all_.end(), bytes.begin(), bytes.end()); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
  std::vector<std::byte>& all() { return all_; }

 private:
  std::vector<std::byte> all_;
};

/// Returns the file that numpy.save() writes.
std::vector<std::byte> npy(const NpzArray& array) {
  std::string header = "{'descr': '" + array.dtype + "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t size : array.shape) header += std::to_string(size) + ", ";
  header += "), }";
  const std::size_t before = 10;  // bytes
  header.append(63 - (before + header.size()) % 64, ' ') += '\n';
  Bytes file;
  file.text("\x93NUMPY");
  file.number(std::uint16_t{1});  // version 1.0
  file.number(static_cast<std::uint16_t>(header.size()));
  file.text(header);
  file.block(array.bytes);
  return std::move(file.all());
}

/// Writes what a local header and a directory entry have in common.
void describe(Bytes& to, const std::string& name, std::span<const std::byte> file) {
  const auto size = static_cast<std::uint32_t>(file.size());
  to.number(kVersion);
  to.number(std::uint16_t{0});  // flags
  to.number(std::uint16_t{0});  // stored as it is
  to.number(std::uint16_t{0});  // at midnight
  to.number(kFirstOfJanuary);
  to.number(crc32(file));
  to.number(size);
  to.number(size);
  to.number(static_cast<std::uint16_t>(name.size()));
  to.number(std::uint16_t{0});  // no more about it
}

}  // namespace

std::vector<std::byte> npz(const std::vector<NpzArray>& arrays) {
  Bytes archive, directory;
  for (const NpzArray& array : arrays) {
    const std::string name = array.name + ".npy";
    const std::vector<std::byte> file = npy(array);
    directory.number(kDirectoryEntry);
    directory.number(kVersion);
    describe(directory, name, file);
    for (int i = 0; i < 3; ++i) directory.number(std::uint16_t{0});  // comment, disk, kind of file
    directory.number(std::uint32_t{0});                              // attributes
    directory.number(archive.size());
    directory.text(name);
    archive.number(kLocalHeader);
    describe(archive, name, file);
    archive.text(name);
    archive.block(file);
  }
  const std::uint32_t start = archive.size();
  archive.block(directory.all());
  archive.number(kEnd);
  archive.number(std::uint32_t{0});  // one disk
  for (int i = 0; i < 2; ++i) archive.number(static_cast<std::uint16_t>(arrays.size()));
  archive.number(directory.size());
  archive.number(start);
  archive.number(std::uint16_t{0});  // no comment
  return std::move(archive.all());
}

}  // namespace vae
