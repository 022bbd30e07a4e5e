// native_train on machines as they are: folders that vanish, supervisors that start it again, batch systems
// that stop it, file systems without locks, and files and settings that people and Python really write.
#include <pty.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "native/support/output_file.hpp"
#include "shared/model/model.hpp"
#include "tests/catch.hpp"
#include "tests/native/program.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

namespace fs = std::filesystem;

/// native_train in the background, in a folder, with its output in .out and .err there.
class Background {
 public:
  Background(const TemporaryFolder& folder, std::vector<std::string> arguments, bool hangup_ignored = false)
      : folder_(folder) {
    arguments.insert(arguments.begin(),
                     {kTrain, "--data", folder.path().string(), "--hidden", "32", "--latent", "3"});
    std::vector<char*> argv;
    for (std::string& word : arguments) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    for (const int signal : {SIGHUP, SIGQUIT})
      std::signal(signal, SIG_DFL);  // whatever has started the tests
    if (hangup_ignored) std::signal(SIGHUP, SIG_IGN);
    if (chdir(folder.path().c_str()) != 0 || std::freopen(".out", "w", stdout) == nullptr ||
        std::freopen(".err", "w", stderr) == nullptr)
      _exit(9);
    execv(kTrain.c_str(), argv.data());
    _exit(9);
  }
  /// Waits until there is such a file.
  void await(const fs::path& path) const {
    for (int i = 0; i < 6000 && !fs::exists(path); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    REQUIRE(fs::exists(path));
  }
  void send(int signal) const { kill(pid_, signal); }
  /// Returns the exit code, or minus a signal that ended it.
  int end() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  std::string errors() const {
    const Bytes bytes = read_bytes(folder_ / ".err");
    return {bytes.begin(), bytes.end()};
  }

 private:
  const TemporaryFolder& folder_;
  pid_t pid_;
};

bool holds_weights(const fs::path& path) {
  return static_cast<bool>(Model::load(read_file(path, FileLimits{}.bytes)));
}

std::string strace(const std::string& call, const std::string& injection) {
  return "strace -f -qq -o /dev/null -e trace=" + call + " -e inject=" + call + ':' + injection + ' ';
}

/// A safetensors file as other programs write it: `header` in JSON, then numbers.
void write_safetensors(const fs::path& path, const std::string& header, const std::vector<float>& numbers) {
  std::ofstream file(path, std::ios::binary);
  const auto length = static_cast<std::uint64_t>(header.size());
  file.write(reinterpret_cast<const char*>(&length), 8);
  file << header;
  file.write(reinterpret_cast<const char*>(numbers.data()), std::ssize(numbers) * 4);
}

/// The tensors of a small mlp (144 pixels, 32 hidden units, 3 latents) under names with this prefix; `change`
/// may rewrite an entry's name and shape.
struct Entry {
  std::string name;
  std::vector<int> shape;
  float value = 0.01f;
};
std::vector<Entry> small_mlp() {
  return {{"encoder.0.weight", {32, 144}}, {"encoder.0.bias", {32}},
          {"mu.weight", {3, 32}},          {"mu.bias", {3}},
          {"log_var.weight", {3, 32}},     {"log_var.bias", {3}},
          {"decoder.0.weight", {32, 3}},   {"decoder.0.bias", {32}},
          {"decoder.2.weight", {144, 32}}, {"decoder.2.bias", {144}}};
}
void write_entries(const fs::path& path, const std::vector<Entry>& entries, const std::string& metadata = "",
                   const std::string& prefix = "") {
  std::string header = metadata.empty() ? "{" : "{\"__metadata__\":" + metadata + ',';
  std::vector<float> numbers;
  for (const Entry& e : entries) {
    std::string sizes;
    std::size_t count = 1;
    for (const int size : e.shape) {
      if (!sizes.empty()) sizes += ',';
      sizes += std::to_string(size);
      count *= static_cast<std::size_t>(size);
    }
    const std::size_t begin = 4 * numbers.size();
    numbers.insert(numbers.end(), count, e.value);
    header += (header.back() == '{' || header.back() == ',' ? "\"" : ",\"") + prefix + e.name +
              "\":{\"dtype\":\"F32\",\"shape\":[" + sizes + "],\"data_offsets\":[" + std::to_string(begin) +
              ',' + std::to_string(4 * numbers.size()) + "]}";
  }
  write_safetensors(path, header + '}', numbers);
}

}  // namespace

