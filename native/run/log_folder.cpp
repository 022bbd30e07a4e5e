#include "native/run/log_folder.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr const char *kMetrics = "metrics.jsonl", *kPictures = "pictures";
constexpr std::string_view kLineStart = "{\"step\": ";
constexpr std::size_t kLargestMetrics = std::size_t{1} << 30;

fs::path with_pictures(const fs::path& folder) {
  make_folder(folder / kPictures);
  return folder;
}

/// Keeps the lines up to step `step`; the last line may be torn.
void forget_metrics(const fs::path& path, std::int64_t step) {
  const std::vector<std::byte> bytes = read_file(path, kLargestMetrics);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t kept = 0;
  for (std::size_t end; (end = text.find('\n', kept)) != std::string::npos; kept = end + 1) {
    if (text.compare(kept, kLineStart.size(), kLineStart) != 0)
      throw Failure(Exit::kBadData, path.string() + ": has a line that does not begin with " +
                                        std::string(kLineStart) + "; choose another folder");
    std::int64_t logged = 0;
    std::from_chars(text.data() + kept + kLineStart.size(), text.data() + end, logged);
    if (logged > step) break;
  }
  if (kept < bytes.size()) write_file(path, std::span(bytes).first(kept));
}

void forget_pictures(const fs::path& folder, std::int64_t step) {
  std::error_code ignored;
  for (const std::string_view name : kFigures) fs::remove(folder / (std::string(name) + ".png"), ignored);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / kPictures, ignored)) {
    const std::string name = entry.path().filename().string();
    long long at = 0;
    int length = 0;
    if (std::sscanf(name.c_str(), "%*[a-z]-%10lld.png%n", &at, &length) == 1 &&
        length == static_cast<int>(name.size()) && at > step)
      fs::remove(entry.path(), ignored);
  }
}

/// Removes what an earlier run logged after `step`; returns the path of the metrics.
fs::path forget(const fs::path& folder, std::int64_t step) {
  std::error_code missing;
  if (fs::exists(folder / kMetrics, missing)) {
    forget_metrics(folder / kMetrics, step);
    forget_pictures(folder, step);
  }
  return folder / kMetrics;
}

}  // namespace

LogFolder::LogFolder(const fs::path& folder, std::int64_t step)
    : folder_(with_pictures(folder)),
      lock_(folder_ / kMetrics),
      metrics_(forget(folder_, step)),
      events_(folder_, step + 1) {}

void LogFolder::metrics(std::int64_t step, int epoch, std::span<const Metric> values) {
  std::string line = std::string(kLineStart) + std::to_string(step) + ", \"epoch\": " + std::to_string(epoch);
  std::vector<Scalar> scalars;
  for (const Metric& m : values) {
    if (!std::isfinite(m.value)) continue;
    line += formatted(", \"%s\": %.9g", m.key.c_str(), m.value);  // every bit of a float
    scalars.push_back({m.tag, m.value});
  }
  metrics_.append(line + "}\n");
  events_.scalars(step, scalars);
}

void LogFolder::picture(std::int64_t step, const std::string& name, std::span<const std::byte> png) {
  write_file(folder_ / kPictures / (name + formatted("-%010lld.png", static_cast<long long>(step))), png);
  events_.image(step, name, png);
}

void LogFolder::figure(std::int64_t step, const std::string& name, std::span<const std::byte> png) {
  write_file(folder_ / (name + ".png"), png);
  events_.image(step, "final/" + name, png);
}

}  // namespace vae
