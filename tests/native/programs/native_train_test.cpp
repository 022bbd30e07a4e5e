// native_train and native_eval as people run them: what they print, what they leave behind, their exit codes.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "native/config/presets.hpp"
#include "native/data/dataset.hpp"
#include "native/support/failure.hpp"
#include "native/support/output_file.hpp"
#include "shared/base/encoding.hpp"
#include "shared/math/latent.hpp"
#include "shared/model/model.hpp"
#include "shared/model/snapshots.hpp"
#include "shared/spec/architectures.hpp"
#include "shared/spec/model_line.hpp"
#include "tests/bad_files.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"
#include "tests/native/program.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// A line of metrics but for the number that no two runs share.
std::string without_speed(const std::string& line) {
  const std::size_t begin = line.find(", \"images_per_second\""), end = line.find_first_of(",}", begin + 1);
  REQUIRE(begin != std::string::npos);
  return line.substr(0, begin) + line.substr(end);
}

/// Starts a long training, sends it a signal once it runs, and returns its exit status and the seconds
/// it took.
struct Interrupted {
  int code;
  double seconds;
};
Interrupted interrupt(const TemporaryFolder& folder, int signal) {
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr ||
        std::freopen((folder / ".err").c_str(), "w", stderr) == nullptr)
      _exit(9);
    execl(kTrain.c_str(), kTrain.c_str(), "--data", folder.path().c_str(), "--hidden", "32", "--latent", "3",
          "--epochs", "100000", "--out", (folder / "w.bin").c_str(), static_cast<char*>(nullptr));
    _exit(9);
  }
  const auto locked = [&] { return std::filesystem::exists(folder / "w.bin.lock"); };
  for (int i = 0; i < 300 && !locked(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto start = std::chrono::steady_clock::now();
  kill(child, signal);
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

}  // namespace

TEST_CASE("native_train trains, says what it did, and native_eval reads the same numbers from the file") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string weights = folder / "w.bin", json = folder / "e.json", png = folder / "e.png";
  const Outcome trained = run(folder, train(folder, "--epochs 3 --batch-size 64 --lr 3e-3 --out " + weights));
  CAPTURE(trained.out, trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.err.empty());
  CHECK(contains(trained.out, "epoch   3"));
  CHECK(contains(trained.out, "images/s"));
  CHECK(contains(trained.out, "wrote   " + weights));
  CHECK_FALSE(contains(trained.out, "\r"));  // a log, not a terminal

  const Outcome eval = run(folder, kEval + " " + weights + " --data " + folder.path().string() + " --json " +
                                       json + " --png " + png);
  CAPTURE(eval.out, eval.err);
  REQUIRE(eval.code == 0);
  const std::string line = trained.out.substr(trained.out.find("  -ELBO "));
  CHECK(contains(eval.out, line.substr(0, line.find('\n'))));  // the same -ELBO to the last digit
  const Bytes numbers = read_bytes(json), sheet = read_bytes(png);
  const std::string text(numbers.begin(), numbers.end());
  for (const char* key :
       {"\"reconstruction\": ", "\"kl\": ", "\"neg_elbo\": ", "\"neg_elbo_at_mu\": ", "\"images\": 200}"}) {
    CHECK(contains(text, key));
  }
  CHECK((sheet.size() > 1000 && sheet[1] == 'P' && sheet[2] == 'N' && sheet[3] == 'G'));
}

TEST_CASE("same seed, same threads: same file, bit for bit, whatever it is called") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const auto file = [&](const std::string& name, const std::string& arguments) {
    const Outcome o = run(folder, train(folder, arguments + " --epochs 2 --out " + (folder / name).string()));
    REQUIRE(o.code == 0);
    return read_bytes(folder / name);
  };
  const Bytes first = file("a.bin", "--seed 5");
  CHECK(file("b.bin", "--seed 5") == first);
  setenv("OPENBLAS_NUM_THREADS", "2", 1);  // --threads counts, not the environment
  CHECK(file("e.bin", "--seed 5") == first);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  CHECK(file("f.bin", "--seed 5") == first);
  unsetenv("OPENBLAS_NUM_THREADS");
  CHECK(file("c.bin", "--seed 6") != first);
  CHECK(file("d.bin", "--seed 5 --precision f16").size() < first.size());
}

TEST_CASE("--help gives every flag with its default and exits 0") {
  TemporaryFolder folder;
  const Outcome help = run(folder, kTrain + " --help");
  CHECK(help.code == 0);
  for (const char* flag :
       {"--out", "--epochs", "--batch-size", "--lr", "--latent", "--hidden", "--beta", "--seed", "--threads",
        "--device", "--data", "--precision", "--schedule", "--log-dir"}) {
    CHECK(contains(help.out, flag));
  }
  const std::string batch =
      help.out.substr(help.out.find("--batch-size"));  // N=128, or since CLI11 2.4 N [128]
  CHECK(contains(batch.substr(0, batch.find('\n')), "128"));
  CHECK(contains(help.out, "nats"));
  CHECK(contains(help.out, "lower is better"));
  CHECK(run(folder, kEval + " --help").code == 0);
}

TEST_CASE("every preset of the table makes its network, is named by --help and can be chosen") {
  TemporaryFolder folder;
  const Outcome help = run(folder, kTrain + " --help");
  for (const Preset& preset : presets()) {
    const std::string name(preset.name);
    CAPTURE(name);
    CHECK(make_spec(name, {1, 28, 28}, preset.options).name == name);
    CHECK(contains(help.out, name + " (" + std::string(preset.source) + ")"));
    const Outcome config = run(folder, kTrain + " --print-config --preset " + name);
    CHECK(config.code == 0);
    CHECK(contains(config.out, "preset = \"" + name + "\""));
  }
  CHECK(find_preset("none") == nullptr);
  CHECK_THROWS_AS(make_spec("none", {1, 28, 28}, {}), Failure);
}

