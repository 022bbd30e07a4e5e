#include "native/support/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/support/failure.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

[[noreturn]] void io_failure(const fs::path& path, const char* what, int error) {
  std::string hint;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) hint = "; free some space and run again";
  if (error == EACCES || error == EROFS || error == EPERM) hint = "; choose another place";
  if (error == ENOENT || error == ENOTDIR) hint = "; create the folder first";
  throw Failure(Exit::kIo, path.string() + ": " + what + ": " + std::strerror(error) + hint);
}

/// Returns whether a file system answers so to what it does not know.
bool is_unknown(int error) {
  return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == ENOLCK;
}

/// Warns once of something that the file system of `path` does not have.
void warn_of_missing(const fs::path& path, const char* what, int error, bool& warned) {
  if (!std::exchange(warned, true))
    std::fprintf(stderr, "warning: %s: %s (%s)\n", path.c_str(), what, std::strerror(error));
}

/// The paths of this process' lock files, for a handler of signals.
struct HeldLock {
  std::atomic<bool> held{false};
  char path[4096] = "";
};
std::array<HeldLock, 16> held_locks;

/// Notes a lock file; returns its place, one behind the last where it is too long or there is no room.
std::size_t note_lock(const fs::path& path) {
  const std::string text = path.string();
  for (std::size_t i = 0; i < held_locks.size() && text.size() < sizeof HeldLock::path; ++i) {
    if (held_locks[i].held) continue;
    text.copy(held_locks[i].path, text.size());
    held_locks[i].path[text.size()] = '\0';
    held_locks[i].held = true;
    return i;
  }
  return held_locks.size();
}

/// Follows links to the actual file, which must be a regular file if it exists, never a device.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path target = path;
  for (int links = 0; links < 32 && fs::is_symlink(target, error); ++links) {
    target = folder_of(target) / fs::read_symlink(target, error);  // an absolute target replaces the folder
  }
  const fs::file_status status = fs::status(target, error);
  if (status.type() == fs::file_type::directory) {
    throw Failure(Exit::kIo,
                  path.string() + ": is a folder; name a file, e.g. " + (path / "weights.bin").string());
  }
  if (fs::exists(status) && status.type() != fs::file_type::regular) {
    throw Failure(Exit::kIo, path.string() + ": is not a regular file; choose another place");
  }
  return target;
}

void write_all(int fd, const fs::path& path, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) io_failure(path, "cannot be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}

/// A temporary file, removed unless it was renamed.
class Temporary {
 public:
  explicit Temporary(const fs::path& target)
      : path_(folder_of(target) / ("." + target.filename().string() + ".tmp-" + std::to_string(getpid()))) {
    fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) io_failure(target, "cannot be written", errno);
  }
  ~Temporary() {
    if (fd_ >= 0) close(fd_);
    if (!kept_) unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  void write(const fs::path& target, std::span<const std::byte> bytes) { write_all(fd_, target, bytes); }
  void rename_to(const fs::path& target) {
    static bool warned = false;
    while (fsync(fd_) != 0) {
      if (errno == EINTR) continue;
      if (!is_unknown(errno)) io_failure(target, "cannot be flushed to the disk", errno);
      warn_of_missing(target, "this file system cannot flush a file, which may be lost in a power cut", errno,
                      warned);
      break;
    }
    const int fd = fd_;
    fd_ = -1;
    if (close(fd) != 0 && errno != EINTR) io_failure(target, "cannot be closed", errno);
    if (rename(path_.c_str(), target.c_str()) != 0) io_failure(target, "cannot be replaced", errno);
    kept_ = true;
  }

 private:
  fs::path path_;
  int fd_ = -1;
  bool kept_ = false;
};

void flush_folder(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // the file itself is complete; some file systems cannot do this
  while (fsync(fd) != 0 && errno == EINTR) {
  }
  close(fd);
}

}  // namespace

void write_file(const fs::path& wanted, std::span<const std::byte> bytes) {
  const fs::path path = resolved(wanted);
  Temporary temporary(path);
  temporary.write(path, bytes);
  temporary.rename_to(path);
  flush_folder(folder_of(path));
}

fs::path write_somewhere(const fs::path& path, const std::string& suffix, std::span<const std::byte> bytes) {
  const std::string name = path.filename().string() + suffix;
  std::error_code none;  // an empty folder is this one
  std::optional<Failure> first;
  for (const fs::path& folder : {folder_of(path), fs::current_path(none), fs::temp_directory_path(none)}) {
    try {
      write_file(folder / name, bytes);
      return folder == folder_of(path) ? fs::path(path.string() + suffix) : folder / name;
    } catch (const Failure& failure) {
      if (!first) first = failure;
    }
  }
  throw Failure(*first);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (fs::is_directory(folder, error)) return;
  throw Failure(Exit::kIo, folder.string() + ": cannot be created" + (error ? ": " + error.message() : "") +
                               "; choose another place");
}