TEST_CASE("folders that vanish take no weights with them") {  // N13
  TemporaryFolder folder;
  write_bars(folder.path());
  const auto gone = [&](const std::string& what, const std::vector<std::string>& arguments, int signal) {
    fs::create_directories(folder / what);
    const Background training(folder, arguments);
    training.await(folder / what /
                   (what == "out"   ? "w.bin.lock"
                    : what == "log" ? "metrics.jsonl"
                                    : "checkpoints.lock"));
    training.send(SIGSTOP);
    fs::remove_all(folder / what);
    training.send(SIGCONT);
    if (signal != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      training.send(signal);
    }
    const int code = training.end();
    return std::pair(code, training.errors());
  };
  // The output's folder: the weights are in the working folder instead.
  auto [code, errors] = gone("out", {"--epochs", "1500", "--out", "out/w.bin"}, 0);
  CHECK(code == 74);
  CHECK(contains(errors, "out/w.bin: cannot be written"));
  CHECK(contains(errors, "the weights are in " + (folder / "w.bin.interrupted").string()));
  CHECK(holds_weights(folder / "w.bin.interrupted"));
  fs::remove(folder / "w.bin.interrupted");
  std::tie(code, errors) = gone("out", {"--epochs", "100000", "--out", "out/w.bin"}, SIGTERM);
  CHECK(code == 143);
  CHECK(holds_weights(folder / "w.bin.interrupted"));
  fs::remove(folder / "w.bin.interrupted");
  // The log's folder, and that of the checkpoints: one warning each, and the run goes on.
  std::tie(code, errors) =
      gone("log", {"--epochs", "1500", "--log-every", "1", "--log-dir", "log", "--out", "w.bin"}, 0);
  CHECK(code == 0);
  CHECK(contains(errors,
                 "warning: log/metrics.jsonl: was removed while it was written; nothing more is logged"));
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 1);
  CHECK(holds_weights(folder / "w.bin"));
  std::tie(code, errors) =
      gone("ck", {"--epochs", "1500", "--checkpoint-steps", "5", "--checkpoint", "ck", "--out", "w.bin"}, 0);
  CHECK(code == 0);
  CHECK(contains(errors, "training goes on without this checkpoint"));
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 1);
  std::tie(code, errors) =
      gone("ck", {"--epochs", "100000", "--checkpoint", "ck", "--out", "w.bin"}, SIGTERM);
  CHECK(code == 143);
  CHECK(holds_weights(folder / "w.bin.interrupted"));
}

TEST_CASE("one command begins and goes on, however often it is killed") {  // N14
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string settings = " --epochs 12 --ema 0.9 --snapshots 3 --out ";
  REQUIRE(run(folder, train(folder, settings + (folder / "whole.bin").string())).code == 0);
  const std::string out = folder / "w.bin", ck = folder / "ck";
  const std::string command =
      train(folder, settings + out + " --checkpoint-steps 7 --checkpoint " + ck + " --resume auto");
  check_failure(run(folder, train(folder, settings + out + " --checkpoint " + ck + " --resume")), 66,
                "--resume auto begins");
  int killed = 0;  // before the first checkpoint, and within any of its files
  while (run(folder, strace("fsync", "signal=KILL:when=" + std::to_string(1 + 2 * killed)) + command).code !=
         0)
    REQUIRE(++killed < 30);
  CHECK(killed >= 3);
  REQUIRE(run(folder, command).code == 0);
  CHECK(read_bytes(out) == read_bytes(folder / "whole.bin"));
  REQUIRE(run(folder, command).code == 0);  // once more, when all is done
  CHECK(read_bytes(out) == read_bytes(folder / "whole.bin"));
}

TEST_CASE("a run at a constant rate can be made longer where it ended") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = folder / "w.bin", ck = folder / "ck";
  const auto longer = [&](const std::string& flags) {
    return run(folder, train(folder, flags + " --out " + out + " --checkpoint " + ck + " --resume auto"));
  };
  REQUIRE(run(folder, train(folder, "--epochs 5 --out " + (folder / "whole.bin").string())).code == 0);
  REQUIRE(longer("--epochs 2").code == 0);
  REQUIRE(longer("--epochs 5").code == 0);
  CHECK(read_bytes(out) == read_bytes(folder / "whole.bin"));
  check_failure(longer("--epochs 3"), 2, "--epochs was 5, now 3, but the checkpoint has 25 steps already");
  check_failure(longer("--epochs 6 --lr 0.1"), 2, "another run");
  fs::remove_all(ck);
  REQUIRE(longer("--epochs 2 --schedule cosine").code == 0);
  check_failure(longer("--epochs 5 --schedule cosine"), 2, "only --schedule constant can be extended");
}

