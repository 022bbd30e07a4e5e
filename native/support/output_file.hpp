// Files that a user keeps: never half written. Bytes go to a temporary file in the same folder, which is
// flushed to disk and renamed over the old file, and the folder is flushed. (torch::save overwrites in place
// and terminates the program on a full disk.)
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Writes a file atomically. Throws Failure kIo with the reason, leaving the old file and no temporary.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Writes what must not be lost: beside `path`, with `suffix` at the end of its name or, where that cannot be
/// written, into the working folder or the one for temporary files. Returns the path. Throws Failure kIo with
/// the first reason where none can be written.
std::filesystem::path write_somewhere(const std::filesystem::path& path, const std::string& suffix,
                                      std::span<const std::byte> bytes);

/// Creates a folder and its parents where they are missing. Throws Failure kIo.
void make_folder(const std::filesystem::path& folder);

/// A log that grows by appending. Appended bytes are in the file at once, for readers and whatever ends the
/// process.
class GrowingFile {
 public:
  /// Opens `path` at its end, creating it if needed. Throws Failure kIo.
  explicit GrowingFile(std::filesystem::path path);
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  /// Appends bytes. Throws Failure kIo with the reason, also that the file was removed; it then ends where it
  /// ended before.
  void append(std::string_view bytes);

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

/// Removes the temporaries that a killed write_file left in a folder: those of the file `name`, or all if it
/// is empty. The caller must hold the lock.
void remove_temporaries(const std::filesystem::path& folder, const std::string& name);

/// Reads a regular file of at most `limit` bytes. Throws Failure kMissingInput, kBadData (too large, or not a
/// regular file) or kIo.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::size_t limit);

/// Throws Failure kUsage when `output`, following links, is `input` or an IDX file or a PNG somewhere in the
/// folder `input`: an input is never overwritten.
void refuse_input(const std::filesystem::path& output, const std::filesystem::path& input);

/// Removes the lock files that this process holds; to be called in a handler of signals that ends it.
void remove_lock_files() noexcept;

/// Locks an output for one run. Fails at once, before hours of work, when the output cannot be written or
/// another run is writing it; warns where the file system has no locks. The lock file PATH.lock disappears
/// with this object.
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
  std::size_t place_;  // in the list of remove_lock_files()
};

}  // namespace vae
