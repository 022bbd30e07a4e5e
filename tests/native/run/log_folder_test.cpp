#include "native/run/log_folder.hpp"

#include <cmath>
#include <limits>

#include "native/figures/tile_sheet.hpp"
#include "native/support/failure.hpp"
#include "tests/catch.hpp"
#include "tests/native/events.hpp"
#include "tests/native/temporary.hpp"

using namespace vae;
using namespace vae::testing;

namespace {

std::string text_of(const std::filesystem::path& path) {
  const Bytes bytes = read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> small_png() { return png_sheet({{1, std::vector<float>(4, 0.5f)}}, {1, 2, 2}); }

/// Logs kl = step at steps 1 to 4, a picture at 2 and 4, and a figure.
void log_four_steps(LogFolder& log) {
  for (int step = 1; step <= 4; ++step) {
    log.metrics(step, 1, std::vector<Metric>{{"kl", "kl", double(step)}});
    if (step % 2 == 0) log.picture(step, "samples", small_png());
  }
  log.figure(4, "digits", small_png());
}

template <class F>
int exit_code_of(F f) {
  try {
    f();
  } catch (const Failure& failure) {
    CHECK(std::string(failure.what()).find('\n') == std::string::npos);
    return static_cast<int>(failure.code);
  }
  return 0;
}

}  // namespace

TEST_CASE("metrics are one JSON object a step and TensorBoard scalars; what is not finite is in neither") {
  TemporaryFolder folder;
  LogFolder log(folder / "w.log", 0);
  const std::vector<Metric> values = {{"test_kl", "test/kl", 25.123456789},
                                      {"images_per_second", "images/s", std::nan("")},
                                      {"learning_rate", "rate", 5e-4},
                                      {"objective", "objective", std::numeric_limits<double>::infinity()}};
  log.metrics(430, 2, values);
  CHECK(text_of(folder / "w.log" / "metrics.jsonl") ==
        "{\"step\": 430, \"epoch\": 2, \"test_kl\": 25.1234568, \"learning_rate\": 0.0005}\n");
  const Event event = read_events(event_files(folder / "w.log").front()).back();
  CHECK(event.step == 430);
  CHECK(event.scalars == std::map<std::string, float>{{"test/kl", 25.123456789f}, {"rate", 5e-4f}});
}

TEST_CASE("pictures lie under their step, figures under their name, both in the events") {
  TemporaryFolder folder;
  LogFolder log(folder.path(), 0);
  log_four_steps(log);
  CHECK(read_bytes(folder / "pictures" / "samples-0000000002.png").size() == small_png().size());
  CHECK(read_bytes(folder / "digits.png").size() == small_png().size());
  std::vector<std::string> tags;
  for (const Event& e : read_events(event_files(folder.path()).front())) {
    if (!e.png.empty()) tags.push_back(e.tag + ' ' + std::to_string(e.step));
  }
  CHECK(tags == std::vector<std::string>{"samples 2", "samples 4", "final/digits 4"});
}

TEST_CASE("a run that goes on after step 2 forgets what came later, and no other files") {
  TemporaryFolder folder;
  {
    LogFolder log(folder.path(), 0);
    log_four_steps(log);
  }
  write_bytes(folder / "pictures" / "notes-on-4.png", {1});
  std::ofstream(folder / "metrics.jsonl", std::ios::app) << "{\"step\": 5, \"ep";  // torn by a kill
  LogFolder log(folder.path(), 2);
  CHECK(text_of(folder / "metrics.jsonl") ==
        "{\"step\": 1, \"epoch\": 1, \"kl\": 1}\n{\"step\": 2, \"epoch\": 1, \"kl\": 2}\n");
  CHECK(std::filesystem::exists(folder / "pictures" / "samples-0000000002.png"));
  CHECK_FALSE(std::filesystem::exists(folder / "pictures" / "samples-0000000004.png"));
  CHECK_FALSE(std::filesystem::exists(folder / "digits.png"));
  CHECK(std::filesystem::exists(folder / "pictures" / "notes-on-4.png"));
  log.metrics(3, 1, std::vector<Metric>{{"kl", "kl", 3.5}});
  CHECK(text_of(folder / "metrics.jsonl").ends_with("{\"step\": 3, \"epoch\": 1, \"kl\": 3.5}\n"));
  const auto files = event_files(folder.path());
  REQUIRE(files.size() == 2);
  CHECK(read_events(files[0]).size() == 2 + 4 + 2 + 1);  // nothing is taken from an event file
  CHECK(read_events(files[1]).at(1).session_start);
  CHECK(read_events(files[1]).at(1).step == 3);  // the first that TensorBoard drops from the other
}

TEST_CASE("a torn last line of metrics is cut off even where all steps stay") {
  TemporaryFolder folder;
  std::ofstream(folder / "metrics.jsonl") << "{\"step\": 1, \"epoch\": 1}\n{\"step\": 2, \"ep";
  const LogFolder log(folder.path(), 10);
  CHECK(text_of(folder / "metrics.jsonl") == "{\"step\": 1, \"epoch\": 1}\n");
}

TEST_CASE("a folder that cannot be a log is refused and left as it is") {
  TemporaryFolder folder;
  std::ofstream(folder / "metrics.jsonl") << "{\"loss\": 1}\n";
  CHECK(exit_code_of([&] { LogFolder(folder.path(), 0); }) == int(Exit::kBadData));
  CHECK(text_of(folder / "metrics.jsonl") == "{\"loss\": 1}\n");
  CHECK(event_files(folder.path()).empty());
  CHECK(exit_code_of([&] { LogFolder(folder / "metrics.jsonl", 0); }) == int(Exit::kIo));
  const LogFolder held(folder / "other", 0);
  CHECK(exit_code_of([&] { LogFolder(folder / "other", 0); }) == int(Exit::kLocked));
}