TEST_CASE("a closed terminal and batch systems end a run as Ctrl-C does") {  // N15
  TemporaryFolder folder;
  write_bars(folder.path());
  for (const int signal : {SIGHUP, SIGQUIT, SIGUSR1, SIGXCPU}) {
    const Background training(folder, {"--epochs", "100000", "--out", "w.bin"});
    training.await(folder / "w.bin.lock");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    training.send(signal);
    CHECK(training.end() == 128 + signal);
    CHECK(holds_weights(folder / "w.bin.interrupted"));
    CHECK_FALSE(fs::exists(folder / "w.bin.lock"));
    fs::remove(folder / "w.bin.interrupted");
  }
  {  // nohup
    const Background training(folder, {"--epochs", "300", "--out", "w.bin"}, true);
    training.await(folder / "w.bin.lock");
    training.send(SIGHUP);
    CHECK(training.end() == 0);
  }
  {  // a second signal ends it at once, and leaves no lock
    const Background training(folder, {"--epochs", "100000", "--out", "w.bin"});
    training.await(folder / "w.bin.lock");
    training.send(SIGSTOP);
    training.send(SIGTERM);
    training.send(SIGHUP);
    training.send(SIGCONT);
    const int code = training.end();
    CHECK((code == 128 + SIGTERM || code == 128 + SIGHUP));
    CHECK_FALSE(fs::exists(folder / "w.bin.lock"));
    fs::remove(folder / "w.bin.interrupted");
  }
  // A terminal that is closed.
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    std::signal(SIGHUP, SIG_DFL);
    if (chdir(folder.path().c_str()) != 0) _exit(9);
    execl(kTrain.c_str(), kTrain.c_str(), "--data", ".", "--hidden", "32", "--latent", "3", "--epochs",
          "100000", "--out", "w.bin", static_cast<char*>(nullptr));
    _exit(9);
  }
  std::array<char, 4096> text{};
  while (!fs::exists(folder / "w.bin.lock")) REQUIRE(read(terminal, text.data(), text.size()) > 0);
  close(terminal);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGHUP);
  CHECK(holds_weights(folder / "w.bin.interrupted"));
}

TEST_CASE("file systems without locks or fsync are warned of, and written to") {  // N17
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string command = train(folder, "--epochs 1 --out " + (folder / "w.bin").string());
  for (const char* error : {"ENOLCK", "EOPNOTSUPP", "ENOSYS", "EINVAL"}) {
    INFO(error);
    for (const char* call : {"flock", "fsync"}) {
      const Outcome o = run(folder, strace(call, std::string("error=") + error) + command);
      CAPTURE(o.err);
      CHECK(o.code == 0);
      CHECK(contains(o.err, "warning: " + folder.path().string()));
      CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
      CHECK(holds_weights(folder / "w.bin"));
    }
  }
  for (const char* call : {"flock", "fsync"})
    CHECK(run(folder, strace(call, "error=EINTR:when=1") + command).err.empty());
  check_failure(run(folder, strace("fsync", "error=EIO") + command), 74, "cannot be flushed");
}

TEST_CASE("data that would never come is refused") {  // N16
  TemporaryFolder folder;
  write_bars(folder.path());
  const fs::path images = folder / "train-images-idx3-ubyte";
  fs::remove(images);
  REQUIRE(std::system(("mkfifo " + images.string()).c_str()) == 0);
  check_failure(run(folder, train(folder, "--out " + (folder / "w.bin").string())), 65,
                "is not a regular file");
}

TEST_CASE("safetensors files as Python's libraries write them are a start") {  // N18
  TemporaryFolder folder;
  write_bars(folder.path());
  const fs::path file = folder / "p.safetensors";
  const auto seal = [&](const std::string& more = "") {
    return run(folder, kTrain + " --data " + folder.path().string() + " --epochs 0 --init " + file.string() +
                           " --out " + (folder / "w.bin").string() + more);
  };
  write_entries(
      file, small_mlp(),
      "{\"note\":\"\\\"quoted\\\" \\u00e9 \xe6\x95\xb0\\n\",\"more\":\"" + std::string(2 << 20, 'x') + "\"}");
  CHECK(seal().code == 0);
  for (const char* prefix : {"module.", "_orig_mod.", "model.", "_orig_mod.module."}) {
    write_entries(file, small_mlp(), "", prefix);
    CHECK(seal().code == 0);
  }
  std::vector<Entry> more = small_mlp();
  more.push_back({"running_mean", {32}, std::numeric_limits<float>::infinity()});
  more.push_back({"mask", {1, 1, 1, 1, 2}});
  write_entries(file, more);
  const Outcome ignored = seal();
  CAPTURE(ignored.out, ignored.err);
  CHECK(ignored.code == 0);
  CHECK(contains(ignored.out, "note    the model has no place for 2 tensors of " + file.string()));
  CHECK(contains(ignored.out, "running_mean"));

  std::vector<Entry> twice = small_mlp();
  for (const Entry& e : small_mlp()) twice.push_back({"module." + e.name, e.shape, 0});
  write_entries(file, twice);
  check_failure(seal(), 65,
                "tensors encoder.0.weight and module.encoder.0.weight would be the same parameter");

  std::vector<Entry> wrong = small_mlp();
  wrong[0].name = "encoder.1.weight";
  write_entries(file, wrong);
  check_failure(
      seal(" --hidden 32 --latent 3"), 65,
      file.string() + ": the parameter encoder.0.weight, 32x144, is missing; there is encoder.1.weight");
  wrong = small_mlp();
  wrong[8].shape = {144, 31};
  write_entries(file, wrong);
  check_failure(seal(), 65, file.string() + ": decoder.2.weight is 144x31; expected 144x32");
  wrong = small_mlp();
  wrong[8].value = 3e38f;
  write_entries(file, wrong);
  check_failure(seal(" --precision f16"), 65, file.string() + ": its numbers make no weights file");
  wrong[8].value = std::numeric_limits<float>::quiet_NaN();
  write_entries(file, wrong);
  check_failure(seal(), 65, "[nonfinite]");
  write_entries(file, small_mlp(), "{\"open\":\"no end");
  check_failure(seal(), 65, "[json]");
}