TEST_CASE("usage errors exit 2 with one line") {
  TemporaryFolder folder;
  check_failure(run(folder, kTrain), 2, "--out");
  check_failure(run(folder, kTrain + " --out w --epoch 3"), 2, "--epoch");
  check_failure(run(folder, kTrain + " --out w --lr abc"), 2, "--lr");
  check_failure(run(folder, kTrain + " --out w --lr -1"), 2, "--lr");
  check_failure(run(folder, kTrain + " --out w --lr nan"), 2, "--lr");
  check_failure(run(folder, kTrain + " --out w --beta inf"), 2, "--beta");
  check_failure(run(folder, kTrain + " --out w --batch-size 0"), 2, "--batch-size");
  check_failure(run(folder, kTrain + " --out w --device tpu"), 2, "--device");
  check_failure(run(folder, kTrain + " --out w --seed -1"), 2, "--seed");
  for (const char* idle :
       {"--objective iwae --beta 4", "--objective iwae --estimator a", "--objective iwae --beta-warmup 9",
        "--objective autoencoder --components 50", "--objective autoencoder --samples 3",
        "--optimizer adam --weight-decay 0.1", "--optimizer adam --momentum 0.9"}) {
    INFO(idle);
    check_failure(run(folder, kTrain + " --preset mlp --out w " + idle), 2, "has an effect only with");
  }
  // Of a preset's own settings those are left out.
  const Outcome config =
      run(folder, kTrain + " --preset resnet --print-config --objective autoencoder --optimizer adam");
  CHECK(config.code == 0);
  CHECK(contains(config.out, "components = 0"));
  check_failure(run(folder, kEval), 2, "weights");
  check_failure(run(folder, kEval + " a b"), 2, "--help");
  check_failure(run(folder, kTrain + " --out w --seed 010"), 2, "010 is not a whole number");
  check_failure(run(folder, kTrain + " --out w --seed 18446744073709551616"), 2, "--seed");
  check_failure(run(folder, kTrain + " --out w --latent 2.5"), 2, "2.5 is not a whole number from 1 to 4096");
  check_failure(run(folder, kTrain + " --out w --config none.toml"), 66, "none.toml");
  check_failure(run(folder, kTrain + " --out w --hidden 65536 --latent 4096 --data " BUILD "/mnist"), 2,
                "try a smaller --hidden");
}

TEST_CASE("what is read is never written over") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string weights = (folder / "w.bin").string(),
                    images = (folder / "t10k-images-idx3-ubyte").string();
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + weights)).code == 0);
  const Bytes before = read_bytes(weights);
  std::filesystem::create_symlink("w.bin", folder / "link");
  const std::string eval = kEval + " " + weights + " --data " + folder.path().string();
  check_failure(run(folder, eval + " --json " + weights), 2, "is an input");
  check_failure(run(folder, eval + " --png " + (folder / "link").string()), 2, "is an input");
  check_failure(run(folder, eval + " --json " + images), 2, "is an input");
  check_failure(run(folder, eval + " --json x --png x"), 2, "name the same file");
  check_failure(run(folder, train(folder, "--epochs 1 --out " + images)), 2, "is an input");
  check_failure(run(folder, train(folder, "--epochs 0 --out " + weights + " --init " + weights)), 2,
                "is an input");
  std::filesystem::create_directory(folder / "ck");
  check_failure(run(folder, train(folder, "--epochs 1 --checkpoint " + (folder / "ck").string() + " --out " +
                                              (folder / "ck" / "best.bin").string())),
                2, "--checkpoint");
  check_failure(run(folder, train(folder, "--epochs 1 --log-dir " + folder.path().string() + " --out " +
                                              (folder / "samples.png").string())),
                2, "--log-dir");
  CHECK((read_bytes(weights) == before));
  REQUIRE(std::system(("mkfifo " + (folder / "pipe").string()).c_str()) == 0);
  check_failure(run(folder, kEval + " " + (folder / "pipe").string()), 65, "not a regular file");
}

TEST_CASE("missing and damaged inputs") {  // N7, N8
  TemporaryFolder folder;
  check_failure(run(folder, train(folder, "--out " + (folder / "w.bin").string())), 66, "make data");
  write_bars(folder.path());
  Bytes images = read_bytes(folder / "t10k-images-idx3-ubyte");
  images.pop_back();
  write_bytes(folder / "t10k-images-idx3-ubyte", images);
  check_failure(run(folder, train(folder, "--out " + (folder / "w.bin").string())), 65,
                "t10k-images-idx3-ubyte");
  check_failure(run(folder, kEval + " " + (folder / "w.bin").string()), 66, "w.bin");
  write_file(folder / "w.bin", bad_files().front().bytes);
  check_failure(run(folder, kEval + " " + (folder / "w.bin").string()), 65, "[truncated]");
  CHECK_FALSE(std::filesystem::exists(folder / "w.bin.lock"));
}

TEST_CASE("an output that cannot be written is refused before training") {  // N5
  TemporaryFolder folder;
  write_bars(folder.path());
  check_failure(run(folder, train(folder, "--out " + folder.path().string())), 74, "is a folder");
  check_failure(run(folder, train(folder, "--out " + (folder / "none" / "w.bin").string())), 74,
                "none/w.bin");
  if (geteuid() == 0) {  // root ignores modes: as another user
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all |
                                                    std::filesystem::perms::others_read |
                                                    std::filesystem::perms::others_exec);
    const std::string as_nobody = "setpriv --reuid=65534 --clear-groups ";
    if (run(folder, as_nobody + "test -x " + kTrain).code == 0) {
      check_failure(run(folder, as_nobody + train(folder, "--out " + (folder / "w.bin").string())), 74,
                    "Permission denied");
    }
  }
}

