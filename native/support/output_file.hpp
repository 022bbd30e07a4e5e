// Files that a user keeps: old or new, never half. Bytes go to a temporary in the same folder, are flushed to
// the disk and renamed over the old file, and the folder is flushed. (torch::save overwrites in place and
// terminates the program on a full disk.)
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Writes atomically. Throws Failure kIo with the reason; the old file and no temporary are left then.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Makes a folder, and those that it lies in, where they are missing. Throws Failure kIo.
void make_folder(const std::filesystem::path& folder);

/// A log that grows piece by piece. What was appended is in the file at once, for whoever reads along and
/// whatever ends the process.
class GrowingFile {
 public:
  /// Opens the end of `path`, which is made where it is not there. Throws Failure kIo.
  explicit GrowingFile(std::filesystem::path path);
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  /// Throws Failure kIo with the reason; the file then ends where it ended before.
  void append(std::string_view bytes);

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

/// Removes what write_file leaves in a folder when it is killed: the temporaries of the file `name`, or of
/// every file when it is empty. Only for who holds the lock on them.
void remove_temporaries(const std::filesystem::path& folder, const std::string& name);

/// Reads a whole regular file of at most `limit` bytes. Throws Failure kMissingInput, kBadData (larger, or
/// something else than a file) or kIo.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::size_t limit);

/// Throws Failure kUsage where `output`, through whatever links, is `input` or an IDX file in that folder:
/// what is read is never written over.
void refuse_input(const std::filesystem::path& output, const std::filesystem::path& input);

/// Holds an output for one run: refuses at once, before hours of work, what could not be written later, and
/// locks out a second run on the same output. The lock file PATH.lock disappears with this object.
class OutputLock {
 public:
  /// Throws Failure kIo (no such folder, read-only, PATH is a folder) or kLocked.
  explicit OutputLock(const std::filesystem::path& path);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  std::filesystem::path lock_path_;
  int fd_ = -1;
};

}  // namespace vae
