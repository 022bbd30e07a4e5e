// native_eval as people run it, on small files that the core alone makes.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "native/compress/stored_as.hpp"
#include "native/support/output_file.hpp"
#include "shared/spec/architectures.hpp"
#include "tests/models.hpp"
#include "tests/native/program.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

/// A folder with the bars data set and a model for it, w.bin.
struct Evaluated : TemporaryFolder {
  explicit Evaluated(const ModelSpec& spec = mlp({1, 12, 12}, 8, 3), const Metadata& more = {}) {
    write_bars(path());
    const std::vector<NamedTensor> tensors = random_tensors(spec);
    Metadata metadata = sealed_metadata(spec, tensors);
    metadata.insert(metadata.end(), more.begin(), more.end());
    write_file(*this / "w.bin", write_weights(metadata, tensors));
  }
  std::string command(const std::string& arguments) const {
    return kEval + " " + (*this / "w.bin").string() + " --data " + path().string() + " " + arguments;
  }
  /// The JSON that these arguments give.
  std::string json(const std::string& arguments) const {
    const Outcome o = run(*this, command(arguments + " --json " + (*this / "e.json").string()));
    CAPTURE(o.out, o.err);
    REQUIRE(o.code == 0);
    const Bytes bytes = read_bytes(*this / "e.json");
    return {bytes.begin(), bytes.end()};
  }
};

}  // namespace

TEST_CASE("native_eval gives every figure, the same for any number of threads") {
  const Evaluated folder;
  const std::string one = folder.json("--nll 300 --images 120 --threads 1");
  for (const char* part :
       {"{\"reconstruction\": ", "\"kl\": ", "\"neg_elbo\": ", "\"neg_elbo_at_mu\": ", "\"nll\": ",
        "\"nll_samples\": 300,", "\"likelihood\": \"bernoulli\"", "\"pixel_variance\": null",
        "\"constant_included\": true", "\"binarization\": \"gray\"", "\"active_units\": ", "\"draws\": 16",
        "\"kl_per_dimension\": [", "\"images\": 120}\n"}) {
    CAPTURE(one);
    CHECK(contains(one, part));
  }
  CHECK(folder.json("--nll 300 --images 120 --threads 3") == one);
  CHECK_FALSE(contains(folder.json(""), "nll"));
  CHECK(contains(folder.json("--draws 4"), "\"draws\": 4"));
  const Outcome o = run(folder, folder.command("--nll 10 --images 5"));
  CHECK(contains(o.out, "(10 importance samples)"));
  CHECK(contains(o.out, "not on a density"));
  CHECK(contains(o.out, "dimensions are active"));
  CHECK_FALSE(contains(o.out, "\r"));  // a log, not a terminal
}

TEST_CASE("pixels are as the file says it was tested, unless a flag says otherwise") {
  const Evaluated folder(mlp({1, 12, 12}, 8, 3), {{"test_pixels", "threshold"}});
  CHECK(contains(folder.json(""), "\"binarization\": \"threshold\""));
  CHECK(contains(folder.json("--pixels dynamic"), "\"binarization\": \"dynamic\""));
  const Outcome o = run(folder, folder.command(""));
  CHECK(contains(o.out, "threshold pixels"));
  CHECK_FALSE(contains(o.out, "not on a density"));
}

TEST_CASE("squared error says which variance it assumes and that its constant is left out") {
  ModelSpec spec = with_likelihood(mlp({1, 12, 12}, 8, 3), Likelihood::kSquaredError);
  const Evaluated folder(spec);
  const std::string json = folder.json("--nll 5");
  CHECK(contains(json, "\"pixel_variance\": 0.5, \"constant_included\": false"));
  const Outcome o = run(folder, folder.command("--nll 5"));
  CHECK(contains(o.out, "squared_error: pixels of variance 0.5; every figure omits the constant"));
  CHECK(contains(o.out, "82.421 nats"));  // 144 / 2 log pi
}

TEST_CASE("what another precision costs is measured on what would be stored") {
  const ModelSpec spec = mlp({1, 12, 12}, 40, 3);
  const Evaluated folder(spec);
  const std::string json = folder.json("--precision int8 --nll 20");
  CHECK(contains(json, "\"stored\": {\"precision\": \"int8\", \"bytes\": "));
  const auto number = [&](const std::string& key, std::size_t from) {
    return std::stod(json.substr(json.find("\"" + key + "\": ", from) + key.size() + 4));
  };
  const std::size_t stored = json.find("\"stored\"");
  for (const char* key : {"neg_elbo", "nll"}) {
    const double difference = number(key, stored) - number(key, 0);
    CHECK(difference != 0);
    CHECK(std::abs(difference) < 0.5);
  }
  // Where there are no training images every row has its plain scale.
  const Evaluated untrained(spec);
  std::filesystem::remove(untrained / "train-images-idx3-ubyte");
  const std::string plain = untrained.json("--precision int8");
  CHECK(contains(plain, "\"stored\": {\"precision\": \"int8\""));
  CHECK(std::stod(plain.substr(plain.find("\"neg_elbo\": ", plain.find("\"stored\"")) + 12)) !=
        number("neg_elbo", stored));
  // The file that stored_as makes is a file like any other, with the figures that were announced.
  const Bytes bytes = read_bytes(folder / "w.bin");
  const auto small =
      stored_as(std::as_bytes(std::span(bytes)), Dtype::kI8, read_image_set(folder.path(), "train", false));
  REQUIRE(small);
  CHECK(number("bytes", stored) == static_cast<double>(small->size()));
  CHECK(Model::load(*small)->spec() == spec);
  CHECK(*stored_as(*small, Dtype::kI8) == *small);  // nothing is lost twice
  write_file(folder / "w.bin", *small);
  const std::string again = folder.json("--nll 20");
  CHECK(contains(again, "\"neg_elbo\": " + std::to_string(number("neg_elbo", stored)) + ","));
  CHECK_FALSE(contains(again, "stored"));

  CHECK(contains(run(folder, folder.command("--precision f16")).out, "as f16, "));
  check_failure(run(folder, folder.command("--precision f8")), 2, "--precision");
  std::vector<NamedTensor> tensors = random_tensors(mlp({1, 12, 12}, 8, 3));
  tensors[tensors.size() - 2].values[0] = 1e6f;  // of the decoder's last weight: more than a half can be
  write_file(folder / "w.bin", write_weights(sealed_metadata(mlp({1, 12, 12}, 8, 3), tensors), tensors));
  check_failure(run(folder, folder.command("--precision f16")), 65, "nonfinite");
}