TEST_CASE("a disk that fills up keeps the old file") {  // N3
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string weights = folder / "w.bin";
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + weights)).code == 0);
  const Bytes before = read_bytes(weights);
  const std::size_t files = folder.file_count();
  check_failure(run(folder, "ulimit -f 8; " + train(folder, "--epochs 1 --seed 2 --out " + weights)), 74,
                "File too large");
  CHECK(read_bytes(weights) == before);
  CHECK(folder.file_count() == files);
  check_failure(
      run(folder, kEval + " " + weights + " --data " + folder.path().string() + " --json /dev/full/x"), 74,
      "/dev/full/x");
}

TEST_CASE("a run that diverges says so and leaves the old weights") {  // N9
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string weights = folder / "w.bin";
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + weights)).code == 0);
  const Bytes before = read_bytes(weights);
  check_failure(run(folder, train(folder, "--epochs 50 --lr 1e6 --out " + weights)), 70,
                "smaller learning rate");
  CHECK(read_bytes(weights) == before);
}

TEST_CASE("a device that is not there is an error, never a silent CPU") {  // N10
  TemporaryFolder folder;
  write_bars(folder.path());
  const Outcome o = run(
      folder, "CUDA_VISIBLE_DEVICES= " + train(folder, "--device cuda --out " + (folder / "w.bin").string()));
  check_failure(o, 69, "--device cpu or auto");
  const Outcome automatic =
      run(folder, "CUDA_VISIBLE_DEVICES= " +
                      train(folder, "--device auto --epochs 1 --out " + (folder / "w.bin").string()));
  CHECK(automatic.code == 0);
  CHECK(contains(automatic.out, "device  cpu"));
}

TEST_CASE("Ctrl-C and SIGTERM finish the step, keep the weights so far and leave the output alone") {  // N2
  TemporaryFolder folder;
  write_bars(folder.path());
  write_bytes(folder / "w.bin", {1, 2, 3});
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    const Interrupted end = interrupt(folder, signal);
    CHECK(end.code == code);
    CHECK(end.seconds < 2);
    CHECK(read_bytes(folder / "w.bin") == Bytes{1, 2, 3});
    const auto kept = Model::load(read_file(folder / "w.bin.interrupted", FileLimits{}.bytes));
    REQUIRE(kept);
    CHECK(kept->metadata("test_neg_elbo") == "");  // never measured
    CHECK_FALSE(std::filesystem::exists(folder / "w.bin.lock"));
    std::filesystem::remove(folder / "w.bin.interrupted");
  }
}

TEST_CASE(
    "interrupted, killed or out of disk, a run goes on from its checkpoints to the same file") {  // N1, N2,
                                                                                                  // N3, N11
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string settings = " --steps 60 --ema 0.9 --out ", out = folder / "w.bin";
  const std::string checkpoint = " --checkpoint-steps 7 --checkpoint " + (folder / "ck").string();
  REQUIRE(run(folder, train(folder, settings + (folder / "whole.bin").string())).code == 0);
  const Bytes whole = read_bytes(folder / "whole.bin");

  // Killed in the middle of writing its third checkpoint, whichever file that is.
  Outcome o = run(folder, "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=5 " +
                              train(folder, settings + out + checkpoint));
  CHECK(o.code != 0);
  CHECK_FALSE(std::filesystem::exists(out));
  check_failure(run(folder, train(folder, settings + out + checkpoint)), 2, "--resume");
  check_failure(run(folder, train(folder, settings + out + checkpoint + " --resume --lr 0.1")), 2,
                "another run");
  // No space for the next one: the error of N3, and the state is still usable.
  o = run(folder, "strace -f -qq -o /dev/null -e trace=write -e inject=write:error=ENOSPC:when=20+ " +
                      train(folder, settings + out + checkpoint + " --resume"));
  CHECK(o.code == 74);
  o = run(folder, train(folder, settings + out + checkpoint + " --resume"));
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  CHECK(contains(o.out, "resume  after step "));
  CHECK(read_bytes(out) == whole);
  check_failure(
      run(folder, train(folder, settings + out + " --resume --checkpoint " + (folder / "no").string())), 66,
      "no checkpoint");
}

TEST_CASE("a log that was killed and resumed is that of one run, and costs the weights nothing") {  // N1
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string settings = "--steps 60 --log-every 1 --picture-every 20 --out ";
  const std::string whole = folder / "whole.log", log = BUILD "/run.log";  // events_test.py reads this one
  std::filesystem::remove_all(log);
  REQUIRE(run(folder, train(folder, "--steps 60 --out " + (folder / "bare.bin").string())).code == 0);
  const Outcome once =
      run(folder, train(folder, settings + (folder / "whole.bin").string() + " --log-dir " + whole));
  CAPTURE(once.out, once.err);
  REQUIRE(once.code == 0);
  CHECK(contains(once.out, "wrote   " + whole));
  CHECK(read_bytes(folder / "whole.bin") == read_bytes(folder / "bare.bin"));

  // Killed when step 20 is logged and drawn, but its checkpoint is not yet written.
  const std::string resumable = settings + (folder / "w.bin").string() +
                                " --checkpoint-seconds 0 --checkpoint-steps 5 --checkpoint " +
                                (folder / "ck").string() + " --log-dir " + log;
  CHECK(run(folder, "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=11 " +
                        train(folder, resumable))
            .code != 0);
  CHECK(lines_of(log + "/metrics.jsonl").size() == 20);
  CHECK(std::filesystem::exists(log + "/pictures/samples-0000000020.png"));
  const Outcome o = run(folder, train(folder, resumable + " --resume"));
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  CHECK(contains(o.out, "resume  after step 15"));
  CHECK(read_bytes(folder / "w.bin") == read_bytes(folder / "bare.bin"));
  const auto lines = lines_of(log + "/metrics.jsonl"), expected = lines_of(whole + "/metrics.jsonl");
  REQUIRE(lines.size() == 60);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(without_speed(lines[i]) == without_speed(expected[i]));
  CHECK(contains(lines[4], "\"test_lowerbound\": "));  // the end of an epoch
  CHECK_FALSE(contains(lines[5], "test"));
  for (const char* name :
       {"pictures/reconstructions-0000000020.png", "pictures/samples-0000000060.png", "digits.png",
        "samples.png", "traversals.png", "interpolations.png", "scatter.png"}) {
    CHECK(read_bytes(log + "/" + name).size() > 100);
    CHECK(read_bytes(log + "/" + name) == read_bytes(whole + "/" + name));
  }
}

