// Several processes that train one model, on loopback: started by hand with torchrun's environment, and by
// torchrun itself where the build has one.
#include "native/train/process_group.hpp"

#include <torch/version.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "native/support/output_file.hpp"
#include "shared/file/weights_reader.hpp"
#include "tests/native/program.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// A script that starts native_train once for each rank and waits for all. It prints "exits" and their codes,
/// rank 0 first, and exits as rank 0 did. `last` is done to the last process, whose number is $last, while
/// they run; `ended` is true there once that process has exited.
std::string together(const TemporaryFolder& folder, int size, const std::string& command,
                     const std::string& last = "") {
  std::string script =
      "export MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(20000 + getpid() % 10000) +
      " WORLD_SIZE=" + std::to_string(size) + "\n";
  for (int rank = 0; rank < size; ++rank) {
    const std::string number = std::to_string(rank);
    script += "RANK=" + number + " " + command + " &\np" + number + "=$!\n";
  }
  script += "last=$p" + std::to_string(size - 1) + "\nended() { ! kill -0 $last 2>/dev/null; }\n" + last +
            "\ncodes=exits\n";
  for (int rank = 0; rank < size; ++rank) {
    const std::string number = std::to_string(rank);
    script += "wait $p" + number + "; c" + number + "=$?; codes=\"$codes $c" + number + "\"\n";
  }
  std::ofstream(folder / "together.sh") << script + "echo $codes; exit $c0\n";
  return "sh " + (folder / "together.sh").string();
}

double largest_difference(const std::filesystem::path& a, const std::filesystem::path& b) {
  const std::vector<std::byte> bytes[] = {read_file(a, 1 << 24), read_file(b, 1 << 24)};
  const auto first = read_weights(bytes[0]), second = read_weights(bytes[1]);
  double largest = 0;
  for (const TensorView& tensor : first->tensors) {
    std::vector<float> x(static_cast<std::size_t>(tensor.shape.count())), y(x.size());
    REQUIRE(dequantize(tensor, nullptr, x));
    REQUIRE(dequantize(*second->find(tensor.name), nullptr, y));
    for (std::size_t i = 0; i < x.size(); ++i)
      largest = std::max(largest, static_cast<double>(std::fabs(x[i] - y[i])));
  }
  return largest;
}

}  // namespace

#if HAS_C10D

TEST_CASE("processes that share every batch train the same model as one does") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string one = folder / "one.bin", many = folder / "many.bin";
  // 101 images do not split evenly; the last batch of an epoch, 34 of 640, does not either.
  for (const std::string settings :
       {"--steps 50 --batch-size 101",
        "--steps 50 --batch-size 101 --samples 3 --dropout 0.2 --weight-prior true",
        "--steps 20 --batch-size 639 --optimizer adamw --weight-decay 0.1 --objective autoencoder"}) {
    CAPTURE(settings);
    REQUIRE(run(folder, train(folder, settings + " --out " + one)).code == 0);
    for (int size : {2, 3}) {
      const Outcome o = run(folder, together(folder, size, train(folder, settings + " --out " + many)));
      CAPTURE(size, o.out, o.err);
      REQUIRE(o.code == 0);
      CHECK(o.err.empty());
      CHECK(contains(o.out, std::to_string(size) + " processes"));
      CHECK(largest_difference(one, many) < 1e-5);
    }
  }
  const std::string torchrun = BUILD "/venv/bin/torchrun";
  if (TORCH_VERSION_MAJOR < 2 || !std::filesystem::exists(torchrun))
    return;  // the same LibTorch on both sides
  const std::string settings = "--steps 50 --batch-size 101 --out ";
  REQUIRE(run(folder, train(folder, settings + one)).code == 0);
  const Outcome o =
      run(folder, torchrun + " --no-python --nproc-per-node 2 " + train(folder, settings + many));
  CAPTURE(o.out, o.err);
  REQUIRE(o.code == 0);
  CHECK(largest_difference(one, many) < 1e-5);
}

TEST_CASE("a lost process ends all with one line, and the checkpoint goes on to the same weights") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string settings =
      " --steps 3000 --out " + (folder / "w.bin").string() + " --checkpoint " + (folder / "ck").string();
  // Killed as soon as there is a checkpoint to see.
  const std::string kill =
      "while ! ls " + (folder / "ck").string() +
      "/checkpoint-*.bin >/dev/null 2>&1; do ended && break; sleep 0.1; done; kill -9 $last";
  const Outcome lost =
      run(folder, together(folder, 2, train(folder, "--checkpoint-steps 20" + settings), kill));
  CAPTURE(lost.out, lost.err);
  CHECK(lost.code == 69);
  CHECK(contains(lost.out, "exits 69 137"));
  CHECK(contains(lost.err, "native_train: lost another process while "));
  CHECK(lost.err.find("native_train: ") == lost.err.rfind("native_train: "));  // one line
  CHECK(contains(lost.err, "--resume continues"));
  CHECK_FALSE(std::filesystem::exists(folder / "w.bin"));
  const Outcome resumed = run(folder, together(folder, 2, train(folder, "--resume" + settings)));
  CAPTURE(resumed.out, resumed.err);
  REQUIRE(resumed.code == 0);
  CHECK(contains(resumed.out, "resume  after step "));
  REQUIRE(run(folder, together(folder, 2, train(folder, "--steps 3000 --out " + (folder / "x.bin").string())))
              .code == 0);
  CHECK(read_bytes(folder / "w.bin") == read_bytes(folder / "x.bin"));
}

TEST_CASE("a signal to one process stops all of them after the same step") {
  TemporaryFolder folder;
  write_bars(folder.path());
  const std::string settings = "--epochs 100000 --log-every 10 --out " + (folder / "w.bin").string();
  const std::string signal = "until grep -q Step " + (folder / ".out").string() +
                             "; do ended && break; sleep 0.1; done; kill -TERM $last";
  const Outcome o = run(folder, together(folder, 2, train(folder, settings), signal));
  CAPTURE(o.out, o.err);
  CHECK(o.code == 143);
  CHECK(contains(o.out, "exits 143 143"));
  CHECK(contains(o.err, "interrupted after step "));
  CHECK(std::filesystem::exists(folder / "w.bin.interrupted"));
}

#else

TEST_CASE("a LibTorch without c10d says so") {
  TemporaryFolder folder;
  write_bars(folder.path());
  check_failure(run(folder, "WORLD_SIZE=2 RANK=0 " + train(folder, "--out " + (folder / "w.bin").string())),
                2, "c10d");
}

#endif

TEST_CASE("an environment that names half a group is a usage error") {
  TemporaryFolder folder;
  const std::string command = kTrain + " --out " + (folder / "w.bin").string();
  check_failure(run(folder, "WORLD_SIZE=two " + command), 2, "WORLD_SIZE");
#if HAS_C10D
  check_failure(run(folder, "WORLD_SIZE=2 RANK=2 " + command), 2, "RANK");
  check_failure(run(folder, "WORLD_SIZE=2 " + command), 2, "RANK");
  check_failure(run(folder, "WORLD_SIZE=2 RANK=0 MASTER_PORT=20000 " + command), 2, "MASTER_ADDR");
#endif
}
