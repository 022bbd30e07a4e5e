#include "native/support/output_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

std::vector<std::byte> filled(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

template <class F>
int exit_code_of(F f) {
  try {
    f();
    return 0;
  } catch (const Failure& failure) {
    CHECK(std::string(failure.what()).find('\n') == std::string::npos);
    return static_cast<int>(failure.code);
  }
}

}  // namespace

TEST_CASE("who holds a lock clears away what a killed run left of this file, and of no other") {
  TemporaryFolder folder;
  for (const char* name : {".w.bin.tmp-12", ".w.bin2.tmp-12", "w.bin.tmp-1", ".w.bin"})
    write_bytes(folder / name, {1});
  const OutputLock lock(folder / "w.bin");
  CHECK_FALSE(std::filesystem::exists(folder / ".w.bin.tmp-12"));
  CHECK(folder.file_count() == 4);  // the other three and the lock
}

TEST_CASE("write_file replaces whole files and leaves nothing else") {
  TemporaryFolder folder;
  const auto path = folder / "w.bin";
  write_file(path, filled(10, 1));
  write_file(path, filled(100000, 2));
  CHECK((read_file(path, 200000) == filled(100000, 2)));
  CHECK(folder.file_count() == 1);
}

TEST_CASE("a full disk is an error, the old file stays, no temporary is left") {  // N3
  TemporaryFolder folder;
  const auto path = folder / "w.bin";
  write_file(path, filled(1000, 1));
  const pid_t child = fork();  // the limit cannot be raised again
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    _exit(exit_code_of([&] { write_file(path, filled(100000, 2)); }));
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 74);
  CHECK((read_file(path, 200000) == filled(1000, 1)));
  CHECK(folder.file_count() == 1);
}

TEST_CASE("a growing file keeps what was appended, and whole pieces where the disk is full") {  // N3
  TemporaryFolder folder;
  const auto path = folder / "log";
  write_file(path, filled(10, 'a'));
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    GrowingFile file(path);
    file.append(std::string(100, 'b'));
    _exit(exit_code_of([&] { file.append(std::string(5000, 'c')); }));
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 74);
  const Bytes bytes = read_bytes(path);
  CHECK(std::string(bytes.begin(), bytes.end()) == std::string(10, 'a') + std::string(100, 'b'));
}

TEST_CASE("places that cannot be written are refused") {  // N5
  TemporaryFolder folder;
  CHECK(exit_code_of([&] { write_file(folder / "no-such-folder" / "w.bin", filled(1, 1)); }) == 74);
  CHECK(exit_code_of([&] { write_file(folder.path(), filled(1, 1)); }) == 74);
  CHECK(exit_code_of([&] { GrowingFile file(folder / "no-such-folder" / "log"); }) == 74);
  CHECK(exit_code_of([&] { GrowingFile file("/dev/null"); }) == 74);
  CHECK(exit_code_of([&] { OutputLock lock(folder.path()); }) == 74);
  CHECK(exit_code_of([&] { OutputLock lock(folder / "no-such-folder" / "w.bin"); }) == 74);
  CHECK(folder.file_count() == 0);
}

TEST_CASE("what must not be lost is written somewhere") {  // N13
  TemporaryFolder folder;
  CHECK(write_somewhere(folder / "w.bin", ".kept", filled(3, 1)) == folder / "w.bin.kept");
  CHECK(read_file(folder / "w.bin.kept", 10).size() == 3);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::create_directory(folder / "here");
  std::filesystem::current_path(folder / "here");
  const std::filesystem::path kept = write_somewhere(folder / "none/w.bin", ".kept", filled(4, 1));
  std::filesystem::current_path(before);
  CHECK(std::filesystem::equivalent(kept, folder / "here/w.bin.kept"));
}

TEST_CASE("a log that somebody removes is no longer written") {  // N13
  TemporaryFolder folder;
  GrowingFile file(folder / "log");
  file.append("one\n");
  std::filesystem::remove(folder / "log");
  CHECK(exit_code_of([&] { file.append("two\n"); }) == 74);
  write_file(folder / "log", filled(2, 1));
  CHECK(exit_code_of([&] { file.append("three\n"); }) == 74);
}

TEST_CASE("reading: missing, too large, a folder") {
  TemporaryFolder folder;
  CHECK(exit_code_of([&] { (void)read_file(folder / "none", 10); }) == 66);
  write_file(folder / "w", filled(11, 1));
  CHECK(exit_code_of([&] { (void)read_file(folder / "w", 10); }) == 65);
  CHECK(exit_code_of([&] { (void)read_file(folder.path(), 10); }) == 65);
}

TEST_CASE("one output belongs to one run") {  // N6
  TemporaryFolder folder;
  const auto path = folder / "w.bin";
  {
    const OutputLock first(path);
    CHECK(exit_code_of([&] { OutputLock second(path); }) == 75);
    CHECK(exit_code_of([&] { OutputLock other(folder / "v.bin"); }) == 0);
  }
  CHECK(exit_code_of([&] { OutputLock again(path); }) == 0);
  CHECK(folder.file_count() == 0);
}