TEST_CASE("without --log-every a log has a line for every epoch") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string log = folder / "log";
  REQUIRE(run(folder, train(folder, "--epochs 3 --log-dir " + log + " --out " + (folder / "w.bin").string()))
              .code == 0);
  const auto lines = lines_of(log + "/metrics.jsonl");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].starts_with("{\"step\": 10, \"epoch\": 2, \"objective\": "));
}

TEST_CASE("a log that cannot be begun ends the run, one that cannot go on ends alone") {  // N3, N4, N5, N6
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = " --out " + (folder / "w.bin").string(), log = folder / "w.log";
  const std::string logging = train(folder, "--steps 20 --log-every 1 --log-dir " + log + out);
  const std::string metrics = log + "/metrics.jsonl";
  const std::string inject = "strace -f -qq -o /dev/null -P " + metrics + " -e trace=write -e inject=write:";
  REQUIRE(run(folder, logging).code == 0);
  const Bytes whole = read_bytes(folder / "w.bin");
  for (const auto& [fault, text] : {std::pair{"ENOSPC", "No space left"}, std::pair{"EIO", "Input/output"}}) {
    std::filesystem::remove(folder / "w.bin");
    const Outcome o = run(folder, inject + "error=" + fault + ":when=4+ " + logging);
    check_failure(o, 0, "warning: " + metrics + ": cannot be written: " + text);
    CHECK(contains(o.err, "; nothing more is logged"));
    CHECK_FALSE(contains(o.out, "/*.png"));
    CHECK(lines_of(metrics).size() == 3);
    CHECK(read_bytes(folder / "w.bin") == whole);
  }
  REQUIRE(run(folder, inject + "error=EINTR:when=4 " + logging).code == 0);
  CHECK(lines_of(metrics).size() == 20);
  check_failure(run(folder, train(folder, "--epochs 1 --log-dir " + metrics + out)), 74, metrics);
  check_failure(run(folder, train(folder, "--epochs 1 --log-dir " + (folder / "w.bin").string() + out)), 2,
                "--log-dir");
  const OutputLock held(metrics);
  check_failure(run(folder, logging), 75, metrics);
}

TEST_CASE("presets log and draw beside the output as their sources do") {
  TemporaryFolder folder;
  const auto shown = [&](const std::string& arguments) {
    return run(folder, kTrain + " --print-config --out a/w.bin --preset " + arguments).out;
  };
  for (const char* line : {"log-dir = \"a/w.log\"", "log-every = 200", "picture-every = 200"})
    CHECK(contains(shown("tf-conv"), line));
  for (const char* line :
       {"log-dir = \"a/w.log\"", "log-every = 50", "metrics-every = 1", "picture-every = 200",
        "checkpoint-steps = 50", "checkpoint = \"a/w.checkpoints\""}) {
    CHECK(contains(shown("tf-mlp"), line));
  }
  CHECK(contains(shown("aevb"), "log-dir = \"a/w.log\""));
  CHECK_FALSE(contains(shown("mlp"), "log-dir"));
  const std::string off = shown("tf-mlp --log-dir '' --checkpoint '' --log-every 7");
  for (const char* line : {"log-dir = \"\"", "checkpoint = \"\"", "log-every = 7"})
    CHECK(contains(off, line));
  std::ofstream(folder / "config.toml") << off;
  CHECK(run(folder, kTrain + " --print-config --config " + (folder / "config.toml").string()).out == off);
}

TEST_CASE("presets show their settings, and a configuration file gives them back") {
  TemporaryFolder folder;
  for (const char* preset : {"mlp", "tf-conv", "tf-mlp", "aevb", "iwae"}) {
    const Outcome shown = run(folder, kTrain + " --print-config --preset " + preset);
    REQUIRE(shown.code == 0);
    CHECK(contains(shown.out, "preset = \"" + std::string(preset) + '"'));
    std::ofstream(folder / "config.toml") << shown.out;
    const Outcome again =
        run(folder, kTrain + " --print-config --config " + (folder / "config.toml").string());
    CHECK(again.out == shown.out);
    const Outcome flag =
        run(folder, kTrain + " --print-config --seed 77 --config " + (folder / "config.toml").string());
    CHECK(contains(flag.out, "seed = 77"));
    CHECK(contains(shown.out, "# " + std::string(preset) + ": ") == (std::string(preset) != "mlp"));
  }
  const std::string conv = run(folder, kTrain + " --print-config --preset tf-conv").out;
  for (const char* wrong : {"latnet = 3\n", "steps 5\n", "[section]\nlatent = 3\n", "\x89PNG"}) {
    std::ofstream(folder / "wrong.toml") << wrong;
    check_failure(run(folder, kTrain + " --print-config --config " + (folder / "wrong.toml").string()), 2,
                  "--config");
  }
  std::ofstream(folder / "conv.toml") << conv;  // says steps; the command line's epochs count all the same
  const std::string sealing =
      run(folder, kTrain + " --print-config --epochs 0 --config " + (folder / "conv.toml").string()).out;
  CHECK(contains(sealing, "epochs = 0"));
  CHECK_FALSE(contains(sealing, "steps = 30000"));
  for (const char* line :
       {"steps = 30000", "batch-size = 64", "lr = 0.0005", "dropout = 0.2", "initialize = \"glorot\"",
        "likelihood = \"squared_error\"", "skip-images = 5000", "latent = 8"}) {
    CHECK(contains(conv, line));
  }
  const std::string aevb = run(folder, kTrain + " --print-config --preset aevb --lr 0.1").out;
  for (const char* line :
       {"lr = 0.1", "optimizer = \"adagrad\"", "weight-prior = 1", "initialize = \"normal\""}) {
    CHECK(contains(aevb, line));
  }
}