TEST_CASE("the sheets are written into a folder of their own") {
  const Evaluated folder, plane(mlp({1, 12, 12}, 8, 2)), line(mlp({1, 12, 12}, 8, 1));
  const auto files = [](const Evaluated& f) {
    const Outcome o = run(f, f.command("--sheets " + (f / "new/sheets").string()));
    CAPTURE(o.out, o.err);
    REQUIRE(o.code == 0);
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(f / "new/sheets"))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(files(folder) == Names{"digits.png", "interpolations.png", "reconstructions.png", "samples.png",
                               "scatter.png", "traversals.png"});
  CHECK(files(plane) == Names{"digits.png", "interpolations.png", "manifold.png", "reconstructions.png",
                              "samples.png", "scatter.png", "traversals.png"});
  CHECK(files(line) ==
        Names{"digits.png", "interpolations.png", "reconstructions.png", "samples.png", "traversals.png"});
}

TEST_CASE("native_eval refuses what it cannot do before it starts") {
  const Evaluated folder;
  const auto refused = [&](const std::string& arguments, int code, const std::string& word) {
    check_failure(run(folder, folder.command(arguments)), code, word);
  };
  refused("--nll 0", 2, "--nll");
  refused("--threads 0", 2, "--threads");
  refused("--pixels grey", 2, "--pixels");
  refused("--images 201", 2, "only 200");
  refused("--images 39 --png " + (folder / "p.png").string(), 2, "at least 40");
  const std::string forever = "--nll 100000000 ";
  refused(forever + "--json " + (folder / "none/e.json").string(), 74, "e.json");
  refused(forever + "--png " + folder.path().string(), 74, "is a folder");
  refused(forever + "--sheets " + (folder / "w.bin").string(), 74, "w.bin");
  ModelSpec spec = mlp({1, 12, 12}, 8, 3);
  spec.prior = Prior::kNone;
  const Evaluated autoencoder(spec);
  check_failure(run(autoencoder, autoencoder.command("--nll 5")), 2, "autoencoder");
  CHECK_FALSE(contains(run(autoencoder, autoencoder.command("")).out, "ELBO"));
  const std::string json = autoencoder.json("--precision f16");
  CHECK(contains(json, "\"reconstruction\": "));
  for (const char* key : {"kl", "elbo", "active", "draws"}) CHECK_FALSE(contains(json, key));
}

TEST_CASE("a line for each image: the losses of one z, which average to those of the report") {
  const Evaluated folder;
  const std::string json = folder.json("--draws 1 --per-image " + (folder / "each.csv").string());
  const Bytes bytes = read_bytes(folder / "each.csv");
  std::istringstream csv(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::string line;
  std::getline(csv, line);
  CHECK(line == "image,label,reconstruction,kl,neg_elbo,reconstruction_at_mu");
  double sums[4] = {};
  int images = 0;
  for (; std::getline(csv, line); ++images) {
    int image = -1, label = -1;
    double r = 0, kl = 0, sum = 0, at_mu = 0;
    REQUIRE(std::sscanf(line.c_str(), "%d,%d,%lf,%lf,%lf,%lf", &image, &label, &r, &kl, &sum, &at_mu) == 6);
    CHECK(image == images);
    CHECK((label >= 0 && label <= 9));
    CHECK(sum == Approx(r + kl).margin(2e-6));
    for (int k = 0; k < 4; ++k) sums[k] += std::array{r, kl, sum, at_mu + kl}[static_cast<std::size_t>(k)];
  }
  CHECK(images == 200);
  const char* const keys[] = {"reconstruction", "kl", "neg_elbo", "neg_elbo_at_mu"};
  for (int k = 0; k < 4; ++k) {
    const std::string key = std::string("\"") + keys[k] + "\": ";
    CHECK(sums[k] / images == Approx(std::stod(json.substr(json.find(key) + key.size()))).margin(1e-4));
  }
  check_failure(run(folder, folder.command("--json x --per-image x")), 2, "name the same file");
}

TEST_CASE("a signal ends native_eval within two seconds, and nothing is written") {  // N2
  for (const int signal : {SIGINT, SIGTERM}) {
    const Evaluated folder;
    const std::size_t files = folder.file_count();
    const pid_t child = fork();
    if (child == 0) {
      dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
      dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
      execl(kEval.c_str(), kEval.c_str(), (folder / "w.bin").c_str(), "--data", folder.path().c_str(),
            "--nll", "100000000", "--json", (folder / "e.json").c_str(), static_cast<char*>(nullptr));
      _exit(9);
    }
    const auto started = [&] { return std::filesystem::exists(folder / "e.json.lock"); };
    for (int i = 0; i < 300 && !started(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const auto start = std::chrono::steady_clock::now();
    kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 128 + signal);
    CHECK(folder.file_count() == files);
  }
}