GrowingFile::GrowingFile(fs::path path) : path_(std::move(path)) {
  fd_ = open(resolved(path_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) io_failure(path_, "cannot be written", errno);
}

GrowingFile::~GrowingFile() { close(fd_); }

void GrowingFile::append(std::string_view bytes) {
  const off_t end = lseek(fd_, 0, SEEK_END);
  struct stat ours{}, there{};
  if (fstat(fd_, &ours) == 0 && (stat(path_.c_str(), &there) != 0 || ours.st_ino != there.st_ino))
    throw Failure(Exit::kIo, path_.string() + ": was removed while it was written");
  try {
    write_all(fd_, path_, std::as_bytes(std::span(bytes)));
  } catch (const Failure&) {
    const int cut = ftruncate(fd_, end);
    static_cast<void>(cut);  // at worst the last line is torn, which readers of logs expect
    throw;
  }
}

void refuse_input(const fs::path& output, const fs::path& input) {
  std::error_code none;  // what is not there is not the same
  const bool exists = fs::exists(output, none) && !fs::is_directory(output, none);
  bool same = exists && fs::equivalent(output, input, none);
  if (exists && fs::is_directory(input, none)) {
    const fs::path file = fs::canonical(output, none), folder = fs::canonical(input, none);
    const bool inside =
        std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
    const std::string name = file.filename().string();
    same = inside && (name.find("-ubyte") != std::string::npos || file.extension() == ".png");
  }
  if (same)
    throw Failure(Exit::kUsage,
                  output.string() + " is an input and would be overwritten; name another output");
}

std::vector<std::byte> read_file(const fs::path& path, std::size_t limit) {
  std::error_code none;  // opening it tells
  const fs::file_status status = fs::status(path, none);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
    throw Failure(Exit::kBadData, path.string() + ": is not a regular file");
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    throw Failure(Exit::kMissingInput, path.string() + ": cannot be opened: " + std::strerror(errno));
  }
  struct Closer {
    int fd;
    ~Closer() { close(fd); }
  } closer{fd};
  struct stat info{};
  if (fstat(fd, &info) != 0) io_failure(path, "cannot be read", errno);
  if (S_ISDIR(info.st_mode)) throw Failure(Exit::kBadData, path.string() + ": is a folder; expected a file");
  if (static_cast<std::uint64_t>(info.st_size) > limit) {
    throw Failure(Exit::kBadData, path.string() + ": has " + std::to_string(info.st_size) +
                                      " bytes; at most " + std::to_string(limit) + " are allowed");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(info.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) io_failure(path, "cannot be read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

void remove_temporaries(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string file = entry.path().filename().string();
    const std::size_t end = file.rfind(".tmp-");
    if (end == std::string::npos || end == 0 || file[0] != '.') continue;
    if (name.empty() || file.compare(1, end - 1, name) == 0) fs::remove(entry.path(), ignored);
  }
}

OutputLock::OutputLock(const fs::path& wanted) {
  const fs::path path = resolved(wanted);
  lock_path_ = path.string() + ".lock";
  for (;;) {
    fd_ = open(lock_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ < 0) io_failure(path, "cannot be written", errno);
    int error = 0;
    while (flock(fd_, LOCK_EX | LOCK_NB) != 0 && (error = errno) == EINTR) error = 0;
    if (is_unknown(error)) {
      static bool warned = false;
      warn_of_missing(lock_path_, "this file system has no locks; let no other run write there", error,
                      warned);
    } else if (error != 0) {
      close(fd_);
      if (error != EWOULDBLOCK) io_failure(lock_path_, "cannot be locked", error);
      throw Failure(Exit::kLocked,
                    path.string() + ": another run is writing it; wait for it or choose another place");
    }
    // A holder removes the lock file when it ends: check that the file we locked is still there.
    struct stat ours{}, there{};
    if (fstat(fd_, &ours) == 0 && stat(lock_path_.c_str(), &there) == 0 && ours.st_ino == there.st_ino) break;
    close(fd_);
  }
  place_ = note_lock(fs::absolute(lock_path_));
  remove_temporaries(folder_of(path), path.filename().string());  // of a run that was killed
}

OutputLock::~OutputLock() {
  if (place_ < held_locks.size()) held_locks[place_].held = false;
  unlink(lock_path_.c_str());
  close(fd_);
}

void remove_lock_files() noexcept {
  for (const HeldLock& lock : held_locks)
    if (lock.held) unlink(lock.path);
}

}  // namespace vae