TEST_CASE("the settings in a file train it again") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string first = folder / "a.bin", second = folder / "b.bin";
  REQUIRE(run(folder, train(folder, "--steps 9 --objective iwae --samples 2 --pixels dynamic --out " + first))
              .code == 0);
  const std::string config(Model::load(read_file(first, FileLimits{}.bytes))->metadata("config"));
  CAPTURE(config);
  REQUIRE(
      run(folder, kTrain + " --data " + folder.path().string() + " --out " + second + ' ' + config).code ==
      0);
  CHECK(read_bytes(first) == read_bytes(second));
}

TEST_CASE("the settings of every step to a file make it again, bit for bit") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const auto model = [&](const std::string& file) {
    return *Model::load(read_file(folder / file, FileLimits{}.bytes));
  };
  const auto make = [&](const std::string& file, const std::string& flags) {
    const Outcome o = run(folder, kTrain + " --data " + folder.path().string() + " --out " +
                                      (folder / file).string() + ' ' + flags);
    INFO(flags << o.err);
    REQUIRE(o.code == 0);
  };
  make("a.bin",
       "--hidden 32 --latent 3 --steps 9 --pixels dynamic --skip-images 100 --train-images 300 --threads 1");
  make("b.bin", "--init " + (folder / "a.bin").string() + " --epochs 0 --low-rank 4 --precision int8");
  make("c.bin", "--init " + (folder / "a.bin").string() + " --steps 5 --seed 3");
  make("d.bin", "--init " + (folder / "c.bin").string() + " --epochs 0 --precision f16");

  const Model sealed = model("b.bin");
  const std::string second(sealed.metadata("config.2"));
  CAPTURE(second);
  CHECK(second.starts_with("--init sha256:" + sha256(read_bytes(folder / "a.bin")) + ' '));
  for (const char* flag : {"--pixels dynamic", "--skip-images 100", "--train-images 300", "--epochs 0",
                           "--low-rank 4", "--precision int8"})
    CHECK(contains(second, flag));
  CHECK_FALSE(contains(second, "--lr"));
  CHECK(sealed.metadata("train_images") == "300");
  CHECK(sealed.metadata("steps") == "9");
  CHECK(sealed.metadata("test_pixels") == "dynamic");
  CHECK(sealed.metadata("library.2") != "");
  CHECK(model("d.bin").metadata("steps") == "5");  // of the last training

  for (const char* file : {"b.bin", "d.bin"}) {
    std::string made, key = "config";
    for (int step = 1; !model(file).metadata(key).empty(); key = "config." + std::to_string(++step)) {
      std::string flags(model(file).metadata(key));
      if (const std::size_t at = flags.find("sha256:"); at != std::string::npos) {
        CHECK(flags.substr(at + 7, 64) == sha256(read_bytes(folder / made)));
        flags.replace(at, 7 + 64, (folder / made).string());
      }
      made = std::string("again.") + std::to_string(step);
      make(made, flags);
    }
    INFO(file);
    CHECK(key == (std::string(file) == "b.bin" ? "config.3" : "config.4"));
    CHECK(read_bytes(folder / made) == read_bytes(folder / file));
  }
  const Outcome eval =
      run(folder, kEval + " " + (folder / "b.bin").string() + " --data " + folder.path().string());
  CHECK(contains(eval.out, "then    with --init sha256:"));
}

TEST_CASE("a preset's first images stay in where there are no others") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string preset = train(
      folder, "--preset tf-mlp --log-dir '' --checkpoint '' --steps 2 --out " + (folder / "w.bin").string());
  const Outcome o = run(folder, preset);
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  CHECK(contains(o.out, "note    all images are trained on: tf-mlp leaves the first 5 000 out"));
  const Model model = *Model::load(read_file(folder / "w.bin", FileLimits{}.bytes));
  CHECK(model.metadata("train_images") == "640");
  CHECK(contains(std::string(model.metadata("config")), "--skip-images 0"));
  const Outcome some = run(folder, preset + " --skip-images 600");
  REQUIRE(some.code == 0);
  CHECK(contains(some.out, " 40 training and"));
  CHECK_FALSE(contains(some.out, "note "));
  check_failure(run(folder, preset + " --skip-images 640"), 2, "--skip-images 640: there are only 640");
  check_failure(run(folder, preset + " --skip-images 600 --validation 40"), 2,
                "--skip-images 600 and --validation 40: there are only 640");
}

