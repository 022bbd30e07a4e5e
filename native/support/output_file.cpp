#include "native/support/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
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
    while (fsync(fd_) != 0) {
      if (errno != EINTR) io_failure(target, "cannot be flushed to the disk", errno);
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
  bool same = !fs::is_directory(output, none) && fs::equivalent(output, input, none);
  if (fs::is_directory(input, none)) {
    for (const auto& entry : fs::directory_iterator(input, none)) {
      const bool idx = entry.path().filename().string().find("-ubyte") != std::string::npos;
      same = same || (idx && fs::equivalent(output, entry.path(), none));
    }
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
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
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
  remove_temporaries(folder_of(path), path.filename().string());  // of a run that was killed
}

OutputLock::~OutputLock() {
  unlink(lock_path_.c_str());
  close(fd_);
}

}  // namespace vae