TEST_CASE("numbers and flags that cannot be meant are refused, each by its name") {  // N21
  TemporaryFolder folder;
  const auto refused = [&](const std::string& flags, const std::string& words) {
    INFO(flags);
    check_failure(run(folder, kTrain + " --out w.bin " + flags), 2, words);
  };
  for (const char* number : {"''", "0x10", "1e-400", "1e400", "3,5", "1e-3x", "' 1'", "+"}) {
    refused(std::string("--lr ") + number, "--lr");
    refused(std::string("--beta ") + number, "--beta");
    refused(std::string("--epochs ") + number, "--epochs");
  }
  refused("--lr 0.1 --lr 0.2", "--lr: is given twice");
  refused("--lr=0.1 --lr 0.2", "--lr: is given twice");
  refused("--lrr 3", "--lrr; did you mean --lr?");
  refused("--learning_rate=3", "--learning_rate=3");
  refused("--schedul cosine", "--schedul; did you mean --schedule?");
  check_failure(run(folder, kEval + " w.bin --drawz 3"), 2, "--drawz; did you mean --draws?");
  check_failure(run(folder, kEval + " w.bin --draws 3 --draws 4"), 2, "--draws: is given twice");
}

TEST_CASE("a mistake in a configuration file has its line") {  // N21
  TemporaryFolder folder;
  const std::string path = folder / "c.toml";
  const auto config = [&](const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    return run(folder, kTrain + " --print-config --config " + path);
  };
  check_failure(config("lr = 0.1\n\n[train]\n"), 2, path + ", line 3: sections are not known");
  check_failure(config("lr = 0.1\nlatnet = 3\n"), 2,
                path + ", line 2: there is no setting latnet; did you mean latent?");
  check_failure(config("lr = 0.1\n# again\nlr = 0.2\n"), 2,
                path + ", line 3: lr is set again, first in line 1");
  check_failure(config("lr 0.1\n"), 2, path + ", line 1: expected name = value");
  check_failure(config("preset = \"mlp\nlr = 1\n"), 2, path + ", line 1: preset: its quotes do not end");
  check_failure(config("lr =\n"), 2, path + ", line 1: lr: it has no value");
  check_failure(config("lr = zero\n"), 2, "--lr");
  check_failure(run(folder, kTrain + " --config none.toml --out w"), 66, "none.toml");
  const Outcome marked = config("\xef\xbb\xbflr = 0.25  # of the optimizer\r\nschedule = 'cosine'\r\n");
  CAPTURE(marked.out, marked.err);
  CHECK(marked.code == 0);
  CHECK(contains(marked.out, "lr = 0.25\n"));
  CHECK(contains(marked.out, "schedule = \"cosine\"\n"));
  check_failure(run(folder, kTrain + " --config " + path + " --out " + path), 2, "is an input");
}

TEST_CASE("what is likely a mistake is said, and done") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = " --steps 1 --out " + (folder / "w.bin").string();
  const Outcome threads = run(folder, train(folder, "--threads 1000" + out));
  CHECK(threads.code == 0);
  CHECK(contains(threads.out, "note    1000 threads on "));
  CHECK(contains(run(folder, train(folder, "--likelihood gaussian --pixels gray" + out)).out,
                 "note    a density of gray"));
  CHECK_FALSE(contains(run(folder, train(folder, "--likelihood gaussian" + out)).out, "note"));
}