TEST_CASE("tf-conv reports and draws steps 0, 200, ... after the update, tf-mlp logs every lower bound") {
  TemporaryFolder folder;
  write_bars(folder.path(), 640, 20, 28);
  const auto log = [&](const std::string& preset, const std::string& flags) {
    const Outcome o = run(folder, kTrain + " --data " + folder.path().string() + " --out " +
                                      (folder / "w.bin").string() + " --checkpoint '' --preset " + preset +
                                      " --log-dir " + (folder / "log").string() + ' ' + flags);
    CAPTURE(o.err);
    REQUIRE(o.code == 0);
    return o.out;
  };
  const std::string out = log("tf-conv", "--steps 4 --log-every 2 --picture-every 2 --train-images 70");
  const auto lines = lines_of(folder / "log/metrics.jsonl");
  CAPTURE(out);
  CHECK(contains(out, "Step 0 | Loss "));
  CHECK(contains(out, "Step 2 | Loss "));
  CHECK_FALSE(contains(out, "Step 4 |"));
  REQUIRE(lines.size() == 5);  // and after the epochs, which end in every one of these steps but the second
  CHECK(lines[0].starts_with("{\"step\": 0, \"epoch\": 1, \"objective\": "));
  CHECK(lines.back().starts_with("{\"step\": 3, "));
  for (const char* name : {"reconstructions-0000000000.png", "samples-0000000002.png"})
    CHECK(std::filesystem::exists(folder / "log/pictures" / name));
  CHECK_FALSE(std::filesystem::exists(folder / "log/pictures/samples-0000000004.png"));

  log("tf-mlp", "--hidden 8 --latent 2 --steps 5 --log-every 2");
  const auto every = lines_of(folder / "log/metrics.jsonl");
  REQUIRE(every.size() == 5);
  CHECK(every[0].starts_with("{\"step\": 1, \"epoch\": "));
  CHECK(contains(every[0], ", \"lowerbound\": "));
  CHECK_FALSE(contains(every[0], "reconstruction"));
  CHECK(contains(every[1], "reconstruction"));
}

TEST_CASE("the best checkpoint, and any other, becomes a file of weights") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string data = " --data " + folder.path().string(), ck = (folder / "ck").string();
  const std::string out = folder / "w.bin", best = folder / "best.bin";
  const std::string settings =
      " --hidden 32 --latent 3 --sigma-head log-sigma --components 4 --ema 0.9 "
      "--pixels dynamic --epochs 6 --lr 0.05 --validation 128 --keep best --out ";
  REQUIRE(run(folder, kTrain + data + settings + out + " --checkpoint " + ck).code == 0);
  const Outcome o = run(folder, kTrain + data + " --init " + ck + "/best.bin --epochs 0 --out " + best);
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  Model from_run = *Model::load(read_file(out, FileLimits{}.bytes));
  Model model = *Model::load(read_file(best, FileLimits{}.bytes));
  CHECK(to_string(model.spec()) == to_string(from_run.spec()));
  const std::vector<float> z = sample_prior_sheet(3, 2, 5);
  CHECK(*model.decode(z) == *from_run.decode(z));
  CHECK(model.metadata("test_neg_elbo") == from_run.metadata("test_neg_elbo"));
  CHECK(model.metadata("train_images") == from_run.metadata("train_images"));
  CHECK(contains(std::string(model.metadata("config")), "--keep best"));
  CHECK(contains(std::string(model.metadata("config")), "(its weights after step "));
  CHECK(contains(std::string(model.metadata("config.2")), "--validation 128"));
  std::filesystem::resize_file(ck + "/best.bin", 5000);
  check_failure(run(folder, kTrain + data + " --init " + ck + "/best.bin --epochs 0 --out " + best), 65,
                "best.bin");
}

TEST_CASE("what was trained is kept where its file fails its own check, and the old file stays") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = folder / "w.bin";
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + out)).code == 0);
  const Bytes before = read_bytes(out);
  // Adam's first step moves every weight by the rate: finite, but not in 16 bits.
  const std::string far = "--steps 1 --optimizer adam --lr 70000 --precision f16 --out ";
  check_failure(run(folder, train(folder, far + out)), 70, "w.bin.unchecked");
  CHECK(read_bytes(out) == before);
  const std::vector<std::byte> unchecked = read_file(out + ".unchecked", FileLimits{}.bytes);
  const auto view = read_weights(unchecked);
  REQUIRE(view);
  const auto spec = parse_model_spec(view->get("model"));
  REQUIRE(spec);
  CHECK(view->tensors.size() == parameters(*spec).size());
  const std::vector<float> weight = named_tensor(*view, "encoder.0.weight").values;
  CHECK(std::fabs(*std::max_element(weight.begin(), weight.end())) > 65504);
}

TEST_CASE("weights travel both ways: a plain safetensors file is a start, and --epochs 0 seals it") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string ours = folder / "a.bin", sealed = folder / "b.bin";
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + ours)).code == 0);
  // What Python's safetensors writes: names, shapes, no profile, tensors in another order and precision.
  const std::vector<std::byte> bytes = read_file(ours, FileLimits{}.bytes);
  const auto tensors = read_weights(bytes)->tensors;
  std::string header = "{", data;
  for (auto t = tensors.rbegin(); t != tensors.rend(); ++t) {
    std::ostringstream entry;
    entry << (t == tensors.rbegin() ? "" : ",") << '"' << t->name << "\":{\"dtype\":\"F32\",\"shape\":["
          << t->shape.size[0];
    if (t->shape.rank == 2) entry << ',' << t->shape.size[1];
    entry << "],\"data_offsets\":[" << data.size() << ',' << data.size() + t->bytes.size() << "]}";
    header += entry.str();
    data.append(reinterpret_cast<const char*>(t->bytes.data()), t->bytes.size());
  }
  header += '}';
  const auto length = static_cast<std::uint64_t>(header.size());
  std::string plain(reinterpret_cast<const char*>(&length), 8);
  plain += header + data;
  std::ofstream(folder / "plain.safetensors", std::ios::binary) << plain;

  const auto seal = [&](const std::string& from, const std::string& more) {
    return run(folder, kTrain + " --data " + folder.path().string() + " --epochs 0 --out " + sealed +
                           " --init " + from + more);
  };
  Outcome o = seal((folder / "plain.safetensors").string(), "");
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  Model a = *Model::load(bytes), b = *Model::load(read_file(sealed, FileLimits{}.bytes));
  const std::vector<float> z = sample_prior_sheet(3, 1, 5);
  CHECK(*a.decode(z) == *b.decode(z));
  CHECK(a.metadata("test_neg_elbo") == b.metadata("test_neg_elbo"));
  REQUIRE(seal(ours, " --precision int8").code == 0);  // from a file of ours: its own training is kept
  const Model small = *Model::load(read_file(sealed, FileLimits{}.bytes));
  CHECK(small.metadata("epochs") == "1");
  CHECK(small.metadata("config") == a.metadata("config"));
  CHECK(contains(std::string(small.metadata("config.2")), "--precision int8"));

  // Training goes on from a file with its own sizes; what contradicts it is refused; and an autoencoder's
  // file becomes a VAE's where a VAE is trained.
  const std::string more =
      kTrain + " --data " + folder.path().string() + " --steps 2 --out " + sealed + " --init ";
  REQUIRE(run(folder, more + ours).code == 0);
  CHECK(contains(std::string(Model::load(read_file(sealed, FileLimits{}.bytes))->metadata("config")),
                 "--latent 3"));
  check_failure(run(folder, more + ours + " --latent 5"), 2, "--latent");
  check_failure(run(folder, more + ours + " --likelihood gaussian"), 2, "--likelihood");
  REQUIRE(run(folder, more + ours + " --objective autoencoder").code == 0);
  std::filesystem::rename(sealed, folder / "ae.bin");
  const Model autoencoder = *Model::load(read_file(folder / "ae.bin", FileLimits{}.bytes));
  CHECK(autoencoder.spec().prior == Prior::kNone);
  CHECK_FALSE(autoencoder.metadata("test_reconstruction").empty());
  for (const char* key : {"test_draws", "test_kl", "test_neg_elbo", "test_neg_elbo_at_mu",
                          "test_active_units", "test_kl_per_dimension"}) {
    INFO(key);
    CHECK(autoencoder.metadata(key).empty());
  }
  REQUIRE(run(folder, more + (folder / "ae.bin").string()).code == 0);
  CHECK(Model::load(read_file(sealed, FileLimits{}.bytes))->spec().prior == Prior::kNormal);

  check_failure(seal((folder / "none").string(), ""), 66, "none");
  check_failure(seal((folder / "t10k-images-idx3-ubyte").string(), ""), 65, "[not-weights]");
  std::ofstream(folder / "cut", std::ios::binary) << plain.substr(0, plain.size() - 4);
  check_failure(seal((folder / "cut").string(), ""), 65, "[offsets]");
  check_failure(seal((folder / "plain.safetensors").string(), " --preset iwae"), 65, "plain.safetensors");
}

TEST_CASE("the decoder's last layer is stored in two parts") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string weights = folder / "w.bin";
  const Outcome trained =
      run(folder, train(folder, "--epochs 1 --low-rank 4 --precision int8 --out " + weights));
  CAPTURE(trained.out, trained.err);
  REQUIRE(trained.code == 0);
  const auto model = Model::load(read_file(weights, FileLimits{}.bytes));
  REQUIRE(model);
  CHECK(contains(to_string(model->spec()), "decoder=linear:3:32,relu,linear:32:4,linear:4:"));
  CHECK(contains(std::string(model->metadata("config")), "--low-rank 4"));
  // The averages are those of the file, not of the network that was trained.
  const Outcome eval = run(folder, kEval + " " + weights + " --draws 16 --data " + folder.path().string());
  const std::string line = trained.out.substr(trained.out.find("  -ELBO "));
  CHECK(contains(eval.out, line.substr(0, line.find('\n'))));

  check_failure(run(folder, train(folder, "--epochs 1 --low-rank 32 --out " + weights)), 2, "less than 32");
  check_failure(run(folder, train(folder, "--epochs 1 --low-rank 4 --likelihood gaussian --out " + weights)),
                2, "--low-rank");
}

TEST_CASE("snapshots along training, in a file beside the output") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = folder / "w.bin", side = folder / "w.snapshots.bin";
  REQUIRE(run(folder, train(folder, "--steps 40 --snapshots 5 --out " + out)).code == 0);
  const std::vector<std::byte> bytes = read_file(side, 1 << 20);
  const auto view = read_weights(bytes, kSnapshotLimits);
  REQUIRE(view);
  CHECK(view->find("4.decoder.2.weight")->dtype == Dtype::kF16);
  auto snapshots = Snapshots::load(bytes);
  REQUIRE(snapshots);
  CHECK(view->get("snapshot_steps") == "0 1 3 12 40");
  CHECK((snapshots->count() == 5 && snapshots->step(3) == 12));
  CHECK(snapshots->reconstruction(4) < snapshots->reconstruction(0));
  auto model = Model::load(read_file(out, 1 << 20));
  REQUIRE(model);
  const std::vector<float> z(static_cast<std::size_t>(model->latent()), 0.5f);
  const std::vector<float> last = *snapshots->decode(4, z), expected = *model->decode(z);
  for (std::size_t i = 0; i < last.size(); ++i) CHECK(last[i] == Approx(expected[i]).margin(1e-3));
  const Bytes whole = read_bytes(side);
  const std::string checkpoint = " --checkpoint-steps 7 --checkpoint " + (folder / "ck").string();
  std::filesystem::remove(out);
  CHECK(run(folder, "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=9 " +
                        train(folder, "--steps 40 --snapshots 5 --out " + out + checkpoint))
            .code != 0);
  CHECK_FALSE(std::filesystem::exists(out));
  REQUIRE(run(folder, train(folder, "--steps 40 --snapshots 5 --resume --out " + out + checkpoint)).code ==
          0);
  CHECK(read_bytes(side) == whole);
}

TEST_CASE("the last snapshot of a model with a learned prior decodes z as the weights beside it do") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = folder / "w.bin";
  REQUIRE(run(folder, train(folder, "--steps 60 --components 4 --lr 0.03 --snapshots 2 --out " + out)).code ==
          0);
  auto snapshots = Snapshots::load(read_file(folder / "w.snapshots.bin", 1 << 20));
  auto model = Model::load(read_file(out, 1 << 20));
  REQUIRE((snapshots && model));
  for (const float value : {-2.0f, 0.5f, 1.0f}) {
    const std::vector<float> z(static_cast<std::size_t>(model->latent()), value);
    const std::vector<float> last = *snapshots->decode(1, z), expected = *model->decode(z);
    for (std::size_t i = 0; i < last.size(); ++i) CHECK(last[i] == Approx(expected[i]).margin(2e-3));
  }
}

TEST_CASE("held-out training images choose the weights, and end a run that no longer learns") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = folder / "w.bin";
  const std::string settings = "--epochs 30 --lr 0.05 --validation 128 --patience 3 --keep best --log-dir " +
                               (folder / "log").string() + " --out " + out;
  const Outcome o = run(folder, train(folder, settings));
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  CHECK(contains(o.out, "512 training"));
  CHECK(contains(o.out, "  validation "));
  CHECK(contains(o.out, "no better validation loss for 3 epochs"));
  CHECK(contains(o.out, "kept    the weights of epoch "));
  const auto lines = lines_of(folder / "log/metrics.jsonl");
  CHECK(contains(lines.back(), "\"validation_lowerbound\": "));
  CHECK_FALSE(contains(lines.back(), "\"test_lowerbound\""));
  const Model kept = *Model::load(read_file(out, FileLimits{}.bytes));
  CHECK(kept.metadata("train_images") == "512");
  CHECK(contains(std::string(kept.metadata("config")), "--validation 128 --patience 3 --keep best"));
  const Bytes whole = read_bytes(out);

  // Resumed, it keeps the same weights, though they are of an epoch before.
  std::filesystem::remove(out);
  const std::string checkpoint = " --checkpoint " + (folder / "ck").string() + " --checkpoint-steps 4";
  CHECK(run(folder, "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=40 " +
                        train(folder, settings + checkpoint))
            .code != 0);
  CHECK_FALSE(std::filesystem::exists(out));
  REQUIRE(run(folder, train(folder, settings + checkpoint + " --resume")).code == 0);
  CHECK(read_bytes(out) == whole);

  for (const char* wrong : {"--keep best", "--patience 3"})
    check_failure(run(folder, train(folder, std::string(wrong) + " --out " + out)), 2, "--validation");
  check_failure(run(folder, train(folder, "--validation 640 --out " + out)), 2, "only 640");
}

TEST_CASE("the printed sum is one, and another objective stands beside it") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string every = "--steps 2 --log-every 1 --out " + (folder / "w.bin").string();
  CHECK_FALSE(contains(run(folder, train(folder, every)).out, "objective"));
  const std::string out = run(folder, train(folder, every + " --beta 3")).out;
  float reconstruction = 0, kl = 0, sum = 0, objective = 0;
  REQUIRE(std::sscanf(out.c_str() + out.find("Step 2"), "Step 2 | Loss %f + %f = %f  objective %f",
                      &reconstruction, &kl, &sum, &objective) == 4);
  CHECK(sum == Approx(reconstruction + kl).margin(0.011));
  CHECK(objective == Approx(reconstruction + 3 * kl).margin(0.05));
}

TEST_CASE("snapshots that no file could hold are refused before training") {
  TemporaryFolder folder;
  write_bars(folder.path());
  check_failure(
      run(folder, train(folder, "--steps 2000 --snapshots 900 --out " + (folder / "w.bin").string())), 2,
      "--snapshots 900");
}

TEST_CASE("a model that no weights file can hold is refused before training") {
  TemporaryFolder folder;
  write_bars(folder.path(), 20, 10, 128);  // the golden sample of such images is larger than a header may be
  check_failure(run(folder, train(folder, "--epochs 1 --out " + (folder / "w.bin").string())), 2,
                "does not fit");
}

TEST_CASE("a run that diverges in its very last step says so too") {  // N9
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string out = " --out " + (folder / "w.bin").string();
  check_failure(run(folder, train(folder, "--epochs 1 --batch-size 60000 --lr 1e30" + out)), 70,
                "learning rate");
  check_failure(run(folder, train(folder, "--epochs 1 --beta 1e300" + out)), 70, "step 1");
  CHECK_FALSE(std::filesystem::exists(folder / "w.bin"));
}

TEST_CASE("flags change the recipe of a configuration file") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const Outcome o =
      run(folder, train(folder, "--config " BUILD "/../native/config/mlp.toml --epochs 1 --out " +
                                    (folder / "w.bin").string()));
  CAPTURE(o.err);
  CHECK(o.code == 0);
  CHECK(contains(o.out, "epoch   1"));
  CHECK_FALSE(contains(o.out, "epoch   2"));
}

TEST_CASE("links are followed, devices are never replaced, a full standard output is an error") {
  TemporaryFolder folder;
  write_bars(folder.path());
  std::filesystem::create_symlink(folder / "real.bin", folder / "link.bin");
  REQUIRE(run(folder, train(folder, "--epochs 1 --out " + (folder / "link.bin").string())).code == 0);
  CHECK(std::filesystem::is_symlink(folder / "link.bin"));
  CHECK(std::filesystem::is_regular_file(folder / "real.bin"));
  std::filesystem::create_symlink("/dev/null", folder / "null");
  check_failure(run(folder, train(folder, "--epochs 1 --out " + (folder / "null").string())), 74,
                "not a regular file");
  CHECK(std::filesystem::is_symlink(folder / "null"));
  const Outcome full = run(folder, kEval + " " + (folder / "real.bin").string() + " --data " +
                                       folder.path().string() + " >/dev/full");
  check_failure(full, 74, "standard output");
}

TEST_CASE("two runs cannot write one output") {  // N6
  TemporaryFolder folder;
  write_bars(folder.path());
  const OutputLock held(folder / "w.bin");
  check_failure(run(folder, train(folder, "--out " + (folder / "w.bin").string())), 75, "another run");
}
